"""Writes consent strings, and reads the fixtures, for the tests of declarations."""

import base64
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from analyzer.declared.statement import Statement, Statements
from analyzer.knowledge import Knowledge

FIXTURES = Path(__file__).parents[2] / "fixtures" / "declared"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@cache
def knowledge() -> Knowledge:
    return Knowledge()


def read(*names: str) -> Statements:
    """Fixtures by their names."""
    return knowledge().declarations([FIXTURES / name for name in names])


def read_one(name: str) -> Statement:
    return read(name).documents[0]


def written(path: Path, content: str | bytes) -> Statement:
    """What a file of this content is read as."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return knowledge().declarations([path]).documents[0]


def number(value: int, width: int) -> str:
    return format(value, f"0{width}b")


def positions(chosen: Iterable[int], width: int) -> str:
    bits = set(chosen)
    return "".join("1" if place in bits else "0" for place in range(1, width + 1))


def letters(text: str) -> str:
    return "".join(number(ord(letter) - 65, 6) for letter in text)


def fibonacci(value: int) -> str:
    """As the Global Privacy Platform's specification describes the coding."""
    numbers = [1, 2]
    while numbers[-1] <= value:
        numbers.append(numbers[-1] + numbers[-2])
    bits = ""
    for one in reversed(numbers):
        if one <= value:
            value -= one
            bits = "1" + bits
        elif bits:
            bits = "0" + bits
    return bits + "1"


def packed(bits: str) -> str:
    """Bits as base64 for URLs, filled up with zeros."""
    bits += "0" * (-len(bits) % 6)
    return "".join(ALPHABET[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6))


def vendors(chosen: Sequence[int], as_ranges: bool) -> str:
    highest = max(chosen, default=0)
    start = number(highest, 16)
    if not as_ranges:
        return start + "0" + positions(chosen, highest)
    ranges: list[list[int]] = []
    for one in sorted(chosen):
        if ranges and ranges[-1][-1] == one - 1:
            ranges[-1][1:] = [one]
        else:
            ranges.append([one])
    coded = ["1" + number(each[0], 16) + number(each[1], 16) if len(each) == 2 else "0" + number(each[0], 16)
             for each in ranges]  # fmt: skip
    return start + "1" + number(len(ranges), 12) + "".join(coded)


def tcf(
    *,
    tenths: int = 17_145_216_000,
    cmp: int = 10,
    purposes: Iterable[int] = (),
    interest: Iterable[int] = (),
    special: Iterable[int] = (),
    consented: Sequence[int] = (),
    interested: Sequence[int] = (),
    as_ranges: bool = False,
) -> str:
    """The core segment of a string of the Transparency and Consent Framework, version 2."""
    return packed(
        number(2, 6) + number(tenths, 36) * 2 + number(cmp, 12) + number(1, 12) + number(0, 6) + letters("EN")
        + number(200, 12) + number(4, 6) + "00" + positions(special, 12) + positions(purposes, 24)
        + positions(interest, 24) + "0" + letters("IN") + vendors(consented, as_ranges)
        + vendors(interested, as_ranges) + number(0, 12)
    )  # fmt: skip


def gpp(sections: dict[int, str]) -> str:
    """A string of the Global Privacy Platform; each section alone, counted from the one before."""
    before, coded = 0, ""
    for one in sorted(sections):
        coded += "0" + fibonacci(one - before)
        before = one
    header = packed(number(3, 6) + number(1, 6) + number(len(sections), 12) + coded)
    return "~".join([header, *(sections[one] for one in sorted(sections))])


def padded(text: str) -> bytes:
    """Base64 for URLs as Python reads it, an oracle for the decoder's own reading."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
