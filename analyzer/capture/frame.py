"""Frames of a capture file: each record between a mark, its length and its checksum, so that a torn file reads on."""

import io
import struct
from collections.abc import Callable, Iterable, Iterator
from zlib import crc32

MAGIC = b"apptells capture 1\n"
"""The first bytes of a file; the number is that of the frames, which records have their own beside."""
MARK = b"\xf6\xab\x0eT"
"""Bytes that begin a frame; no text holds them, for 0xF6 is no byte of UTF-8."""
MAX_RECORD = 64 << 20
"""Bytes of one record; more than that is damage."""

_HEAD = struct.Struct("<4sII")
_READ = 1 << 20
_SEARCHED = 1 << 30
"""Bytes that are checked while looking for the next frame in a damaged file, before the rest is given up."""
_LOOK = 200
"""What a look at one mark counts as, in bytes checked."""


def framed(payloads: Iterable[bytes]) -> list[bytes]:
    """Each payload, none of them empty, as it stands in a file."""
    return [_HEAD.pack(MARK, len(payload), crc32(payload)) + payload for payload in payloads]


def never() -> bool:
    """For `Frames` of a file that nobody writes any more."""
    return False


class Frames:
    """The payloads of a file after its `MAGIC`, in order; damage is passed over and counted. Memory: two records."""

    def __init__(self, source: io.RawIOBase, wait: Callable[[], bool] = never) -> None:
        """`wait` is asked at the end of the file: True says that there may be more now, False that there will not."""
        self._source, self._wait = source, wait
        self._buffer = bytearray()
        self._at = 0
        """Position in the buffer."""
        self._passed = 0
        """Bytes passed over since the last frame."""
        self._checked = 0
        self.damaged = 0
        """Bytes passed over between records."""
        self.torn = 0
        """Bytes at the end that are no whole record."""

    def __iter__(self) -> Iterator[bytes]:
        while self._has(_HEAD.size):
            payload = self._payload()
            if payload is not None:
                yield payload
            elif not self._find_next():
                break
            self._forget()
        self.torn = self._passed + len(self._buffer) - self._at

    def _payload(self) -> bytes | None:
        """Takes the payload of the frame that begins here; None where none does, or not a whole one."""
        length = self._whole(self._at)
        if length is None:
            return None
        start = self._at + _HEAD.size
        self._at = start + length
        return bytes(memoryview(self._buffer)[start : self._at])

    def _find_next(self) -> bool:
        """Goes to where the next whole frame begins; False where there is none."""
        self._pass_over(self._at + 1)
        while self._checked < _SEARCHED:
            found = self._buffer.find(MARK, self._at)
            if found < 0:
                self._pass_over(max(self._at, len(self._buffer) - len(MARK) + 1))  # a mark may have begun
                self._forget()
                if not self._more():
                    return False
                continue
            self._pass_over(found)
            self._checked += _LOOK
            if self._whole(found) is not None:
                self.damaged, self._passed = self.damaged + self._passed, 0
                return True
            self._pass_over(found + 1)
        return False

    def _pass_over(self, to: int) -> None:
        self._passed += to - self._at
        self._at = to

    def _forget(self) -> None:
        if self._at > _READ:
            del self._buffer[: self._at]
            self._at = 0

    def _whole(self, at: int) -> int | None:
        """The length of the payload of the frame at a position; None where there is no whole frame."""
        if not self._has(_HEAD.size, at):
            return None
        mark, length, check = _HEAD.unpack_from(self._buffer, at)
        # The checksum of nothing is zero, so that a zeroed head would be that of an empty record.
        if mark != MARK or not 0 < length <= MAX_RECORD or not self._has(_HEAD.size + length, at):
            return None
        start = at + _HEAD.size
        with memoryview(self._buffer) as view, view[start : start + length] as payload:
            if crc32(payload) == check:
                return int(length)
        self._checked += length
        return None

    def _has(self, count: int, at: int | None = None) -> bool:
        """Whether so many bytes are there from a position on; reads, and waits, until they are."""
        at = self._at if at is None else at
        while len(self._buffer) - at < count:
            if not self._more():
                return False
        return True

    def _more(self) -> bool:
        """Reads on; False at the end."""
        while not (chunk := self._source.read(_READ)):
            if not self._wait():
                return False
        self._buffer += chunk
        return True
