"""What cards, accounts, wallets, degrees and plain numbers look like."""

import re

from stdnum import iban as stdnum_iban
from stdnum import luhn

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
_CARD_MASKED = re.compile(r"(?:\d{4}[ -]?)?(?:[Xx*•]{2,4}[ -]?){2,3}\d{4}")
_EXPIRY = re.compile(
    r"(?:0?[1-9]|1[0-2])\s?[/-]\s?(?:20)?[2-4]\d|(?:20)?[2-4]\d[/-](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[2-4]\d"
)
_AMOUNT = re.compile(r"(?=.*\d)[\w ₹$€£.,+<>/–-]{1,40}|(?:low|middle|medium|high|upper)[\w -]{0,30}", re.I)


def card(value: str) -> bool:
    """A number in an issuer's range with a Luhn check digit (ISO/IEC 7812)."""
    digits = re.sub(r"[ -]", "", value) if len(value) < 60 else ""
    return _CARD.fullmatch(digits) is not None and luhn.is_valid(digits) and len(set(digits)) > 1


def card_masked(value: str) -> bool:
    """A card number of which the last four digits, and perhaps the first, are shown."""
    return _CARD_MASKED.fullmatch(value) is not None


def card_expiry(value: str) -> bool:
    """A month and a year from 2020 to 2049."""
    return _EXPIRY.fullmatch(value) is not None


def month(value: str) -> bool:
    """The number of a month."""
    return re.fullmatch(r"0?[1-9]|1[0-2]", value) is not None


def day(value: str) -> bool:
    """The number of a day in its month."""
    return re.fullmatch(r"0?[1-9]|[12]\d|3[01]", value) is not None


def year_ahead(value: str) -> bool:
    """A year that a card may expire in, with two digits or four."""
    return re.fullmatch(r"(?:20)?[2-4]\d", value) is not None


def iban(value: str) -> bool:
    """An IBAN of the make and length of its country, modulus 97 (ISO 13616)."""
    return 15 <= len(value) <= 60 and bool(stdnum_iban.is_valid(value, check_country=False))


def wallet(value: str) -> bool:
    """A Bitcoin address by its checksum, or an Ethereum one by its form."""
    if re.fullmatch(r"0x[0-9a-fA-F]{40}", value):
        return len(set(value)) > 3
    if re.fullmatch(r"(?:bc1|[13])[A-Za-z0-9]{24,70}", value) is None:
        return False
    from stdnum import bitcoin

    return bool(bitcoin.is_valid(value))


def amount(value: str) -> bool:
    """An amount of money, or a band of amounts."""
    return _AMOUNT.fullmatch(value) is not None and value != "0"


def score_300_900(value: str) -> bool:
    """A whole number from 300 to 900, the range of credit scores."""
    return re.fullmatch(r"[3-8]\d\d|900", value) is not None


def number(value: str) -> bool:
    """A number."""
    return re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", value) is not None


def decimal(value: str) -> bool:
    """A number with two decimals or more, as sensors and vectors have."""
    return re.fullmatch(r"-?\d{1,6}\.\d{2,20}(?:[eE]-?\d{1,2})?", value) is not None


def ratio(value: str) -> bool:
    """A blood pressure, `120/80`, or another number of the body."""
    return re.fullmatch(r"\d{1,3}(?:\.\d{1,3})?(?:/\d{2,3})?(?: ?[a-zA-Z%/]{1,8})?", value) is not None


def dimensions(value: str) -> bool:
    """One size or more in digits."""
    return re.fullmatch(r"\d[\d.,x×* @]{0,30}", value) is not None


def digits_3_4(value: str) -> bool:
    """Three or four digits."""
    return re.fullmatch(r"\d{3,4}", value) is not None


def digits_4_8(value: str) -> bool:
    """Four to eight digits."""
    return re.fullmatch(r"\d{4,8}", value) is not None


def digits_9_18(value: str) -> bool:
    """Nine to eighteen digits."""
    return re.fullmatch(r"\d{9,18}", value) is not None


def digits_10_21(value: str) -> bool:
    """Ten to twenty-one digits."""
    return re.fullmatch(r"\d{10,21}", value) is not None


def latitude(value: str) -> bool:
    """Degrees between -90 and 90 with at least one decimal."""
    return re.fullmatch(r"-?\d{1,2}\.\d{1,16}", value) is not None and 0 < abs(float(value)) <= 90


def longitude(value: str) -> bool:
    """Degrees between -180 and 180 with at least one decimal."""
    return re.fullmatch(r"-?\d{1,3}\.\d{1,16}", value) is not None and 0 < abs(float(value)) <= 180


def coordinates(value: str) -> bool:
    """Latitude and longitude in one value."""
    match = re.fullmatch(r"(?:geo:)?(-?\d{1,2}\.\d{2,16})\s?[,; ]\s?(-?\d{1,3}\.\d{2,16})", value)
    return match is not None and latitude(match[1]) and longitude(match[2])
