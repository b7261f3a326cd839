"""Responses of a HAR: read where they may hand something out, never a reason to lose an entry."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from analyzer.capture.har import HarReader
from analyzer.capture.har_members import Answered, Response, decode_entry
from analyzer.capture.har_response import har_answer
from analyzer.capture.response import MAX_BODY, NO_ANSWER, Answer


def answer(response: Any) -> Answer:
    """What is kept of the response of an entry."""
    read = decode_entry(json.dumps({"request": {}, "response": response}).encode()).response
    assert read is not None
    return har_answer(read)


def content(text: Any, kind: Any = "application/json", **more: Any) -> dict[str, Any]:
    return {"content": {"mimeType": kind, "size": 9, "text": text, **more}}


def test_text_is_kept_as_it_was() -> None:
    assert answer(content('{"id": "ü\\n"}')).body == '{"id": "ü\\n"}'.encode()
    assert answer(content("x" * 99, "text/html")) == NO_ANSWER
    assert answer(content('cb({"a":1})', "text/javascript")).body == b'cb({"a":1})'
    assert answer(content("var a=1", "text/javascript")) == NO_ANSWER


def test_base64_is_taken_off() -> None:
    packed = base64.b64encode(b'{"id":"abc"}').decode()
    assert answer(content(packed, encoding="base64")).body == b'{"id":"abc"}'
    assert answer(content(packed[:8] + "\n" + packed[8:], encoding="base64")).body == b'{"id":"abc"}'
    assert answer(content("no!!", encoding="base64")).body == b""


def test_long_texts_are_cut_where_no_escape_is() -> None:
    text = '{"a":"\\u00e9\\"x",' + '"k\\u00e9y":"value\\\\",' * 9_000
    body = answer(content(text)).body
    assert MAX_BODY // 2 < len(body) <= MAX_BODY
    assert text.encode().startswith(body)
    long = base64.b64encode(b"ab" * MAX_BODY).decode()
    assert answer(content(long, encoding="base64")).body.startswith(b"abab")


def test_cookies_and_redirects_are_kept() -> None:
    headers = [{"name": "Set-Cookie", "value": "uid=1; Path=/"}, {"name": "Date", "value": "now"}]
    assert answer({"headers": headers}).headers == (("set-cookie", "uid=1; Path=/"),)
    assert answer({"headers": headers[1:]}).headers == ()


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"content": None, "headers": None},
        {"content": {}, "headers": {}},
        {"content": {"mimeType": 7, "text": ["x"], "encoding": {}}},
        {"content": {"mimeType": "application/json", "text": 12345}},
        {"headers": [{"name": "Set-Cookie"}]},
        {"headers": [{"name": "set-cookie", "value": None}]},
        {"headers": "set-cookie"},
    ],
)
def test_what_is_not_as_specified_is_left_out(response: dict[str, Any]) -> None:
    assert answer(response).body == b""
    assert answer(response).headers == ()


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_do_harm(kind: bytes, encoding: bytes, text: bytes, headers: bytes) -> None:
    made = Response(headers=Raw(b'["Set-Cookie"' + headers), content=Answered(Raw(kind), Raw(encoding), Raw(text)))
    assert har_answer(made).headers == ()


def test_a_broken_entry_keeps_its_answer(tmp_path: Path) -> None:
    entry = (
        '{"request": {"url": "https://a.example/", "method": 7}, "response": {"status": "200", "headers": '
        '{"Set-Cookie": ["uid=1", "b=2"]}, "content": {"mimeType": "application/json", "text": "{\\"a\\": NaN}"}}}'
    )
    path = tmp_path / "x.har"
    path.write_text('{"log": {"entries": [' + entry + "]}}")
    (exchange,) = HarReader(path)
    assert exchange.response_headers == (("set-cookie", "uid=1"), ("set-cookie", "b=2"))
    assert (exchange.response_type, exchange.response_body) == ("application/json", b'{"a": NaN}')
    assert exchange.response_encoding == ""
