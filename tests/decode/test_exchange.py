"""Exchanges: every part is decoded, nothing raises, and what was decoded before changes nothing."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.decode.entropy import entropy
from analyzer.decode.exchange import Decoder
from analyzer.decode.limits import MAX_DEPTH, MAX_FIELDS
from analyzer.model import Exchange
from tests.decode.sending import decode, leaf, member, place, request, values


def test_basic_credentials() -> None:
    secret = base64.b64encode(b"ishaan@post.example:S3cret!pass").decode()
    decoded = decode(request(headers=[("Authorization", f"Basic {secret}")]))
    assert place(decoded, "ishaan@post.example:S3cret!pass") == ("header", "authorization.basic", ("base64",))


def test_referer_with_a_query() -> None:
    decoded = decode(request(headers=[("Referer", "https://shop.example/login?email=ishaan%40post.example")]))
    assert place(decoded, "ishaan@post.example") == ("header", "referer.query.email", ("url", "urlencoded"))


def test_headers_of_ones_own() -> None:
    value = base64.b64encode(b'{"gaid":"3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10"}').decode()
    decoded = decode(request(headers=[("X-Device", value), ("X-User-Email", "ishaan@post.example")]))
    assert place(decoded, "3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10") == ("header", "x-device.gaid", ("base64", "json"))
    assert leaf(decoded, "ishaan@post.example").key == "x-user-email"


def test_technical_headers_are_no_leaves() -> None:
    decoded = decode(
        request(
            headers=[("Accept", "text/html"), ("Host", "x"), ("Content-Length", "3"), ("User-Agent", "App/1 (Pixel)")]
        )
    )
    assert [field.key for field in decoded.fields if field.location == "header"] == ["user-agent"]


def test_headers_that_name_the_app_are_clues() -> None:
    decoded = decode(
        request(headers=[("X-Requested-With", "com.kirana.app"), ("Origin", "https://shop.example"), ("Accept", "*/*")])
    )
    assert decoded.clues == [("x-requested-with", "com.kirana.app"), ("origin", "https://shop.example")]


def test_messages() -> None:
    decoded = decode(request(messages=[b"ping", b'{"user":{"email":"ishaan@post.example"}}']))
    assert place(decoded, "ishaan@post.example") == ("message", "[1].user.email", ("json",))


def test_a_path_segment_that_is_encoded() -> None:
    segment = base64.urlsafe_b64encode(b'{"email":"ishaan@post.example"}').decode().rstrip("=")
    decoded = decode(request(url=f"https://x.example/t/{segment}/pixel.gif"))
    assert place(decoded, "ishaan@post.example") == ("path", "1.email", ("base64", "json"))


def test_a_path_of_very_many_segments() -> None:
    decoded = decode(request(url="https://x.example/" + "ab/" * (MAX_FIELDS + 10)))
    assert len(decoded.fields) <= MAX_FIELDS + 1


def connection(body: bytes, url: str = "tcp://logs.example:514/") -> Exchange:
    """A connection that spoke neither HTTP nor DNS, as readers of captures hand it on."""
    return Exchange(index=3, method=url[:3].upper(), url=url, body=body)


def test_text_over_a_raw_connection() -> None:
    line = "<34>1 2026-11-22T10:00:00Z phone kirana - - - signed in as ishaan@post.example"
    decoded = decode(connection(line.encode() + b"\n"))
    assert (decoded.host, decoded.path) == ("logs.example", "/")
    assert place(decoded, line) == ("body", "", ())


@pytest.mark.parametrize(
    ("body", "path", "chain"),
    [
        (b'{"a":1}\n{"email":"ishaan@post.example"}\n', "[1].email", ("ndjson", "json")),
        (b'<13>{"email":"ishaan@post.example"}', "", None),
        (gzip.compress(b'{"email":"ishaan@post.example"}', mtime=0), "email", ("gzip", "json")),
        (member(1, member(2, "ishaan@post.example")), "1.2", ("protobuf",)),
        (b"EHLO phone\r\nMAIL FROM:<ishaan@post.example>\r\nRCPT TO:<asha@post.example>\r\n", "", None),
        (b'\x00\x00\x00\x1f{"email":"ishaan@post.example"}', "", None),
    ],
)
@pytest.mark.parametrize("scheme", ["tcp", "udp"])
def test_formats_over_a_raw_connection(body: bytes, path: str, chain: tuple[str, ...] | None, scheme: str) -> None:
    decoded = decode(connection(body, f"{scheme}://logs.example:514/"))
    found = [field for field in decoded.fields if "ishaan@post.example" in field.value]
    assert [(field.location, field.path) for field in found] == [("body", path)]
    assert chain in (None, found[0].decoding)


def test_what_nothing_reads_of_a_raw_connection_is_undecoded_and_its_texts_are_searched() -> None:
    noise = bytes((at * at * 193 + at * 71) % 251 | 128 for at in range(500))
    decoded = decode(connection(b"\x81\xfe" + noise + b"ishaan@post.example" + noise))
    (closed,) = decoded.undecoded
    assert (closed.exchange, closed.host, closed.location, closed.bytes) == (3, "logs.example", "body", 1021)
    assert leaf(decoded, "ishaan@post.example").decoding == ("strings",)


FIRST_PART = request(
    url="https://chat.example/socket/room-7781?user=ishaan%40post.example",
    headers=[("X-Device", "pixel-7a"), ("Origin", "https://shop.example"), ("Cookie", "uid=8d2f41c7")],
    messages=[b'{"city":"Nagpur"}'],
)


def test_a_later_part_of_an_exchange_has_its_messages_only() -> None:
    later = replace(FIRST_PART, continues=True, first_message=41, messages=(b"ping", b'{"phone":"+919812345670"}'))
    whole, part = decode(FIRST_PART), decode(later)
    assert [(field.location, field.path, field.value) for field in part.fields] == [
        ("message", "[41]", "ping"),
        ("message", "[42].phone", "+919812345670"),
    ]
    assert (part.host, part.path) == (whole.host, whole.path) == ("chat.example", "/socket/room-7781")
    assert whole.clues
    assert not part.clues


def test_the_parts_of_an_exchange_hold_what_the_whole_holds() -> None:
    messages = tuple(b'{"place":"Nagpur %d"}' % number for number in range(9))
    whole = decode(replace(FIRST_PART, messages=messages)).fields
    parts = []
    for start in (0, 4, 6):
        end = {0: 4, 4: 6, 6: 9}[start]
        part = replace(FIRST_PART, messages=messages[start:end], continues=start > 0, first_message=start)
        parts += decode(part).fields
    assert parts == whole


def test_a_later_part_without_messages_holds_nothing() -> None:
    assert decode(replace(FIRST_PART, continues=True, messages=())).fields == []


@pytest.mark.parametrize("first", [-1, -(10**9), 10**30, 1 << 63, pytest.param(10**5000, id="unprintable")])
def test_a_position_that_cannot_be_does_no_harm(first: int) -> None:
    decoded = decode(request(messages=[b"ping", b"pong"]))
    hostile = decode(replace(FIRST_PART, continues=True, messages=(b"ping", b"pong"), first_message=first))
    assert [field.value for field in hostile.fields] == ["ping", "pong"] == values(decoded, "message")
    assert all(len(field.path) < 20 for field in hostile.fields)


@pytest.mark.parametrize(("data", "bits"), [(b"", 0), (b"aaaa", 0), (b"ab" * 9, 1), (bytes(range(256)), 8)])
def test_entropy(data: bytes, bits: float) -> None:
    assert entropy(data) == bits


def test_trouble_is_noted_again_where_it_repeats() -> None:
    """A part is not remembered without its note, even where the note was there before it."""
    deep = "ishaan@post.example"
    for _ in range(MAX_DEPTH + 2):
        deep = base64.b64encode(deep.encode()).decode()
    decoder = Decoder()
    assert "depth" in decoder.decode(request(url=f"https://x.example/?d={deep}", headers=[("X-Any", deep)])).notes
    assert "depth" in decoder.decode(request(headers=[("X-Any", deep)])).notes


CONTENT = st.sampled_from(
    [
        "",
        "application/json",
        "text/plain; charset=utf-16",
        "multipart/form-data; boundary=a",
        "application/grpc",
        "text/xml",
        "application/x-protobuf",
        "application/msgpack",
        "application/x-www-form-urlencoded",
        "x; charset=\x00",
    ]
)
ENCODING = st.sampled_from(["", "gzip", "deflate", "br", "zstd", "gzip, br", ",,,", "identity"]) | st.text(max_size=20)
BODY = st.binary(max_size=200) | st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(
        [
            b"{",
            b'{"a":',
            b"[[",
            b"<a>",
            b"--a\r\n",
            b"\x00\x00\x00\x00\x05",
            b"\x1f\x8b\x08",
            b"x\x9c",
            b"\x82\xa1",
            b"\n\x05",
            b"(\xb5/\xfd",
            b"a=%",
            b"eyJ",
            b"\xff\xfe",
            b"data:;base64,",
        ]
    ),
    st.binary(max_size=120) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
EXCHANGES = st.builds(
    lambda url, headers, content, encoding, body, messages, decoded, continues, first: Exchange(
        index=0,
        url=url,
        body=body,
        messages=tuple(messages),
        body_is_decoded=decoded,
        continues=continues,
        first_message=first,
        headers=(*headers, ("Content-Type", content), ("Content-Encoding", encoding)),
    ),
    st.text(max_size=60) | st.text("/?&=%#:@[]aA1.+", max_size=60).map("https://".__add__),
    st.lists(
        st.tuples(st.sampled_from(["Cookie", "Authorization", "Referer", "X-Any", ""]), st.text(max_size=40)),
        max_size=3,
    ),
    CONTENT,
    ENCODING,
    BODY,
    st.lists(BODY, max_size=2),
    st.booleans(),
    st.booleans(),
    st.integers(),
)


@given(EXCHANGES)
def test_no_exchange_raises_and_every_field_is_text(exchange: Exchange) -> None:
    for field in decode(exchange).fields:
        assert isinstance(field.path, str)
        assert isinstance(field.key, str)
        assert field.value or field.location == "host"
        assert all(isinstance(step, str) for step in field.decoding)


@given(st.lists(EXCHANGES, min_size=1, max_size=6))
def test_a_used_decoder_decodes_as_a_fresh_one(exchanges: list[Exchange]) -> None:
    used = Decoder()
    for exchange in exchanges + exchanges:
        assert used.decode(exchange) == decode(exchange)
