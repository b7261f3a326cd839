"""lz-string in every alphabet, against the library as oracle."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lzstring import LZString

from analyzer.decode import lzstring
from tests.decode.sending import decode, place, request, sent

LZ = LZString()
TEXT = json.dumps(
    {"email": "ishaan.kulkarni@post.example", "name": "Ishaan Kulkarni", "city": "नागपुर"}, ensure_ascii=False
)
PRINTABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=200
)


@given(PRINTABLE)
def test_every_alphabet_opens_what_the_library_packed(text: str) -> None:
    units = text.encode("utf-16-le")  # JavaScript packs units of 16 bits
    packed_units = "".join(chr(units[at] | units[at + 1] << 8) for at in range(0, len(units), 2))
    check(packed_units, text)


def test_emoji() -> None:
    check("Ishaan \ud83d\ude00!", "Ishaan 😀!")


def check(units: str, text: str) -> None:
    assert lzstring.from_base64(LZ.compressToBase64(units), 1000) == text
    assert lzstring.from_uri_component(LZ.compressToEncodedURIComponent(units), 1000) == text
    assert lzstring.from_utf16(LZ.compressToUTF16(units), 1000) == text
    assert lzstring.from_string(LZ.compress(units), 1000) == text
    data = b"".join(ord(char).to_bytes(2) for char in LZ.compress(units))
    assert lzstring.from_bytes(data, 1000) == text


@pytest.mark.parametrize("packed", [LZ.compressToBase64(TEXT), LZ.compressToUTF16(TEXT), LZ.compress(TEXT)])
def test_in_a_json_value(packed: str) -> None:
    body = json.dumps({"d": packed}).encode("utf-8", "surrogatepass")
    assert place(sent(body), "ishaan.kulkarni@post.example") == ("body", "d.email", ("json", "lzstring", "json"))


def test_in_a_query() -> None:
    decoded = decode(request(url=f"https://x.example/a?d={LZ.compressToEncodedURIComponent(TEXT)}"))
    assert place(decoded, "ishaan.kulkarni@post.example") == ("query", "d.email", ("urlencoded", "lzstring", "json"))


def test_as_a_body() -> None:
    data = b"".join(ord(char).to_bytes(2) for char in LZ.compress(TEXT))
    assert place(sent(data), "ishaan.kulkarni@post.example") == ("body", "email", ("lzstring", "json"))


def test_output_stops_at_the_limit() -> None:
    packed = LZ.compressToBase64("ab" * 50_000)
    opened = lzstring.from_base64(packed, 1000)
    assert opened is not None
    assert opened == "ab" * 500


@given(st.text("ABCDEFGHIJabcdefghij0123456789+/", max_size=60))
def test_other_text_is_refused_or_printable(text: str) -> None:
    opened = lzstring.from_base64(text, 1000)
    assert opened is None or all(char.isprintable() or char in "\t\r\n" for char in opened)
