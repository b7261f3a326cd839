"""Known texts that two values of one request hold together: `98123` and `45670`, an address on both sides of its @."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from analyzer.detect.joined import Joined

MIN_HALF = 3
"""Characters of each of the two values."""
_JOINTS = b"@ .,-_+/:"
"""What may be left out between them."""


class TwoValues:
    """Finds pairs of whole values that are a known text, letter case aside."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._texts = sorted(texts)

    def beginnings(self, size: int) -> set[bytes]:
        """The first bytes of all values that may be a first half, a line end before and after them."""
        longer = {(b"\n" + text)[:size] for text in self._texts}
        return longer | {(b"\n%b\n" % text[:MIN_HALF])[:size] for text in self._texts}

    def is_first_half(self, value: bytes) -> bool:
        """Whether a longer text begins with a value."""
        at = bisect_left(self._texts, value)
        return len(value) >= MIN_HALF and at < len(self._texts) and self._texts[at].startswith(value)

    def find(self, joined: Joined, halves: Iterable[bytes]) -> list[tuple[bytes, int, int]]:
        """(text, position of the field with its first half, position of that with its second) of every pair."""
        pairs = list(self._pairs(halves, frozenset(joined.data.lower().split(b"\n"))))
        if not pairs:
            return []
        places: dict[bytes, int] = {}
        for position, field in enumerate(joined.fields):
            places.setdefault(field.value.encode("utf-8", "replace").lower(), position)
        # A line of a longer value is no value.
        return [
            (text, places[first], places[second])
            for text, first, second in pairs
            if first in places and second in places
        ]

    def _pairs(self, halves: Iterable[bytes], lines: frozenset[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
        for first in sorted(half for half in halves if len(half) >= MIN_HALF):
            for text in self._beginning_with(first):
                rest = text[len(first) :]
                second = rest[1:] if rest[:1] in _JOINTS and rest not in lines else rest
                if len(second) >= MIN_HALF and second in lines:
                    yield text, first, second

    def _beginning_with(self, first: bytes) -> Sequence[bytes]:
        start = bisect_left(self._texts, first)
        return self._texts[start : bisect_left(self._texts, first + b"\xff", start)]
