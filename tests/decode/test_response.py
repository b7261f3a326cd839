"""The text of a response, bounded."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.response import MAX_TEXT, response_text
from analyzer.model import Exchange

TEXT = '{"uid": "ü-1"}'


def text_of(body: bytes, encoding: str = "", kind: str = "application/json") -> str:
    return response_text(Exchange(index=0, response_body=body, response_encoding=encoding, response_type=kind))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "identity"),
        (gzip.compress(TEXT.encode(), mtime=0), "gzip"),
        (zlib.compress(TEXT.encode()), "Deflate"),
        (brotli.compress(TEXT.encode()), " br "),
        (brotli.compress(gzip.compress(TEXT.encode(), mtime=0)), "gzip, br"),
    ],
)
def test_content_encodings_are_taken_off(body: bytes, encoding: str) -> None:
    assert text_of(body, encoding) == TEXT


def test_charset_is_honoured() -> None:
    assert text_of(TEXT.encode("latin-1"), kind="text/plain; charset=iso-8859-1") == TEXT


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"", "gzip"), (b"no gzip", "gzip"), (b"x", "compress"), (b"\0\1" * 9, "")]
)
def test_what_cannot_be_read_is_empty(body: bytes, encoding: str) -> None:
    assert text_of(body, encoding) == ""


def test_a_bomb_is_read_to_the_bound() -> None:
    bomb = gzip.compress(gzip.compress(b"a" * (MAX_TEXT * 200)))
    assert len(text_of(bomb, "gzip, gzip")) <= MAX_TEXT


@given(st.binary(max_size=200), st.sampled_from(["gzip", "br", "deflate", "zstd", "gzip,br,zstd,deflate", ","]))
def test_no_bytes_do_harm(body: bytes, encoding: str) -> None:
    assert isinstance(text_of(body, encoding), str)
