"""Exchanges: every part is decoded, nothing raises, and what was decoded before changes nothing."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.entropy import entropy
from analyzer.decode.exchange import Decoder
from analyzer.decode.limits import MAX_DEPTH, MAX_FIELDS
from analyzer.model import Exchange
from tests.decode.sending import decode, leaf, place, request


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
    lambda url, headers, content, encoding, body, messages, decoded: Exchange(
        index=0,
        url=url,
        body=body,
        messages=tuple(messages),
        body_is_decoded=decoded,
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
