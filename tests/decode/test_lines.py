"""Documents one after another: NDJSON, envelopes, a JSON line before something else."""

import json
import zlib

from tests.decode.sending import leaf, place, sent, values


def test_ndjson() -> None:
    decoded = sent(b'{"email":"one@post.example"}\n{"email":"two@post.example"}\r\n\n{"email":"three@post.example"}')
    assert [(field.path, field.decoding) for field in decoded.fields if field.location == "body"] == [
        (f"[{at}].email", ("ndjson", "json")) for at in range(3)
    ]


def test_an_envelope() -> None:
    event = {"user": {"email": "ishaan@post.example"}, "tags": {"city": "Nagpur"}}
    text = json.dumps(event)
    lines = ['{"event_id":"1"}', f'{{"type":"event","length":{len(text)}}}', text, '{"type":"client_report"}', "{}"]
    body = "\n".join(lines).encode()
    decoded = sent(body, "application/x-sentry-envelope")
    assert place(decoded, "ishaan@post.example") == ("body", "[2].user.email", ("ndjson", "json"))
    assert leaf(decoded, "client_report").path == "[3].type"


def test_a_json_line_before_compressed_data() -> None:
    packed = zlib.compress(b'{"email":"ishaan@post.example","pad":"' + b"a\n\\n" * 3 + b'"}'.replace(b"\n", b""), 9)
    decoded = sent(b'{"segment_id":0,"codec":"zlib"}\n' + packed, "application/octet-stream")
    assert leaf(decoded, "zlib").path == "[0].codec"
    found = leaf(decoded, "ishaan@post.example")
    assert found.decoding == ("ndjson", "zlib", "json")


def test_text_after_json_is_read() -> None:
    assert "plain words follow" in values(sent(b'{"a":1}\nplain words follow'))


def test_lines_inside_a_value() -> None:
    decoded = sent(json.dumps({"log": '{"email":"one@post.example"}\n{"email":"two@post.example"}'}).encode())
    assert place(decoded, "two@post.example") == ("body", "log[1].email", ("json", "ndjson", "json"))
