"""Long runs of Base64 or hex characters within values: where they are, and what may be a digest there."""

import binascii
import re
from collections.abc import Iterator, Sequence

MIN_RUN = 16
"""Shorter runs are words."""
MIN_DIGEST = 22
"""Characters of the shortest digest: MD5 in Base64 without padding."""
JOINTS = b"+/_-"
"""Characters of Base64 that also join a digest to other words."""
URLSAFE = bytes.maketrans(b"+/", b"-_")
STANDARD = bytes.maketrans(b"-_", b"+/")
type Span = tuple[int, int]
"""Offsets of the first byte and of the byte after the last."""

_HEX = b"0123456789abcdefABCDEF"
_BASE64 = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_"
# A search for one letter is ten times faster than one for a class of them, so the class becomes one letter first.
# UUIDs and paths are frequent: dashes and slashes make no run long, they only go on with one.
_ONE_LETTER = bytes(ord("x") if char in _BASE64 else char if char in b"-/" else ord(" ") for char in range(256))
_ONE_HEX = bytes(ord("x") if char in _HEX else ord(" ") for char in range(256))
_ONE_BASE32 = bytes(ord("x") if char in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" else ord(" ") for char in range(256))
_CORE = b"x" * MIN_RUN
_ALL_HEX = re.compile(rb"[0-9a-fA-F]+").fullmatch


def long_runs(data: bytes) -> list[Span]:
    """Every run of Base64 characters that has many of them without a dash or slash; hex and words among them."""
    return _spans(data.translate(_ONE_LETTER))


def base64_runs(data: bytes, runs: Sequence[Span]) -> list[Span]:
    """Those of the runs that may be Base64, which is never in one letter case as words, numbers and hex are."""
    return [
        (start, end)
        for start, end in runs
        if not ((run := data[start:end]).islower() or run.isupper() or run.isdigit())
    ]


def hex_runs(data: bytes, runs: Sequence[Span]) -> list[Span]:
    """Every long run of hex digits within the runs; long numbers are none."""
    found = []
    for start, end in runs:
        run = data[start:end]
        spans = [(0, end - start)] if _ALL_HEX(run) else _spans(run.translate(_ONE_HEX))
        found += [(start + first, start + last) for first, last in spans if not run[first:last].isdigit()]
    return found


def base32_runs(upper: bytes) -> list[Span]:
    """Every long run of Base32 characters in data that was put into upper case."""
    return _spans(upper.translate(_ONE_BASE32))


def is_in_long_run(text: bytes) -> bool:
    """Whether a text is found in a long run wherever it stands."""
    return _CORE in text.translate(_ONE_LETTER)


def _spans(letters: bytes) -> list[Span]:
    spans = []
    reach = 0
    core = letters.find(_CORE)
    while core >= 0:
        start = letters.rfind(b" ", reach, core) + 1 or reach
        reach = letters.find(b" ", core)
        if reach < 0:
            reach = len(letters)
        spans.append((start, reach))
        core = letters.find(_CORE, reach)
    return spans


def digests_in_hex(run: bytes, sizes: Sequence[int]) -> Iterator[tuple[Span, bytes]]:
    """(span, digest) of what may be a digest of these sizes, in bytes: the whole run, or either end of it."""
    for size in sizes:
        spare = len(run) - 2 * size
        if spare < 0:
            break
        for start in (0, spare) if spare else (0,):
            span = start, start + 2 * size
            yield span, binascii.unhexlify(run[slice(*span)])


def digests_in_base64(run: bytes, sizes: Sequence[int]) -> Iterator[tuple[Span, bytes]]:
    """(span, digest) of what may be a digest of these sizes: the whole run, or an end of it that a joint sets apart."""
    for size in sizes:
        length = (size * 8 + 5) // 6
        spare = len(run) - length
        if spare < 0:
            break
        if not spare or run[length] in JOINTS:
            yield (0, length), from_base64(run[:length])
        if spare and run[spare - 1] in JOINTS:
            yield (spare, len(run)), from_base64(run[spare:])


def from_base64(text: bytes) -> bytes:
    """The bytes of Base64 in either alphabet, without padding; at least two characters of each group of four."""
    return binascii.a2b_base64(text.translate(STANDARD) + b"=" * (-len(text) % 4))
