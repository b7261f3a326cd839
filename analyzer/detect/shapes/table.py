"""The shapes by name: what values of a kind look like; no proof, a condition. `rates.py` says how often chance fits."""

import re
from collections.abc import Callable

from analyzer.detect.shapes import device as device
from analyzer.detect.shapes import india as india
from analyzer.detect.shapes import national as nations
from analyzer.detect.shapes import number as numbers
from analyzer.detect.shapes import person as person
from analyzer.detect.shapes import place as place
from analyzer.detect.shapes import special as special

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


def sentence(value: str) -> bool:
    """Three words or more."""
    return 8 <= len(value) <= 20_000 and len(value[:200].split()) > 2 and not value.startswith(("{", "<", "Mozilla"))


def record_number(value: str) -> bool:
    """The number of a record: letters and digits, eight or more characters, at least six of them digits."""
    return re.fullmatch(r"[A-Za-z0-9/-]{8,40}", value) is not None and sum(char.isdigit() for char in value) >= 6


def case_number(value: str) -> bool:
    """A number and the year it was given in: `123/2024`."""
    return re.fullmatch(r"(?:[A-Z]{1,6}[ -/]?)?\d{1,6}[/-](?:19|20)\d{2}", value) is not None


def consent_string(value: str) -> bool:
    """A consent string of the TCF or GPP (IAB), or the four characters of a US privacy string."""
    return (
        re.fullmatch(r"C[A-Za-z0-9_-]{20,4000}(?:\.[\w-]*)*|DB[A-Z][\w-]{3,4000}(?:~.*)?|1[YN-]{3}", value) is not None
    )


_MEDIA = ("SUQz", "UklGR", "T2dnUw", "AAAAIGZ0", "AAAAHGZ0", "AAAAGGZ0", "GkXfo", "data:audio/", "data:video/")
_PICTURES = ("/9j/", "iVBORw0KGgo", "R0lGOD", "UklGR", "data:image/")
_DOCUMENTS = ("JVBERi0", "UEsDB", "data:application/pdf", "0M8R4KGx")


def _is_file(value: str, starts: tuple[str, ...]) -> bool:
    """The data of a file, or what `decode/media.py` says of it: `data:image/jpeg;bytes=...;sha256=...`."""
    return (len(value) > 100 or ";sha256=" in value) and value.startswith(starts)


def recording(value: str) -> bool:
    """Sound or moving pictures in base64, by their first bytes."""
    return _is_file(value, _MEDIA)


def picture_data(value: str) -> bool:
    """A picture in base64, by its first bytes."""
    return _is_file(value, _PICTURES)


def document_data(value: str) -> bool:
    """A document in base64, by its first bytes."""
    return _is_file(value, _DOCUMENTS)


def jwt(value: str) -> bool:
    """A JSON Web Token."""
    return re.fullmatch(r"eyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]{10,}", value) is not None


SHAPES: dict[str, Callable[[str], bool]] = {
    shape.__name__: shape
    for shape in (
        person.email, person.personal_email, person.phone, person.phone_india, person.phone_abroad,
        person.person_name, person.name_word, person.handle, person.handle_at, person.birth_date, person.year,
        person.age, person.gender, person.title, person.marital, person.photo, person.picture,
        place.postal_address, place.street, place.house_number, place.place_name, place.region_name,
        place.region_code, place.country, place.postcode, place.postcode_4,
        india.aadhaar, india.aadhaar_masked, india.aadhaar_vid, india.pan_in, india.gstin, india.epic,
        india.passport_in, india.licence_in, india.vehicle_in, india.abha, india.abha_address, india.ifsc, india.vpa,
        india.uan, nations.ssn, nations.gb_nino, nations.de_id_card, nations.document,
        nations.passport_foreign,
        numbers.card, numbers.card_masked, numbers.card_expiry, numbers.month, numbers.day, numbers.year_ahead,
        numbers.iban, numbers.wallet, numbers.amount, numbers.score_300_900, numbers.number, numbers.decimal,
        numbers.ratio, numbers.dimensions, numbers.digits_3_4, numbers.digits_4_8, numbers.digits_9_18,
        numbers.digits_10_21, numbers.latitude, numbers.longitude, numbers.coordinates,
        device.imei, device.meid, device.imsi, device.iccid, device.uuid, device.hex16, device.gsf, device.fid,
        device.mac, device.ip_public, device.ip_private, device.ssid, device.cell, device.package,
        device.owned_device, device.analytics_cookie,
        special.blood_group, special.illness, special.medicine, special.religion, special.caste, special.ethnicity,
        special.orientation, special.sought_gender, special.gender_identity, special.party, special.leaning,
        special.genotype, special.component, special.blob, special.flag, special.flag_set,
        opaque, token, push_token, hashed, secret, some_text, words, sentence, record_number, case_number,
        consent_string, recording, picture_data, document_data, jwt, *map(nations.national, nations.NATIONAL),
    )
}  # fmt: skip
"""Shapes by name, as `data/keys.tsv` names them."""
