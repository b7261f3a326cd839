"""Bodies: Content-Encoding in every combination, formats by their look, and what stays closed."""

import gzip
import json
import os
import zlib

import brotli
import pytest
import zstandard

from tests.decode.sending import decode, leaf, member, place, request, sent, values

DATA = json.dumps({"email": "ishaan@post.example", "pad": "x" * 200}).encode()


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize(
    ("header", "body", "chain"),
    [
        ("gzip", gzip.compress(DATA, mtime=0), ("gzip",)),
        ("x-gzip", gzip.compress(DATA, mtime=0), ("gzip",)),
        ("GZIP", gzip.compress(DATA, mtime=0), ("gzip",)),
        ("deflate", zlib.compress(DATA), ("zlib",)),
        ("deflate", raw_deflate(DATA), ("deflate",)),
        ("br", brotli.compress(DATA), ("br",)),
        ("zstd", zstandard.compress(DATA), ("zstd",)),
        ("gzip, br", brotli.compress(gzip.compress(DATA, mtime=0)), ("br", "gzip")),
        ("br,gzip", gzip.compress(brotli.compress(DATA), mtime=0), ("gzip", "br")),
        ("gzip, gzip", gzip.compress(gzip.compress(DATA, mtime=0), mtime=0), ("gzip", "gzip")),
        ("gzip", gzip.compress(DATA[:50], mtime=0) + gzip.compress(DATA[50:], mtime=0), ("gzip",)),
        ("identity", DATA, ()),
        ("aes128gcm, gzip", gzip.compress(DATA, mtime=0), ("gzip",)),
        ("", gzip.compress(DATA, mtime=0), ("gzip",)),
        ("", zstandard.compress(DATA), ("zstd",)),
        ("", zlib.compress(DATA), ("zlib",)),
        ("gzip", gzip.compress(gzip.compress(DATA, mtime=0), mtime=0), ("gzip", "gzip")),
    ],
)
def test_content_encoding(header: str, body: bytes, chain: tuple[str, ...]) -> None:
    decoded = sent(body, "application/json", header)
    assert place(decoded, "ishaan@post.example") == ("body", "email", (*chain, "json"))
    assert not decoded.notes


def test_what_the_recorder_took_off_is_not_taken_off_again() -> None:
    decoded = decode(request(DATA, "application/json", "br", body_is_decoded=True))
    assert place(decoded, "ishaan@post.example")[2] == ("json",)
    assert not decoded.notes


def test_a_header_that_does_not_fit_the_body_is_noted() -> None:
    decoded = sent(DATA, "application/json", "gzip")
    assert place(decoded, "ishaan@post.example")[2] == ("json",)
    assert "encoding-mismatch" in decoded.notes


def test_a_truncated_body_yields_its_beginning_and_a_note() -> None:
    long = json.dumps({"email": "ishaan@post.example", "noise": os.urandom(3000).hex()}).encode()
    decoded = sent(gzip.compress(long, mtime=0)[:1500], "application/json", "gzip")
    assert leaf(decoded, "ishaan@post.example").decoding == ("gzip", "json")
    assert set(decoded.notes) == {"cut", "broken-json"}


def test_charset_of_the_content_type() -> None:
    body = "name=Zoë Müller".encode("iso-8859-1")
    assert leaf(sent(body, "text/plain; charset=iso-8859-1"), "Zoë Müller").key == "name"
    body = '{"name":"Zoë Müller"}'.encode("utf-16")
    assert "Zoë Müller" in values(sent(body, "application/json; charset=utf-16"))


def test_the_declared_type_may_be_wrong() -> None:
    assert place(sent(DATA, "application/x-www-form-urlencoded"), "ishaan@post.example")[2] == ("json",)
    assert place(sent(member(1, "ishaan@post.example"), "application/json"), "ishaan@post.example")[2] == ("protobuf",)


def test_plain_text() -> None:
    assert place(sent(b"  call Ishaan at home \n", "text/plain"), "call Ishaan at home") == ("body", "", ())


NOISE = bytes((at * at * 193 + at * 71) % 251 | 128 for at in range(500))


def test_what_nothing_opens_is_undecoded_with_its_measures() -> None:
    body = b"\x81\xfe" + NOISE
    (closed,) = sent(body, "application/octet-stream").undecoded
    assert (closed.exchange, closed.host, closed.location, closed.path) == (0, "api.example.com", "body", "")
    assert (closed.bytes, closed.content_type) == (len(body), "application/octet-stream")
    assert 4 < closed.entropy < 8


def test_a_picture_says_what_it_is() -> None:
    (closed,) = sent(b"\x89PNG\r\n\x1a\n" + NOISE).undecoded
    assert closed.content_type == "PNG image"


def test_texts_in_unknown_data_are_searched() -> None:
    decoded = sent(b"\x81\xfe" + NOISE + b"ishaan@post.example" + NOISE)
    assert any("ishaan@post.example" in field.value for field in decoded.fields if "strings" in field.decoding)
