"""Content-Encoding and compressed data of any kind, opened as a stream that stops at a cap."""

import zlib
from typing import cast

import brotli
import zstandard
from isal import isal_zlib

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZLIB_MAGICS = (b"x\x01", b"x^", b"x\x9c", b"x\xda")
ENCODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}


_IsalError = cast("type[Exception]", isal_zlib.error)  # its stubs call the class an instance
_BROKEN = (zlib.error, _IsalError, brotli.error, zstandard.ZstdError, EOFError, ValueError, MemoryError)


class Inflated:
    """What came out, and whether there would have been more."""

    __slots__ = ("complete", "data", "name")

    def __init__(self, name: str, data: bytes, complete: bool) -> None:
        self.name = name
        self.data = data
        self.complete = complete


def inflate(name: str, data: bytes, limit: int) -> Inflated | None:
    """Take one encoding off, at most `limit` bytes of output; None where the data is not so encoded."""
    if limit <= 0 or not data:
        return None
    try:
        if name == "gzip":
            return _gzip(data, limit)
        if name in ("deflate", "zlib"):
            return _deflate(data, limit)
        if name == "br":
            return _brotli(data, limit)
        if name == "zstd":
            return _zstd(data, limit)
    except _BROKEN:
        return None
    return None


def sniff(data: bytes) -> str | None:
    """The compression that the first bytes announce (brotli announces nothing)."""
    if data.startswith(GZIP_MAGIC):
        return "gzip"
    if data.startswith(ZSTD_MAGIC):
        return "zstd"
    if data.startswith(ZLIB_MAGICS):
        return "zlib"
    return None


def _gzip(data: bytes, limit: int) -> Inflated | None:
    out = b""
    while data.startswith(GZIP_MAGIC):  # members may follow one another
        stream = isal_zlib.decompressobj(wbits=31)
        try:
            piece = stream.decompress(data, limit - len(out) + 1)
        except _IsalError:
            return Inflated("gzip", out, False) if out else _salvage(data, limit)
        out += piece
        if len(out) > limit:
            return Inflated("gzip", out[:limit], False)
        if not stream.eof:
            return Inflated("gzip", out, False) if out else None
        data = stream.unused_data
    return Inflated("gzip", out, True) if out else None


def _salvage(data: bytes, limit: int) -> Inflated | None:
    """What a damaged stream yields before the damage."""
    stream, out = zlib.decompressobj(31), b""
    for start in range(0, min(len(data), limit), 64):
        try:
            out += stream.decompress(data[start : start + 64], limit - len(out) + 1)
        except zlib.error:
            break
        if len(out) > limit:
            break
    return Inflated("gzip", out[:limit], False) if out else None


def _deflate(data: bytes, limit: int) -> Inflated | None:
    """HTTP's `deflate` means zlib, but raw streams are as common."""
    for wbits, name in ((15, "zlib"), (-15, "deflate")):
        if wbits == 15 and (data[0] & 15 != 8 or (data[0] << 8 | data[1] if len(data) > 1 else 1) % 31):
            continue
        stream = isal_zlib.decompressobj(wbits=wbits)
        try:
            out = stream.decompress(data, limit + 1)
        except _IsalError:
            continue
        # Text that was never compressed may look like the beginning of a raw stream; compressed data is never ASCII.
        if out and (stream.eof or not data[:64].isascii()):
            return Inflated(name, out[:limit], stream.eof and len(out) <= limit)
    return None


def _brotli(data: bytes, limit: int) -> Inflated | None:
    stream, out = brotli.Decompressor(), b""
    chunk = data
    while len(out) <= limit:
        piece = stream.process(chunk, output_buffer_limit=limit - len(out) + 1)
        out += piece
        chunk = b""
        if stream.is_finished():
            return Inflated("br", out[:limit], len(out) <= limit) if out else None
        if not piece:
            break
    return Inflated("br", out[:limit], False) if out else None


def _zstd(data: bytes, limit: int) -> Inflated | None:
    opener, out = zstandard.ZstdDecompressor(max_window_size=1 << 27), bytearray()
    stream = opener.decompressobj()
    try:
        # A block of four bytes may open to 128 KiB, so small pieces keep the output of each one small.
        for start in range(0, len(data), 256):
            piece = data[start : start + 256]
            while piece:
                if stream.eof:  # frames may follow one another
                    stream = opener.decompressobj()
                out += stream.decompress(piece)
                piece = stream.unused_data
            if len(out) > limit:
                break
    except zstandard.ZstdError:
        return Inflated("zstd", bytes(out[:limit]), False) if out else None
    return Inflated("zstd", bytes(out[:limit]), stream.eof and len(out) <= limit) if out else None
