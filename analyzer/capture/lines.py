"""Where the entries of a HAR stand in their file: what a code viewer shows for a request."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from analyzer.capture.har_entries import Broken, HarWalk, Member
from analyzer.capture.json_window import WINDOW, Window
from analyzer.capture.reader import unreadable


class Span(NamedTuple):
    """The text of one entry."""

    line: int
    """1-based line that it begins on; all entries of a file without line ends are on line 1."""
    last_line: int
    offset: int
    """Of its first byte in the file."""
    length: int
    """Bytes."""


def entry_spans(path: Path, wanted: Collection[int]) -> dict[int, Span]:
    """The places of these entries (indices as in `Exchange.index`) in a HAR of plain UTF-8, read up to the last.

    Empty for every other file (flows, our own captures, compressed or UTF-16 text), which has no lines to point to;
    an entry too large to be held has no place. Raises CaptureError where the file cannot be read.
    """
    found: dict[int, Span] = {}
    if not wanted:
        return found
    last = max(wanted)
    try:
        with path.open("rb", buffering=0) as file:
            window = _CountingWindow(lambda buffer: file.readinto(buffer) or 0)
            index = -1
            for step in HarWalk(window):
                if step is None or isinstance(step, Member):
                    continue
                index += 1
                text = step.data if isinstance(step, Broken) else step
                if index in wanted and text is not None:
                    end_line, end = window.place()
                    first = end_line - bytes(text).count(b"\n")
                    found[index] = Span(first, end_line, end - len(text), len(text))
                if index >= last:
                    break
    except OSError as error:
        raise unreadable(path, error) from error
    return found


class _CountingWindow(Window):
    """A window that knows how many bytes and line ends lie behind its cursor."""

    def __init__(self, readinto: Callable[[memoryview], int], size: int = WINDOW) -> None:
        super().__init__(readinto, size)
        self._passed = 0
        """Bytes that are no longer held."""
        self._lines = 0
        self._counted = 0
        """Position in the buffer up to which line ends are counted."""

    def place(self) -> tuple[int, int]:
        """The 1-based line and the byte offset of the cursor."""
        self._count()
        return 1 + self._lines, self._passed + self._start

    def _count(self) -> None:
        # Each byte is counted once: a window may hold thousands of entries.
        self._lines += self._buffer.count(b"\n", self._counted, self._start)
        self._counted = self._start

    def _more(self) -> bool:
        if not self._at_end:
            self._count()
            self._passed += self._start
            self._counted = 0
        return super()._more()
