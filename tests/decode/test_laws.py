"""Laws of decoding: whatever a request holds, it comes to an end, raises nothing and keeps within the caps."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from random import Random
from urllib.parse import quote

import brotli
import msgpack
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.decode.exchange import Decoded, Decoder
from analyzer.decode.limits import MAX_FIELDS, MAX_VALUE_CHARS
from analyzer.model import Exchange
from tests.decode.sending import decode, leaf, request, values

# Half a surrogate pair is text to JSON, to Python and so to every part of an exchange.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
MEANT = st.sampled_from(
    """
        a=1&b=2 a=1&amp;b=2 %41%zz%2525 {"a":"\\ud800%41"} [[[[ <a><!ENTITY https://x.example/?q=%7B%22a%22%3A1%7D
        /p?a=b#c=d data:;base64,AAAA eyJhbGciOiJub25lIn0.eyJhIjoxfQ. 780193efe6600083ffc2 7b2261223a22627d
        &#64;&#xD800; H4sIAAAAAAAA +ADw- a[b][0]=1 =?= ;;a=;b boundary="
    """.split()
)
TEXT = st.lists(ANY_TEXT | MEANT, max_size=4).map("".join)


def _multipart(data: bytes) -> bytes:
    return b'--a\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + data + b"\r\n--a--\r\n"


def _in_json(data: bytes) -> bytes:
    return json.dumps({"x": data.decode("latin-1")}).encode()


WRAPPERS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: gzip.compress(data, 1, mtime=0),
    lambda data: zlib.compress(data, 1),
    lambda data: zlib.compress(data, 1)[2:-4],
    lambda data: gzip.compress(data, 1, mtime=0)[:-9],
    zstandard.compress,
    lambda data: brotli.compress(data, quality=1),
    base64.b64encode,
    lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    lambda data: data.hex().encode(),
    lambda data: b"x=" + quote(data, safe="").encode(),
    _multipart,
    _in_json,
    lambda data: b"\x00" + len(data).to_bytes(4, "big") + data,
    lambda data: b"\x0a" + bytes([len(data) & 127]) + data,
    lambda data: msgpack.packb({"x": data}),
    lambda data: b'{"a":1}\n' + data,
)
BYTES = st.binary(max_size=120) | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))


def wrapped(data: bytes, wrappers: list[Callable[[bytes], bytes]]) -> bytes:
    for wrap in wrappers:
        data = wrap(data)
    return data


BODIES = st.builds(wrapped, BYTES, st.lists(st.sampled_from(WRAPPERS), max_size=4))
TYPES = st.sampled_from(
    """
        application/json multipart/form-data;boundary=a application/grpc-web+proto application/x-protobuf text/xml
        application/msgpack application/x-www-form-urlencoded text/plain;charset=utf-16 text/plain;charset=rot13
    """.split()
)
NAMES = st.sampled_from(["Cookie", "Authorization", "Referer", "Content-Type", "Content-Encoding", "X-Any"]) | ANY_TEXT
HEADERS = st.lists(
    st.tuples(NAMES, TEXT | TYPES | st.sampled_from(["gzip", "br, zstd", "deflate", "Basic YTpi"])), max_size=4
)


def check(exchange: Exchange, decoded: Decoded) -> None:
    parts = 3 + len(exchange.headers) + len(exchange.messages) + 1
    assert len(decoded.fields) <= parts * (MAX_FIELDS + 2)
    for field in decoded.fields:
        assert field.value or field.location == "host"
        assert len(field.value) <= MAX_VALUE_CHARS
        assert isinstance(field.path, str)
        assert isinstance(field.key, str)
    for closed in decoded.undecoded:
        assert closed.bytes >= 64
        assert 0 <= closed.entropy <= 8


@settings(max_examples=300)
@given(BODIES, TYPES | TEXT, st.sampled_from(["", "gzip", "br", "deflate", "zstd", "gzip, gzip"]), st.booleans())
def test_any_body(body: bytes, content_type: str, encoding: str, is_decoded: bool) -> None:
    exchange = request(body, content_type, encoding, body_is_decoded=is_decoded)
    check(exchange, decode(exchange))


@settings(max_examples=300)
@given(TEXT, st.sampled_from(["", "https://", "https://x.example/", "https://x.example/?", "https://x.example/#"]))
def test_any_url(text: str, start: str) -> None:
    exchange = request(url=start + text)
    check(exchange, decode(exchange))


@settings(max_examples=200)
@given(HEADERS, st.lists(BODIES, max_size=3))
def test_any_headers_and_messages(headers: list[tuple[str, str]], messages: list[bytes]) -> None:
    exchange = request(headers=headers, messages=messages)
    check(exchange, decode(exchange))


@settings(max_examples=200)
@given(st.lists(st.builds(lambda text, data: request(data, url=f"https://x.example/{text}"), TEXT, BODIES), max_size=4))
def test_what_came_before_changes_nothing(exchanges: list[Exchange]) -> None:
    used = Decoder()
    for exchange in exchanges + exchanges:
        assert used.decode(exchange) == decode(exchange)


WORDS = st.text("abcdefghij", min_size=3, max_size=9).map(lambda word: f"{word} word")
TREES = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4))


def leaves(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [leaf for inner in tree.values() for leaf in leaves(inner)]
    return [leaf for inner in tree for leaf in leaves(inner)] if isinstance(tree, list) else [str(tree)]


@settings(max_examples=200)
@given(TREES.filter(lambda tree: not isinstance(tree, str)), st.lists(st.sampled_from(WRAPPERS[:2] + WRAPPERS[4:5])))
def test_no_leaf_of_a_compressed_tree_is_lost(tree: object, wrappers: list[Callable[[bytes], bytes]]) -> None:
    assert values(decode(request(wrapped(json.dumps(tree).encode(), wrappers[:3])))) == leaves(tree)


# ---------------------------------------------------------------- what these laws brought to light


def test_half_a_surrogate_pair_beside_an_escape_is_read() -> None:
    assert values(decode(request(b'{"a":"\\ud800%41bc"}'))) == ["?Abc"]


def test_an_identifier_that_begins_as_compressed_data_is_no_broken_body() -> None:
    identifier = "780193efe6600083ffc2091392021e3d4cda9ca2979c93999a5752ac979e9f9f9e93aa979c9f0b00f5a90ddb"
    decoded = decode(request(b'{"id":"' + identifier.encode() + b'"}'))
    assert values(decoded) == [identifier]
    assert (decoded.notes, decoded.undecoded) == ({}, [])


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("v=1&amp;mail=ishaan%40post.example", ("json", "html", "urlencoded")),
        ("https://x.example/?v=1&amp;mail=ishaan%40post.example", ("json", "html", "url", "urlencoded")),
        ("{&quot;mail&quot;:&quot;ishaan%40post.example&quot;}", ("json", "html", "json", "urlencoded")),
    ],
)
def test_entities_come_off_before_names_are_told_apart(text: str, chain: tuple[str, ...]) -> None:
    field = leaf(decode(request(json.dumps({"x": text}).encode())), "ishaan@post.example")
    assert (field.key, field.decoding) == ("mail", chain)


def test_a_link_copied_out_of_a_page_names_its_parameters() -> None:
    field = leaf(decode(request(url="https://x.example/?v=1&amp;mail=ishaan%40post.example")), "ishaan@post.example")
    assert (field.key, field.decoding) == ("mail", ("html", "urlencoded"))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_short_name_with_letters_beyond_ascii_is_read_in_base64(codec: str) -> None:
    packed = base64.b64encode("Jan Łoś".encode(codec)).decode()
    assert leaf(decode(request(json.dumps({"x": packed}).encode())), "Jan Łoś").decoding == ("json", "base64")


def test_a_few_random_bytes_are_no_name() -> None:
    random = Random(5)
    tokens = [base64.b64encode(random.randbytes(size)).decode() for size in (6, 7, 8, 10) for _ in range(200)]
    opened = [value for value in values(decode(request(json.dumps(tokens).encode()))) if value not in tokens]
    assert len(opened) < 4
