"""A cursor over a stream of JSON that steps over one value at a time, exactly and without ever holding the stream.

msgspec skips one JSON value at the front of a window of the stream, at half a gigabyte a second; the error that it
raises about the characters behind the value says where the value ended.
"""

import re
from collections.abc import Callable

import msgspec

from analyzer.capture.json_scan import Scan
from analyzer.errors import CaptureError

WINDOW = 1 << 20
LONGEST_START = 512

_skip_value = msgspec.json.Decoder(msgspec.Raw).decode
_TRAILING = "JSON is malformed: trailing characters (byte "
_TRUNCATED = "Input data was truncated"
_POSITION = re.compile(r"\(byte (\d+)\)$")
_CUT_TOKEN = 16
"""A number or escape cut by the end of the window reads as malformed up to so many bytes before it."""
_SPACE = re.compile(rb"[ \t\r\n]*+")


class Malformed(Exception):
    """The value at the cursor is not JSON; `args[0]` is the offset of the trouble from the cursor."""


class Overlong(Exception):
    """The value at the cursor is too large or too deep to be held; `args[0]` says which."""


class Truncated(Exception):
    """The stream ended inside the value at the cursor."""


class Window:
    """A cursor over a stream of UTF-8 JSON. Views that it hands out are valid until its next call."""

    def __init__(self, readinto: Callable[[memoryview], int], size: int = WINDOW) -> None:
        """`readinto` fills a buffer and says how far, 0 at the end; `size` is in bytes.

        Raises CaptureError where the installed msgspec words its errors in another way.
        """
        _check_error_texts()
        self._readinto = readinto
        self._size = size
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._at_end = False

    def _more(self) -> bool:
        """Reads on behind what is still held; False at the end of the stream."""
        if self._at_end:
            return False
        held = self._end - self._start
        size = len(self._buffer)
        # Growing by doubling keeps the rescans of one huge entry linear; shrinking gives its memory back.
        wanted = size * 2 if held > size // 2 else self._size if held <= self._size // 2 else size
        kept = self._view[self._start : self._end]
        if wanted != size:
            self._buffer = bytearray(wanted)
            self._view = memoryview(self._buffer)
        self._view[:held] = kept
        self._start = 0
        count = self._readinto(self._view[held:])
        self._end = held + count
        self._at_end = count == 0
        return count > 0

    def peek(self) -> int:
        """The next byte that is no white space, left in place; -1 at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._start, self._end)
            self._start = match.end() if match else self._start
            if self._start < self._end:
                return self._buffer[self._start]
            if not self._more():
                return -1

    def advance(self) -> None:
        """Steps over the byte that `peek` gave."""
        self._start += 1

    def skip_bom(self) -> None:
        """Steps over a UTF-8 byte order mark."""
        while self._end - self._start < 3 and self._more():
            pass
        if self._buffer[self._start : self._start + 3] == b"\xef\xbb\xbf":
            self._start += 3

    def value(self, limit: int) -> memoryview:
        """The bytes of the JSON value at the cursor, stepped over. Raises Malformed, Overlong, Truncated."""
        while True:
            start = self._start
            held = self._view[start : self._end]
            try:
                _skip_value(held)
            except msgspec.DecodeError as error:
                text = str(error)
                if text.startswith(_TRAILING):
                    length = int(text[len(_TRAILING) : -1]) - 1
                    self._start = start + length
                    return held[:length]
                if text != _TRUNCATED:
                    match = _POSITION.search(text)
                    offset = int(match[1]) if match else 0
                    if self._at_end or len(held) - offset > _CUT_TOKEN:
                        raise Malformed(offset) from None
            except RecursionError:
                raise Overlong("nested too deep") from None
            else:
                # Only what closes itself is known to be whole; a number may go on in the next window.
                if self._at_end or held[-1] in b'}]"':
                    self._start = self._end
                    return held
            if self._at_end:
                raise Truncated
            if len(held) >= limit:
                raise Overlong(f"larger than {limit >> 20} MiB")
            self._more()

    def skip(self) -> None:
        """Steps over the value at the cursor, whatever its size. Raises Truncated."""
        try:
            self.value(self._size)
        except (Malformed, Overlong):
            self.scan()

    def scan(self) -> None:
        """Steps over the value at the cursor by its brackets and quotes alone, holding nothing. Raises Truncated."""
        scan = Scan()
        self.peek()
        while True:
            self._start, done = scan.run(self._buffer, self._start, self._end)
            if done:
                return
            if not self._more():
                raise Truncated

    def recover(self, offset: int, next_start: re.Pattern[bytes], limit: int) -> memoryview | None:
        """Goes to the next match of `next_start`, about `offset` bytes on or more; gives what lies before it.

        None where that is more than `limit` bytes. Without a match, goes to the end of the value by its brackets, and
        raises Truncated where those do not close. A match is at most `LONGEST_START` bytes long.
        """
        at = max(offset - _CUT_TOKEN, 1)
        held_all = True
        while True:
            match = next_start.search(self._buffer, self._start + at, self._end)
            if match:
                passed = self._view[self._start : match.start()] if held_all else None
                self._start = match.start()
                return passed
            held = self._end - self._start
            at = max(at, held - LONGEST_START)
            if held >= limit:
                held_all = False
                self._start += at
                at = 0
            if not self._more():
                break
        end, done = Scan().run(self._buffer, self._start, self._end)
        if not held_all or not done:
            raise Truncated
        end = max(end, self._start + 1)  # a bracket that closes nothing is no value, and is to be left behind
        passed = self._view[self._start : end]
        self._start = end
        return passed


def _check_error_texts() -> None:
    """Raises CaptureError where msgspec words its errors in another way than this module reads them."""
    for data, expected in ((b'{"a":1} ,', f"{_TRAILING}9)"), (b'{"a":', _TRUNCATED)):
        try:
            _skip_value(data)
        except msgspec.DecodeError as error:
            if str(error) == expected:
                continue
        raise CaptureError("the installed msgspec cannot be used to read a HAR; install msgspec>=0.22,<0.23.")
