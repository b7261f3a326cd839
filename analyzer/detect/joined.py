"""All values of an exchange as one text, so that each search passes over them exactly once."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from analyzer.model import Field


class Joined:
    """Values joined by line ends, as UTF-8; knows which field each byte offset belongs to."""

    __slots__ = ("_starts", "data", "fields")

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = fields
        self.data = "\n".join([field.value for field in fields]).encode("utf-8", "replace")
        self._starts: list[int] | None = None

    def locate(self, offset: int) -> tuple[int, int]:
        """(position of the field, offset within its UTF-8 value) of a byte offset in `data`."""
        starts = self._measured()
        position = bisect_right(starts, offset) - 1
        return position, offset - starts[position]

    def position(self, offset: int) -> int:
        """The position of the field that a byte offset in `data` belongs to."""
        return bisect_right(self._measured(), offset) - 1

    def end_of(self, position: int) -> int:
        """The byte offset in `data` where the value of a field ends."""
        return self._measured()[position + 1] - 1

    def _measured(self) -> list[int]:
        if self._starts is None:
            if self.data.isascii():
                sizes = [len(field.value) + 1 for field in self.fields]
            else:
                sizes = [len(field.value.encode("utf-8", "replace")) + 1 for field in self.fields]
            self._starts = [0, *accumulate(sizes)]
        return self._starts
