"""Compressed and UTF-16 files as a stream of UTF-8."""

import gzip
from pathlib import Path

import pytest

from analyzer.capture import text_stream
from analyzer.capture.reader import Source
from analyzer.capture.text_stream import TextStream, inflate_start

TEXT = '{"name": "Meera Téstwala ☕ \U0001f600"}' * 20_000


def read(path: Path, data: bytes, *, gzipped: bool = False, utf16: str | None = None) -> tuple[bytes, bool]:
    path.write_bytes(data)
    with Source(path) as source:
        stream = TextStream(source, gzipped=gzipped, utf16=utf16)
        buffer, result = bytearray(1000), bytearray()
        while count := stream.readinto(memoryview(buffer)):
            result += buffer[:count]
    return bytes(result), stream.is_whole


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_utf16_becomes_utf8(tmp_path: Path, encoding: str, bom: str) -> None:
    assert read(tmp_path / "f", (bom + TEXT).encode(encoding), utf16=encoding) == (TEXT.encode(), True)


def test_gzip_members_are_joined(tmp_path: Path) -> None:
    data = gzip.compress(TEXT.encode()) + gzip.compress(b"end") + b"\0\0"
    assert read(tmp_path / "f", data, gzipped=True) == (TEXT.encode() + b"end", True)


def test_gzip_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    data = gzip.compress(TEXT.encode())
    result, is_whole = read(tmp_path / "f", data[: len(data) // 2], gzipped=True)
    assert not is_whole
    assert 0 < len(result) < len(TEXT.encode())
    assert TEXT.encode().startswith(result)


def test_a_bomb_is_read_to_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_stream, "INFLATE_FLOOR", 1 << 20)
    data = gzip.compress(b" " * (1 << 25))
    result, is_whole = read(tmp_path / "f", data, gzipped=True)
    assert not is_whole
    assert len(result) <= len(data) * text_stream.INFLATE_RATIO + text_stream.PIECE


def test_gzip_inside_utf16(tmp_path: Path) -> None:
    data = gzip.compress(TEXT.encode("utf-16-le"))
    assert read(tmp_path / "f", data, gzipped=True, utf16="utf-16-le") == (TEXT.encode(), True)


def test_the_start_of_gzip_data() -> None:
    assert inflate_start(gzip.compress(b"x" * 100), 10) == b"x" * 10
    assert inflate_start(b"\x1f\x8bnothing of the kind", 10) == b""
