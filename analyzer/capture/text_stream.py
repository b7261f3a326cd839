"""Turns the bytes of a HAR file into a stream of UTF-8: gzip taken off, UTF-16 transcoded, both piece by piece."""

import codecs
from collections.abc import Callable, Iterator

from isal import igzip_lib

from analyzer.capture.reader import Source

PIECE = 1 << 18
INFLATE_FLOOR = 256 << 20
INFLATE_RATIO = 300
"""A gzip file may grow to so many times what was read of it, or to `INFLATE_FLOOR` bytes; the rest is not read."""
GZIP_MAGIC = b"\x1f\x8b"


class TextStream:
    """A gzip-compressed or UTF-16 file as UTF-8; `readinto` is what a `Window` reads from."""

    def __init__(self, source: Source, *, gzipped: bool, utf16: str | None) -> None:
        """`utf16` is None for UTF-8, else `utf-16-le` or `utf-16-be`."""
        pieces = _pieces(source)
        if gzipped:
            pieces = self._inflated(pieces)
        if utf16:
            pieces = _transcoded(pieces, utf16)
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.is_whole = True
        """False after gzip data that breaks off, is corrupt, or grows beyond its bound."""

    def readinto(self, buffer: memoryview) -> int:
        """Fills the buffer as far as the stream goes; gives how far, 0 at the end."""
        filled = 0
        while filled < len(buffer):
            if not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._rest = memoryview(piece)
            taken = self._rest[: len(buffer) - filled]
            buffer[filled : filled + len(taken)] = taken
            self._rest = self._rest[len(taken) :]
            filled += len(taken)
        return filled

    def _inflated(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        member = _new_member()
        read = inflated = 0
        at_start = True
        for piece in pieces:
            read += len(piece)
            data = piece.lstrip(b"\0") if at_start and inflated else piece
            while data or not member.needs_input:
                try:
                    output = member.decompress(data, PIECE)
                except igzip_lib.error:  # type: ignore[misc]  # its stub types the class as an instance
                    self.is_whole = False
                    return
                at_start = False
                data = b""
                inflated += len(output)
                if output:
                    yield output
                if inflated > max(INFLATE_FLOOR, read * INFLATE_RATIO):
                    self.is_whole = False
                    return
                if member.eof:
                    data = member.unused_data.lstrip(b"\0")  # what follows the last member may be padding
                    member = _new_member()
                    at_start = True
        self.is_whole = at_start


def source_stream(
    source: Source, *, gzipped: bool, utf16: str | None
) -> tuple[Callable[[memoryview], int], TextStream | None]:
    """What a `Window` reads from, and the stream in between where there is one."""
    if not gzipped and not utf16:
        return source.readinto, None
    stream = TextStream(source, gzipped=gzipped, utf16=utf16)
    return stream.readinto, stream


def inflate_start(data: bytes, limit: int) -> bytes:
    """The first bytes, `limit` at most, of what gzip data hold; empty where they are no gzip data."""
    try:
        return bytes(_new_member().decompress(data, limit))
    except igzip_lib.error:  # type: ignore[misc]  # its stub types the class as an instance
        return b""


def _new_member() -> igzip_lib.IgzipDecompressor:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _pieces(source: Source) -> Iterator[bytes]:
    buffer = bytearray(PIECE)
    while count := source.readinto(buffer):
        yield bytes(buffer[:count])


def _transcoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    # Lone surrogates pass through: what cannot be decoded is repaired and counted entry by entry.
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    is_first = True
    for piece in pieces:
        text = decoder.decode(piece)
        if is_first and text:
            text = text.removeprefix("\ufeff")
            is_first = False
        yield text.encode("utf-8", "surrogatepass")
