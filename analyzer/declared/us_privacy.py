"""Decodes US Privacy strings: four characters on notice, opt-out of sale, and the agreement that covers it (IAB)."""

import re

from msgspec import Struct

_STRING = re.compile(r"1[YN-]{3}", re.I)
_WORDS = {"Y": True, "N": False, "-": None}


class UsPrivacy(Struct, frozen=True, kw_only=True):
    """What a US Privacy string of version 1 says; None where it says that it does not apply."""

    notice: bool | None
    """Whether notice and the chance to opt out were given."""
    opted_out: bool | None
    """Whether the person opted out of the sale of data."""
    agreement: bool | None
    """Whether it is covered by the Limited Service Provider Agreement."""


def decode_us_privacy(text: str) -> UsPrivacy | None:
    """The string, `1YNN` for one; None where the text is none."""
    if _STRING.fullmatch(text) is None:
        return None
    notice, opted_out, agreement = (_WORDS[letter] for letter in text[1:].upper())
    return UsPrivacy(notice=notice, opted_out=opted_out, agreement=agreement)
