"""The forms in which one value is written, before any encoding or hashing."""

import re
from datetime import UTC, datetime

import phonenumbers
from msgspec import Struct

from analyzer.detect.seeds.geohash import geohash

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX16 = re.compile(r"[0-9a-f]{14,16}")
_PAIR = re.compile(r"\s*(-?\d{1,3}\.\d+)\s*[,;/ ]\s*(-?\d{1,3}\.\d+)\s*")


COARSE = "coarse"
"""In the name of a form that is too rough to be a precise place: less than three decimals, by Apple's rule."""


class Form(Struct, frozen=True):
    """One way to write a seed."""

    name: str
    """Empty for the value as typed; otherwise what was done to it: `without dashes`."""
    text: str
    weak: bool = False
    """True where the text alone proves nothing (a year, a rounded coordinate): it counts only under a fitting key."""
    rare: bool = False
    """True for one of many guesses (midnight in each time zone): it is looked for as it stands, not hashed or split."""


def canonical_forms(data_type: str, value: str) -> list[Form]:
    """All forms of a seed, letter case aside (search ignores it). As typed comes first."""
    value = value.strip()
    forms = [Form("", value)]
    if data_type == "person.email":
        forms += _email(value)
    elif data_type == "person.phone":
        forms += _phone(value)
    elif data_type == "person.dob":
        forms += _birth_date(value)
    elif data_type == "loc.precise":
        forms = _coordinates(value) or forms
    elif data_type.startswith("person.name"):
        forms += _name(value)
    elif data_type == "person.gender":
        forms.append(Form("first letter", value[:1], weak=True))
    elif data_type == "id.android" and _HEX16.fullmatch(value.lower()):
        forms += _android_id(value.lower())
    elif data_type == "id.imei":
        bare = re.sub(r"\D", "", value)
        forms += [Form("without separators", bare), Form("without check digit", bare[:14])]
    elif data_type.startswith("gov.") or data_type in ("fin.card.pan", "fin.bank.iban"):
        forms += _grouped(value)
    elif data_type in ("id.mac", "net.bssid"):
        forms += _mac(value)
    elif data_type.startswith("id."):
        forms += _identifier(value)
    return _unique(forms)


def hash_forms(data_type: str, value: str) -> list[Form]:
    """The forms that are hashed in practice: normalised ones, named as ad platforms name them."""
    value = value.strip()
    lower = value.lower()
    forms = [Form("", value), Form("lower", lower), Form("upper", value.upper())]
    for form in canonical_forms(data_type, value):
        if not form.name or form.rare or (data_type == "loc.precise" and form.weak):
            continue
        forms += [
            Form(form.name, form.text),
            Form(f"lower, {form.name}", form.text.lower()),
            Form(f"upper, {form.name}", form.text.upper()),
        ]
    if any(not char.isalnum() for char in value):
        forms.append(Form("lower, letters and digits only", "".join(char for char in lower if char.isalnum())))
        forms.append(Form("lower, without spaces", "".join(lower.split())))
    return _unique(forms)


def keystroke_forms(data_type: str, value: str) -> list[Form]:
    """What a form field holds one and two keystrokes before a value is complete; for deep mode."""
    value = value.strip()
    if data_type not in ("person.email", "person.phone", "person.name.full") or len(value) < 10:
        return []
    return [
        Form("without its last character", value[:-1], rare=True),
        Form("without its last 2 characters", value[:-2], rare=True),
    ]


def _unique(forms: list[Form]) -> list[Form]:
    seen: dict[str, Form] = {}
    for form in forms:
        if form.text and form.text not in seen:
            seen[form.text] = form
    return list(seen.values())


def _email(value: str) -> list[Form]:
    local, _, domain = value.partition("@")
    base = local.partition("+")[0]
    return [Form("without +tag", f"{base}@{domain}"), Form("without dots", f"{base.replace('.', '')}@{domain}")]


def _phone(value: str) -> list[Form]:
    digits = re.sub(r"\D", "", value)
    forms = [Form("digits only", digits)]
    try:
        number = phonenumbers.parse(value if value.startswith("+") else "+" + digits, None)
    except phonenumbers.NumberParseException:
        return forms
    code, national = str(number.country_code), phonenumbers.national_significant_number(number)
    forms += [
        Form("E.164", f"+{code}{national}"),
        Form("without plus", f"{code}{national}"),
        Form("without country code", national),
        Form("national", f"0{national}"),
        Form("with 00", f"00{code}{national}"),
        Form("spaced", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)),
        Form("spaced, national", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)),
        Form("country code apart", f"+{code} {national}"),
        Form("country code apart", f"+{code}-{national}"),
        Form("country code apart", f"{code}-{national}"),
    ]
    if len(national) == 10:
        five, three = (national[:5], national[5:]), (national[:3], national[3:6], national[6:])
        for parts in (five, three):
            for joint in (" ", "-"):
                forms.append(Form("grouped", joint.join(parts)))
                forms.append(Form("grouped", f"+{code} {joint.join(parts)}"))
    return forms


def _birth_date(value: str) -> list[Form]:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d"):
        try:
            day = datetime.strptime(value, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        epoch = int(day.timestamp())
        written = (
            "%Y-%m-%d",
            "%d/%m/%Y",
            "%m/%d/%Y",
            "%d-%m-%Y",
            "%m-%d-%Y",
            "%Y/%m/%d",
            "%d.%m.%Y",
            "%Y%m%d",
            "%d %b %Y",
        )
        return [
            *(Form(f"as {_pattern_name(form)}", day.strftime(form)) for form in written),
            *_points_in_time(epoch),
            Form("year", str(day.year), weak=True),
        ]
    return []


# Midnight where the phone is: an app that makes a point in time of a date seldom means midnight UTC.
_OFFSETS = [0, *(half_hours * 1800 for half_hours in range(-24, 29) if half_hours), 20700]


def _points_in_time(epoch: int) -> list[Form]:
    forms = []
    for offset in _OFFSETS:
        where = f", midnight at UTC{offset / 3600:+g}" if offset else ""
        seconds = epoch - offset
        forms += [
            Form(f"as seconds since 1970{where}", str(seconds), rare=offset != 0),
            Form(f"as milliseconds since 1970{where}", str(seconds * 1000), rare=offset != 0),
        ]
    return forms


def _pattern_name(pattern: str) -> str:
    return re.sub(r"%(.)", lambda match: {"Y": "YYYY", "m": "MM", "d": "DD", "b": "Mon"}[match[1]], pattern)


def _coordinates(value: str) -> list[Form]:
    match = _PAIR.fullmatch(value)
    if not match:
        return []
    forms = []
    lat, lon = match[1], match[2]
    for name, text in (("latitude", lat), ("longitude", lon)):
        number = float(text)
        decimals = len(text.partition(".")[2])
        forms.append(Form(name, text))
        for places in range(decimals - 1, 0, -1):
            rounded = f"{number:.{places}f}"
            cut = text[: len(text) - decimals + places]
            how = f"{name}, {COARSE if places < 3 else f'{places} decimals'}"
            forms += [Form(how, written, weak=places < 4) for written in (rounded, cut)]
        forms += [Form(f"{name} times 1e{power}", str(round(number * 10**power))) for power in (6, 7)]
        forms += [Form(f"{name} in minutes and seconds", written) for written in _sexagesimal(number, name)]
    forms += [Form("latitude,longitude", f"{lat},{lon}"), Form("longitude,latitude", f"{lon},{lat}")]
    for places in (2, 3, 4, 5):
        how = "" if places > 2 else f", {COARSE}"
        north, east = (f"{float(text):.{places}f}" for text in (lat, lon))
        forms += [
            Form(f"latitude,longitude with {places} decimals{how}", f"{north},{east}"),
            Form(f"longitude,latitude with {places} decimals{how}", f"{east},{north}"),
        ]
    for length in range(5, 10):
        how = f"geohash, {COARSE}" if length < 6 else f"geohash of {length}"
        forms.append(Form(how, geohash(float(lat), float(lon), length), weak=length < 7))
    return forms


def _sexagesimal(number: float, name: str) -> list[str]:
    """`18°31'13.55"N` with none, one and two decimals."""
    letter = ("N" if number >= 0 else "S") if name == "latitude" else ("E" if number >= 0 else "W")
    written = []
    for places in range(3):
        seconds = round(abs(number) * 3600, places)
        minutes, seconds = divmod(seconds, 60)
        degrees, minutes = divmod(int(minutes), 60)
        written.append(f"{degrees}°{minutes:02d}'{seconds:0{3 + places if places else 2}.{places}f}\"{letter}")
    return written


def _name(value: str) -> list[Form]:
    words = value.split()
    if len(words) < 2:
        return []
    return [
        Form("last name first", " ".join([words[-1], *words[:-1]])),
        Form("last name first", ", ".join([words[-1], " ".join(words[:-1])])),
        *(Form(f"joined by {joint!r}", joint.join(words)) for joint in ("+", "_", ".", "-", "")),
    ]


def _identifier(value: str) -> list[Form]:
    bare = re.sub(r"[-:._ ]", "", value)
    if _UUID.fullmatch(value.lower()):
        return [Form("without dashes", bare)]
    if _HEX32.fullmatch(value.lower()):
        return [Form("with dashes", "-".join((value[:8], value[8:12], value[12:16], value[16:20], value[20:])))]
    return [Form("without separators", bare)] if len(bare) >= 8 else []


def _mac(value: str) -> list[Form]:
    bare = re.sub(r"[:-]", "", value)
    pairs = [bare[at : at + 2] for at in range(0, len(bare), 2)]
    return [
        Form("with colons", ":".join(pairs)),
        Form("with dashes", "-".join(pairs)),
        Form("without separators", bare),
    ]


def _android_id(value: str) -> list[Form]:
    number = int(value, 16)
    signed = number - (1 << 64) if number >= 1 << 63 else number
    return [
        Form("without leading zeros", value.lstrip("0")),
        Form("as decimal", str(signed)),
        Form("as decimal", str(number)),
    ]


def _grouped(value: str) -> list[Form]:
    bare = re.sub(r"[\s-]", "", value)
    groups = [bare[i : i + 4] for i in range(0, len(bare), 4)]
    return [
        Form("without spaces", bare),
        Form("in groups of four", " ".join(groups)),
        Form("in groups of four", "-".join(groups)),
    ]
