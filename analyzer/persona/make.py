"""Makes up a person to type into an app: nobody's data, accepted by forms, and every run with its own marks."""

import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from msgspec import Struct

from analyzer.detect.shapes.table import SHAPES
from analyzer.errors import ApptellsError
from analyzer.persona.countries import COUNTRIES, SHAPED
from analyzer.persona.numbers import account_number, card_number, check_of, drawn, fiscal_letters

EMAIL_DOMAIN = "example.com"
"""Reserved by RFC 2606: no mail to it arrives anywhere."""
_CANARY = re.compile(r"[a-z2-7]{6,8}")
_RUN = re.compile(r"[\w][\w .:/+-]{0,79}")
_PLAIN_NAME = re.compile(r"[A-Z][a-z]{2,10}")
_FIRST_SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]{1,2}", re.I)
_LATER_SYLLABLES = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]+([aeiouy].+)", re.I)
_BORN_FROM, _BORN_DAYS = date(1975, 1, 1), 9_000
_POOL = 300
"""Family names that a new one is coined from, and must not be one of."""


class Persona(Struct, frozen=True, kw_only=True):
    """A made-up person for one run."""

    country: str
    run: str
    """Name of the run that the values are for; `canary` is in e-mail address, user name, password and payment name."""
    canary: str
    values: Mapping[str, tuple[str, ...]]
    """Data type -> what to type, and other ways to say the same."""
    notes: Mapping[str, str]
    """Data type -> what is known of the range that the value is from."""


def new_canary(chance: Random) -> str:
    """Eight characters of Base32 in lower case: 40 bits that occur nowhere by chance."""
    return b32encode(chance.randbytes(5)).decode("ascii").lower()


def canary_of(run: str) -> str:
    """The canary of a run: its name where that is one (6 to 8 of a-z, 2-7), else the start of its SHA-256 in Base32."""
    if _CANARY.fullmatch(run):
        return run
    return b32encode(hashlib.sha256(run.encode()).digest())[:8].decode("ascii").lower()


def make(country: str, chance: Random, run: str | None = None, email_domain: str = EMAIL_DOMAIN) -> Persona:
    """A persona of a country (ISO 3166-1 alpha-2); the same state of `chance` makes the same one.

    `run` names the run; without it, a new canary does. Raises ApptellsError for a country that is not covered, a name
    that would not stay on one line, or what is no mail domain.
    """
    if country.upper() not in COUNTRIES:
        known = ", ".join(COUNTRIES)
        raise ApptellsError(f"--country {country[:40]}: no personas of that country are made; take one of {known}.")
    run = new_canary(chance) if run is None else run
    if not _RUN.fullmatch(run):
        raise ApptellsError("--run: a name of up to 80 letters, digits, spaces and . : / + - _ is needed.")
    if not SHAPES["email"](f"name@{email_domain}"):
        raise ApptellsError(f"--email-domain {email_domain[:60]}: this is no mail domain; give one like example.com.")
    return _Maker(country.upper(), chance, run, email_domain.lower()).persona()


def to_yaml(persona: Persona) -> str:
    """The persona as a seeds file: what `analyzer.knowledge.read_seeds` reads, and `read_run` the run of."""
    lines = [
        "# A made-up person: nobody's data. Type these values into the app, then analyze with --seeds THIS_FILE.",
        "# Check digits are right so that forms accept the numbers; that does not mean that they were issued, or not.",
        f"run: {_quoted(persona.run)}",
    ]
    for data_type, values in persona.values.items():
        note = persona.notes.get(data_type)
        written = _quoted(values[0]) if len(values) == 1 else f"[{', '.join(map(_quoted, values))}]"
        lines.append(f"{data_type}: {written}" + (f"  # {note}" if note else ""))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML scalar


class _Maker:
    """Draws the parts of one persona, those that others depend on first."""

    def __init__(self, country: str, chance: Random, run: str, email_domain: str) -> None:
        from faker import Faker

        self._code, self._country, self._chance = country, COUNTRIES[country], chance
        self._run, self._canary, self._domain = run, canary_of(run), email_domain
        self._fake = Faker(self._country.locale)
        self._fake.seed_instance(chance.getrandbits(64))
        self._female = chance.random() < 0.5
        self._birth = _BORN_FROM + timedelta(days=chance.randrange(_BORN_DAYS))
        self._given, self._family = self._names()
        self._place = chance.choice(self._country.places)

    def persona(self) -> Persona:
        values = {data_type: value if isinstance(value, tuple) else (value,) for data_type, value in self._values()}
        notes = {number.data_type: number.name for number in self._country.numbers}
        notes["person.phone"] = self._country.phone_note
        notes["fin.card.pan"] = "of the range of test cards; a shop that is in use declines it"
        if self._code == "IN":
            notes["fin.upi.vpa"] = "at a handle that is in use; nobody is known to have this name there"
        if self._domain == EMAIL_DOMAIN:
            notes["person.email"] = "no mail to this domain arrives"
        if self._country.account:
            notes["fin.bank.iban"] = "at a bank code that is not known to be assigned"
        return Persona(country=self._code, run=self._run, canary=self._canary, values=values, notes=notes)

    def _values(self) -> Iterator[tuple[str, str | tuple[str, ...]]]:
        given, family, place, chance = self._given, self._family, self._place, self._chance
        local = f"{given}.{family}".lower()
        yield "person.name.full", f"{given} {family}"
        yield "person.name.given", given
        yield "person.name.family", family
        yield "person.email", f"{local}.{self._canary}@{self._domain}"
        yield "person.phone", self._phone()
        yield "person.username", f"{given.lower()}_{self._canary}"
        # Upper and lower case, digits and a sign, as most rules for passwords ask.
        yield "auth.password", f"{family}-{self._canary}-{chance.randrange(10, 100)}!"
        yield "person.dob", self._birth.isoformat()
        yield "person.gender", ("female", "F") if self._female else ("male", "M")
        yield "person.address.postal", self._street()
        yield "person.address.city", place.city
        if place.region:
            yield "person.address.region", place.region
        yield "person.address.postcode", place.postcode
        yield "person.address.country", self._code
        for number in self._country.numbers:
            yield number.data_type, drawn(self._filled(number.pattern), chance, check_of(number.check))
        if self._country.account:
            yield "fin.bank.iban", account_number(self._code, self._country.account, chance)
        if self._code == "IN":
            yield "fin.upi.vpa", f"{given.lower()}.{self._canary}@upi"
        yield "fin.card.pan", card_number(chance)

    def _names(self) -> tuple[str, str]:
        first, last = (
            (self._fake.first_name_female, self._fake.last_name_female)
            if self._female
            else (self._fake.first_name_male, self._fake.last_name_male)
        )
        pool = sorted({name for name in (last() for _ in range(_POOL)) if _PLAIN_NAME.fullmatch(name)})
        while True:
            given, family = first(), _coined(pool, self._chance)
            if _PLAIN_NAME.fullmatch(given) and SHAPES["person_name"](f"{given} {family}"):
                return given, family

    def _phone(self) -> str:
        pattern, free = self._country.phone, self._country.phone_note != SHAPED
        return drawn(pattern, self._chance, SHAPES["phone"] if free else _is_mobile)

    def _street(self) -> str:
        house = str(self._chance.randrange(101, 1000))
        while True:
            street = self._fake.street_name()
            written = f"{house} {street}" if self._country.house_first else f"{street} {house}"
            if written.isascii() and SHAPES["postal_address"](written):
                return written

    def _filled(self, pattern: str) -> str:
        return pattern.format(
            birth=self._birth,
            initial=self._family[0],
            sex="2" if self._female else "1",
            odd=self._chance.choice("02468" if self._female else "13579"),
            fiscal=fiscal_letters(self._given, self._family, self._birth, self._female),
        )


def _coined(pool: list[str], chance: Random) -> str:
    """A family name that sounds of the country and that hardly anyone bears: the start of one, the end of another."""
    while True:
        start = _FIRST_SYLLABLE.match(chance.choice(pool))
        end = _LATER_SYLLABLES.match(chance.choice(pool))
        if start and end:
            name = start[0] + end[1]
            if 6 <= len(name) <= 11 and name not in pool and _PLAIN_NAME.fullmatch(name):
                return name


def _is_mobile(number: str) -> bool:
    import phonenumbers

    parsed = phonenumbers.parse(number, None)
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in mobile
