"""What numbers and addresses look like that Indian authorities, banks and payment apps give."""

import re

from stdnum import luhn, verhoeff

_VPA = re.compile(r"[\w.-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
_PAN = re.compile(r"[A-Z]{3}[ABCFGHJLPTK][A-Z](?!0000)\d{4}[A-Z]")
_GSTIN = re.compile(r"(?:0[1-9]|[12]\d|3[0-8]|97|99)[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_STATE = r"(?:A[NPRS]|BR|C[GHT]|D[DLN]|G[AJ]|H[PR]|J[HK]|K[AL]|L[AD]|M[HLNPZ]|NL|O[DR]|P[BY]|RJ|SK|T[GNRS]|U[APKT]|WB)"
_LICENCE = re.compile(_STATE + r"[ -]?\d{2}[ -]?(?:19|20)\d{2}[ -]?\d{7}")
_VEHICLE = re.compile(_STATE + r"[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}|\d{2}[ -]?BH[ -]?\d{4}[ -]?[A-Z]{1,2}")
_PASSPORT = re.compile(r"[A-PR-WY][1-9]\d ?\d{4}[1-9]")
_ABHA_ADDRESS = re.compile(r"[\w.]{3,60}@(?:abdm|sbx|ndhm)", re.I)


def _verhoeff(value: str, length: int) -> bool:
    """Digits of a length, in groups of four or not, first 2 to 9, no palindrome, with a Verhoeff check digit."""
    digits = re.sub(r"[\s-]", "", value) if len(value) < 40 else ""
    plausible = len(digits) == length and digits.isascii() and digits.isdigit() and digits[0] > "1"
    return plausible and digits != digits[::-1] and bool(verhoeff.is_valid(digits))


def aadhaar(value: str) -> bool:
    """Aadhaar number: twelve digits with a Verhoeff check digit (UIDAI)."""
    return _verhoeff(value, 12)


def aadhaar_masked(value: str) -> bool:
    """Aadhaar number as cards show it, only its last four digits: `XXXX XXXX 2346`."""
    return re.fullmatch(r"[Xx*]{4}[ -]?[Xx*]{4}[ -]?\d{4}", value) is not None


def aadhaar_vid(value: str) -> bool:
    """Aadhaar virtual id: sixteen digits with a Verhoeff check digit (UIDAI)."""
    return _verhoeff(value, 16)


def pan_in(value: str) -> bool:
    """Permanent Account Number (Income Tax Department); the algorithm of its check letter is not published."""
    return len(value) == 10 and _PAN.fullmatch(value.upper()) is not None


def gstin(value: str) -> bool:
    """Indian GST number with its Luhn check character over base 36."""
    return _GSTIN.fullmatch(value) is not None and luhn.is_valid(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def epic(value: str) -> bool:
    """Indian voter card number, three letters and seven digits; older cards have no check digit."""
    return re.fullmatch(r"[A-Z]{3}/?\d{7}", value) is not None


def passport_in(value: str) -> bool:
    """Indian passport number: a letter and seven digits, no checksum outside of the machine-readable zone."""
    return _PASSPORT.fullmatch(value) is not None


def licence_in(value: str) -> bool:
    """Indian driving licence: state, office, year, seven digits."""
    return _LICENCE.fullmatch(value) is not None


def vehicle_in(value: str) -> bool:
    """Indian registration mark of a vehicle, of a state or of the Bharat series."""
    return _VEHICLE.fullmatch(value) is not None


def abha(value: str) -> bool:
    """ABHA number: fourteen digits, grouped 2-4-4-4."""
    return re.fullmatch(r"\d{2}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}", value) is not None


def abha_address(value: str) -> bool:
    """ABHA address: a name at the handle of the health mission."""
    return _ABHA_ADDRESS.fullmatch(value) is not None


def ifsc(value: str) -> bool:
    """Indian bank branch code."""
    return re.fullmatch(r"[A-Z]{4}0[A-Z0-9]{6}", value) is not None


def vpa(value: str) -> bool:
    """A UPI address: a name, an @, and a handle without a dot."""
    return _VPA.fullmatch(value) is not None


def uan(value: str) -> bool:
    """Universal Account Number of the provident fund: twelve digits, the first 1 (EPFO)."""
    return re.fullmatch(r"1\d{11}", value) is not None
