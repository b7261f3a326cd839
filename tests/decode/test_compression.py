"""Compression: every encoding opens, stops at its cap, and yields what comes before damage."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.compression import inflate, sniff

TEXT = b'{"email":"ishaan.kulkarni@post.example","n":' + b"1234567890" * 50 + b"}"


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


PACKED = {
    "gzip": gzip.compress(TEXT, mtime=0),
    "zlib": zlib.compress(TEXT),
    "deflate": raw_deflate(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
}
WIRE_NAME = {"zlib": "deflate"}


@pytest.mark.parametrize("name", PACKED)
def test_opens_whole(name: str) -> None:
    opened = inflate(WIRE_NAME.get(name, name), PACKED[name], 10_000)
    assert opened is not None
    assert (opened.name, opened.data, opened.complete) == (name, TEXT, True)


@pytest.mark.parametrize("name", PACKED)
def test_stops_at_the_cap(name: str) -> None:
    opened = inflate(WIRE_NAME.get(name, name), PACKED[name], 100)
    assert opened is not None
    assert (opened.data, opened.complete) == (TEXT[:100], False)


@pytest.mark.parametrize("name", PACKED)
def test_output_of_just_the_cap_is_complete(name: str) -> None:
    opened = inflate(WIRE_NAME.get(name, name), PACKED[name], len(TEXT))
    assert opened is not None
    assert (opened.data, opened.complete) == (TEXT, True)


# Letters that compress badly, so that a stream cut in its middle holds a beginning.
LONG = "".join(chr(97 + (i * i * 31 + i * 7) % 26) for i in range(200_000)).encode()


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(LONG, 1, mtime=0)),
        ("deflate", zlib.compress(LONG, 1)),
        ("deflate", raw_deflate(LONG)),
        ("br", brotli.compress(LONG, quality=1)),
        ("zstd", zstandard.ZstdCompressor(level=1).compress(LONG * 3)),
    ],
)
def test_a_truncated_stream_yields_its_beginning(name: str, packed: bytes) -> None:
    opened = inflate(name, packed[: len(packed) * 2 // 3], 1 << 20)
    assert opened is not None
    assert not opened.complete
    assert opened.data
    assert (LONG * 3).startswith(opened.data)


def test_damage_in_the_middle_yields_what_came_before() -> None:
    packed = bytearray(gzip.compress(LONG, 0, mtime=0))
    packed[len(packed) // 2 :] = b"\xff" * 20
    opened = inflate("gzip", bytes(packed), 1 << 20)
    assert opened is not None
    assert not opened.complete
    assert len(opened.data) > 10_000
    assert opened.data[:10_000] == LONG[:10_000]


def test_all_gzip_members_are_read() -> None:
    opened = inflate("gzip", gzip.compress(b"first,", mtime=0) + gzip.compress(b"second", mtime=0), 100)
    assert opened is not None
    assert (opened.data, opened.complete) == (b"first,second", True)


def test_all_zstd_frames_are_read() -> None:
    opened = inflate("zstd", zstandard.compress(b"first,") + zstandard.compress(b"second"), 100)
    assert opened is not None
    assert opened.data == b"first,second"


def test_what_is_not_compressed_is_not_opened() -> None:
    for name in ("gzip", "deflate", "br", "zstd", "compress", "identity"):
        assert inflate(name, b'{"email":"a@b.example"}', 1000) is None
        assert inflate(name, b"", 1000) is None
    assert inflate("gzip", PACKED["gzip"], 0) is None


def test_sniff_tells_by_the_first_bytes() -> None:
    assert {name: sniff(data) for name, data in PACKED.items()} == {
        "gzip": "gzip",
        "zlib": "zlib",
        "zstd": "zstd",
        "deflate": None,
        "br": None,
    }


@given(st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.binary(max_size=300), st.integers(0, 500))
def test_any_bytes_stay_under_the_cap(name: str, data: bytes, limit: int) -> None:
    for start in (b"", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"x\x9c"):
        opened = inflate(name, start + data, limit)
        assert opened is None or 0 < len(opened.data) <= limit
