"""The shapes by name: what values of a kind look like; a condition, not proof, unless there is a checksum in it."""

import re
from collections.abc import Callable

from analyzer.detect import shapes_number as numbers
from analyzer.detect import shapes_person as person

_HASH = re.compile(r"(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128}|[A-Za-z0-9+/_-]{43}=?)")
_OPAQUE = re.compile(r"[\w.:|$+/=-]{6,512}")
_EMPTY = frozenset(
    """
        null none undefined nan unknown n/a na true false yes no on off 0 -1 empty anonymous default nil
        <null> (null)
    """.split()
) | {"<unknown ssid>"}


def opaque(value: str) -> bool:
    """An identifier: no spaces, at least six characters, not a word for nothing."""
    return _OPAQUE.fullmatch(value) is not None and value.lower() not in _EMPTY and len(set(value.replace("-", ""))) > 2


def token(value: str) -> bool:
    """A long opaque token."""
    return len(value) >= 20 and " " not in value


def push_token(value: str) -> bool:
    """A push token: FCM's `<id>:APA91...`, APNs' 64 hex digits, or something as long."""
    return re.fullmatch(r"[\w:-]{22,4096}", value) is not None


def hashed(value: str) -> bool:
    """A digest."""
    return _HASH.fullmatch(value) is not None


def secret(value: str) -> bool:
    """Not empty, and not a word for nothing, hidden or a yes or no."""
    return 3 <= len(value) <= 256 and value.lower() not in _EMPTY and not set(value) <= {"*", "•", "x"}


def some_text(value: str) -> bool:
    """Words or a number with a meaning of its own."""
    return 0 < len(value) <= 2000 and value.lower() not in _EMPTY


def words(value: str) -> bool:
    """At least one word of letters."""
    return len(value) <= 200 and re.search(r"[^\W\d_]{3}", value) is not None and value.lower() not in _EMPTY


def number(value: str) -> bool:
    """A number."""
    return re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", value) is not None


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


def score_300_900(value: str) -> bool:
    """A whole number from 300 to 900."""
    return re.fullmatch(r"[3-8]\d\d|900", value) is not None


SHAPES: dict[str, Callable[[str], bool]] = {
    shape.__name__: shape
    for shape in (
        person.email, person.personal_email, person.phone, person.phone_india, person.person_name, person.name_word,
        person.handle, person.birth_date, person.year, person.age, person.gender, person.photo, person.picture,
        person.postal_address, person.place_name, person.region_name, person.region_code, person.country,
        person.postcode, person.blood_group, numbers.aadhaar, numbers.pan_in, numbers.gstin, numbers.card,
        numbers.iban, numbers.vpa, numbers.ssn, numbers.epic, numbers.abha, numbers.ifsc, numbers.imei, numbers.imsi,
        numbers.iccid, numbers.uuid, numbers.hex16, numbers.mac, numbers.ip_public, numbers.ip_private,
        numbers.latitude, numbers.longitude, numbers.coordinates, opaque, token, push_token, hashed, secret,
        some_text, words, number, dimensions, digits_3_4, digits_4_8, digits_9_18, score_300_900,
    )
}  # fmt: skip
"""Shapes by name, as `data/keys.tsv` names them."""
