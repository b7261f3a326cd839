"""What numbers look like that authorities, banks, networks and devices give, with their check digits.

Rates in the docstrings are the share of random values of the same length that pass.
"""

import ipaddress
import re

from stdnum import iban as stdnum_iban
from stdnum import luhn, verhoeff

_DIGITS = re.compile(r"\d+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}")
_VPA = re.compile(r"[\w.-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
_PAN = re.compile(r"[A-Z]{3}[ABCFGHJLPTK][A-Z](?!0000)\d{4}[A-Z]")
_GSTIN = re.compile(r"(?:0[1-9]|[12]\d|3[0-8]|97|99)[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
_CARD_RANGES = (
    r"4\d{12}(?:\d{3}){0,2}",  # Visa
    r"5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}",  # Mastercard
    r"3[47]\d{13}",  # American Express
    r"(?:6011|65\d\d|64[4-9]\d)\d{12}",  # Discover
    r"(?:60|81|82|508)\d{13,14}",  # RuPay
    r"3(?:0[0-5]|[68]\d)\d{11}",  # Diners Club
    r"35(?:2[89]|[3-8]\d)\d{12}",  # JCB
)
_CARD = re.compile("|".join(f"(?:{pattern})" for pattern in _CARD_RANGES))


def aadhaar(value: str) -> bool:
    """Twelve digits, first 2 to 9, Verhoeff check digit (UIDAI): 8 %."""
    digits = re.sub(r"[\s-]", "", value) if len(value) < 40 else ""
    return re.fullmatch(r"[2-9]\d{11}", digits) is not None and digits != digits[::-1] and verhoeff.is_valid(digits)


def pan_in(value: str) -> bool:
    """Indian Permanent Account Number; its check letter is not published: practically none."""
    return _PAN.fullmatch(value.upper()) is not None


def gstin(value: str) -> bool:
    """Indian GST number with its Luhn check character over base 36: practically none."""
    return _GSTIN.fullmatch(value) is not None and luhn.is_valid(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def card(value: str) -> bool:
    """A number in an issuer's range with a Luhn check digit: 2.5 % of sixteen digits."""
    digits = re.sub(r"[ -]", "", value) if len(value) < 60 else ""
    return _CARD.fullmatch(digits) is not None and luhn.is_valid(digits) and len(set(digits)) > 1


def iban(value: str) -> bool:
    """An IBAN of the right length for its country, modulus 97: 1 %."""
    return 15 <= len(value) <= 60 and bool(stdnum_iban.is_valid(value, check_country=False))


def vpa(value: str) -> bool:
    """A UPI address: a name, an @, and a handle without a dot."""
    return _VPA.fullmatch(value) is not None


def ssn(value: str) -> bool:
    """A US Social Security number by its area rules: 89 %."""
    match = re.fullmatch(r"(\d{3})-?(\d{2})-?(\d{4})", value)
    return (
        match is not None
        and match[1] not in ("000", "666")
        and match[1] < "900"
        and match[2] != "00"
        and match[3] != "0000"
    )


def epic(value: str) -> bool:
    """Indian voter card number, three letters and seven digits."""
    return re.fullmatch(r"[A-Z]{3}\d{7}", value) is not None


def abha(value: str) -> bool:
    """ABHA number: fourteen digits, grouped 2-4-4-4."""
    return re.fullmatch(r"\d{2}-?\d{4}-?\d{4}-?\d{4}", value) is not None


def ifsc(value: str) -> bool:
    """Indian bank branch code."""
    return re.fullmatch(r"[A-Z]{4}0[A-Z0-9]{6}", value) is not None


def imei(value: str) -> bool:
    """Fifteen digits with a Luhn check digit (10 %), or sixteen of an IMEISV."""
    digits = value.replace("-", "").replace(" ", "") if len(value) < 40 else ""
    if not _DIGITS.fullmatch(digits) or len(set(digits)) < 3:
        return False
    return (len(digits) == 15 and luhn.is_valid(digits)) or len(digits) in (14, 16)


def imsi(value: str) -> bool:
    """Fourteen or fifteen digits that start with a mobile country code in use."""
    return re.fullmatch(r"[2-7]\d{13,14}", value) is not None


def iccid(value: str) -> bool:
    """A SIM serial: 89, then 17 or 18 digits."""
    return re.fullmatch(r"89\d{17,18}[Ff]?", value) is not None


def uuid(value: str) -> bool:
    """A UUID, with or without dashes, that is not zeroed."""
    return _UUID.fullmatch(value) is not None and len(set(value.replace("-", ""))) > 2


def hex16(value: str) -> bool:
    """Up to 64 bits in hex, as Android writes its ID."""
    return (
        re.fullmatch(r"[0-9a-fA-F]{14,16}", value) is not None
        and value.lower() != "9774d56d682e549c"
        and len(set(value)) > 2
    )


def mac(value: str) -> bool:
    """A hardware address that is neither Android's placeholder nor all zeros or ones."""
    return _MAC.fullmatch(value) is not None and value.lower().replace("-", ":") not in (
        "02:00:00:00:00:00", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
    )  # fmt: skip


def ip_public(value: str) -> bool:
    """A public IP address."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.is_global and not value.startswith(("0.", "1.0.", "1.1.", "2.0.", "3.0."))


def ip_private(value: str) -> bool:
    """A private IP address."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.is_private and not address.is_loopback and not address.is_unspecified


def latitude(value: str) -> bool:
    """Degrees between -90 and 90 with at least one decimal."""
    return re.fullmatch(r"-?\d{1,2}\.\d{1,16}", value) is not None and 0 < abs(float(value)) <= 90


def longitude(value: str) -> bool:
    """Degrees between -180 and 180 with at least one decimal."""
    return re.fullmatch(r"-?\d{1,3}\.\d{1,16}", value) is not None and 0 < abs(float(value)) <= 180


def coordinates(value: str) -> bool:
    """Latitude and longitude in one value."""
    match = re.fullmatch(r"(-?\d{1,2}\.\d{2,16})\s?[,; ]\s?(-?\d{1,3}\.\d{2,16})", value)
    return match is not None and latitude(match[1]) and longitude(match[2])
