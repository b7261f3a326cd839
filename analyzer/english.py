"""Lists and counts as sentences have them."""

from collections.abc import Iterable


def listed(words: Iterable[str], most: int = 6, rest: str = "others", last: str = "and") -> str:
    """`a, b and c`; of more than `most` + 1 words those after `most` are counted: `a, b and 7 others`."""
    shown = list(words)
    if len(shown) > most + 1:
        shown[most:] = [f"{len(shown) - most:,} {rest}"]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def counted(number: int, noun: str, many: str = "") -> str:
    """`1 request`, `1,200 requests`; `many` where the plural is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
