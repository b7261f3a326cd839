"""Decodes consent strings of the Transparency and Consent Framework, version 2 (IAB Europe)."""

from datetime import UTC, datetime

from msgspec import Struct

from analyzer.declared.bits import Bits

_EARLIEST, _LATEST = 1_514_764_800, 4_102_444_800  # 2018 and 2100: no string is from before the framework
_MAX_VENDOR = 65_535


class TcfConsent(Struct, frozen=True, kw_only=True):
    """The core segment: who was given consent to what."""

    created: str
    """YYYY-MM-DD, UTC."""
    updated: str
    cmp: int
    """The consent management platform's number in the framework's list."""
    language: str
    country: str
    """Of the publisher, as the string says."""
    purposes: tuple[int, ...]
    """Purposes (1 to 24; the framework names 11) that were consented to."""
    legitimate_interest: tuple[int, ...]
    """Purposes that were made known as based on legitimate interest, and not objected to."""
    special_features: tuple[int, ...]
    """1: precise location; 2: scanning the device for identification."""
    vendors: int
    """How many companies have consent."""
    vendors_legitimate_interest: int


def decode_tcf(text: str) -> TcfConsent | None:
    """The core segment of a string of version 2; None where the text is none.

    The order of the fields is that of the IAB Tech Lab's "Consent string and vendor list formats v2".
    """
    try:
        return _core(Bits(text.partition(".")[0]))
    except ValueError:
        return None


def _core(bits: Bits) -> TcfConsent:
    if bits.number(6) != 2:
        raise ValueError("another version")
    created, updated = _day(bits.number(36)), _day(bits.number(36))
    cmp = bits.number(12)
    bits.number(12 + 6)  # version of the platform, number of the screen
    language = bits.letters(2)
    bits.number(12 + 6 + 1 + 1)  # versions of vendor list and policy; specific to the service; other texts
    special, purposes, interest = bits.positions(12), bits.positions(24), bits.positions(24)
    bits.flag()  # whether purpose 1 was disclosed
    country = bits.letters(2)
    vendors, vendors_interest = _vendors(bits), _vendors(bits)
    return TcfConsent(
        created=created, updated=updated, cmp=cmp, language=language, country=country, purposes=purposes,
        legitimate_interest=interest, special_features=special, vendors=vendors,
        vendors_legitimate_interest=vendors_interest,
    )  # fmt: skip


def _vendors(bits: Bits) -> int:
    """How many vendors a section names, as a row of bits or as ranges of numbers."""
    highest = bits.number(16)
    if not bits.flag():
        return len(bits.positions(highest))
    total = 0
    for _ in range(bits.number(12)):
        is_range, first = bits.flag(), bits.number(16)
        last = bits.number(16) if is_range else first
        if not 0 < first <= last <= highest:
            raise ValueError("a range that runs backwards or past the highest vendor")
        total += last - first + 1
    return min(total, _MAX_VENDOR)


def _day(tenths: int) -> str:
    """The date of a time that is counted in tenths of a second since 1970."""
    if not _EARLIEST <= tenths / 10 <= _LATEST:
        raise ValueError("a time at which no string was made")
    return datetime.fromtimestamp(tenths / 10, UTC).date().isoformat()
