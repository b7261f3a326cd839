"""Which occurrences of known texts count: those that stand alone, and of those within one another the outermost."""

from collections.abc import Iterable, Iterator

from analyzer.detect.seeds.prefix_search import Hit

_AROUND_NUMBER = (b"", b"\n", b" ", b",", b":", b'"')


def that_count(lower: bytes, hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits in `lower` that stand alone and do not lie within others, in order."""
    return outermost(hit for hit in hits if stands_alone(lower, *hit))


def outermost(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits that do not lie within others, in order."""
    reach = -1  # end of the text that reaches furthest: what starts later and ends earlier lies within it
    for start, text in sorted(hits, key=_outer_first):
        end = start + len(text)
        if end > reach:
            reach = end
            yield start, text


def _outer_first(hit: Hit) -> tuple[int, int]:
    return hit[0], -len(hit[1])


def stands_alone(data: bytes, start: int, text: bytes) -> bool:
    """Whether a text at this offset is a value of its own, not a part of a longer number or word."""
    size = len(text)
    end = start + size
    before = data[max(0, start - 1) : start]
    after = data[end : end + 1]
    if text.isdigit():
        if size < 8:
            return before in _AROUND_NUMBER and after in (*_AROUND_NUMBER, b".")
        if before.isdigit() or after.isdigit():
            return False
        return size >= 12 or not (before.isalpha() or after.isalpha())
    if size >= 16 and not text.isalpha():
        return True
    if text.isalpha() and b"_" in (before, after):
        return False  # a file or user name, `asha_8f31.jpg`
    return not before.isalnum() and not after.isalnum()
