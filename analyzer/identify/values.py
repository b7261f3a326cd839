"""Which values could tell people or devices apart, before any two captures are compared."""

import re
from typing import Literal

Tier = Literal["opaque", "words"]
"""`opaque`: made to be unique, or as good as (identifiers, addresses, numbers). `words`: may be anybody's."""

MIN_CHARS = 6
MAX_CHARS = 4_096
"""Longer values are payloads."""
_NUMBER = re.compile(r"[+-]?\d{1,24}(?:[.,]\d{1,20})?")
_DATE = re.compile(r"((?:19|20)\d\d)[-/.]?(\d\d)[-/.]?(\d\d)(?:[T ]?\d\d:?\d\d.{0,24})?", re.S)
_WRITTEN_TIME = re.compile(r"\b20[1-3]\d\b.{0,6}\b\d\d?:\d\d|\b\d\d?:\d\d(?::\d\d)?\b.{0,20}\b20[1-3]\d\b")
_VERSION = re.compile(r"[vV]?\d{1,5}(?:[.-]\d{1,5}){1,4}(?:[-+ ][A-Za-z]{1,10}[.\d]*)?")
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_DIGIT = re.compile(r"\d")
_RECENT = 2010
"""Points in time from this year on are of the session or of the installation; dates before it may be births."""
_SECONDS = (1_200_000_000, 2_000_000_000)
"""2008 to 2033, in seconds since 1970."""


def tier_of(value: str) -> Tier | None:
    """How much a value could tell; None for what nobody is told apart by.

    None are: values under six characters or over 4,096, points in time since 2010, small numbers, versions, and
    values of four different characters or fewer (zeroed identifiers).
    """
    if not MIN_CHARS <= len(value) <= MAX_CHARS or len(set(value)) < 4:
        return None
    if _NUMBER.fullmatch(value):
        return _number(value)
    if (date := _DATE.fullmatch(value)) and 1 <= int(date[2]) <= 12 and 1 <= int(date[3]) <= 31:
        return "opaque" if int(date[1]) < _RECENT else None
    if _WRITTEN_TIME.search(value):
        return None
    if _VERSION.fullmatch(value) and not _ADDRESS.fullmatch(value):
        return None
    if any(character.isspace() for character in value):
        return "words"
    digits = len(_DIGIT.findall(value))
    mixed = len(value) >= 16 and digits and value.lower() != value != value.upper()
    return "opaque" if digits >= 4 or mixed or "@" in value[1:-1] else "words"


def _number(value: str) -> Tier | None:
    whole, _, decimals = value.lstrip("+-").replace(",", ".").partition(".")
    if len(whole) >= 10 and _SECONDS[0] <= int(whole[:10]) <= _SECONDS[1] and len(whole) in (10, 13, 16, 19):
        return None
    if len(whole) in (8, 12, 14) and "2010" <= whole[:4] <= "2039" and "01" <= whole[4:6] <= "12":
        return None
    # Fractions of a degree tell where somebody is; other fractions measure something, and are never so long twice.
    return "opaque" if len(whole) >= MIN_CHARS or len(decimals) >= 4 else None
