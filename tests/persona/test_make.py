"""A made-up person: accepted by every validator, the same again for the same chance, and marked with its run."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.be import nn
from stdnum.it import codicefiscale
from stdnum.pl import pesel
from stdnum.se import personnummer

from analyzer.decode.exchange import Decoder
from analyzer.detect.by_seed import Seeds
from analyzer.detect.shapes.table import SHAPES
from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge, read_run, read_seeds
from analyzer.model import Exchange
from analyzer.persona.countries import COUNTRIES
from analyzer.persona.make import Persona, canary_of, make, new_canary, to_yaml
from analyzer.persona.numbers import check_of
from analyzer.pipeline import Detection

KNOWLEDGE = Knowledge()
VALIDATORS = {
    "person.name.full": "person_name",
    "person.name.given": "name_word",
    "person.name.family": "name_word",
    "person.email": "personal_email",
    "person.phone": "phone",
    "person.username": "handle",
    "auth.password": "secret",
    "person.dob": "birth_date",
    "person.gender": "gender",
    "person.address.postal": "postal_address",
    "person.address.city": "place_name",
    "person.address.region": "region_name",
    "person.address.country": "country",
    "gov.in.aadhaar": "aadhaar",
    "gov.in.pan": "pan_in",
    "gov.in.voter": "epic",
    "gov.us.ssn": "ssn",
    "fin.bank.iban": "iban",
    "fin.upi.vpa": "vpa",
    "fin.card.pan": "card",
}
POSTCODES_KNOWN = {"IN", "DE", "FR", "ES", "IT", "SE", "GB", "US"}
"""Countries whose postcodes the detectors tell from other numbers."""
people = st.builds(
    lambda country, number: make(country, Random(number)), st.sampled_from(sorted(COUNTRIES)), st.integers(0, 1 << 64)
)


def one(persona: Persona, data_type: str) -> str:
    return persona.values[data_type][0]


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_value_passes_the_validator_of_its_data_type(country: str) -> None:
    for number in range(3):
        made = make(country, Random(number))
        validators = VALIDATORS | ({"person.address.postcode": "postcode"} if country in POSTCODES_KNOWN else {})
        refused = {
            (data_type, value)
            for data_type, values in made.values.items()
            for value in values
            if data_type in validators and not SHAPES[validators[data_type]](value)
        }
        assert refused == set()
        assert set(made.values) - set(validators) <= {"gov.other", "person.address.postcode"}
        assert all(data_type in KNOWLEDGE.taxonomy for data_type in made.values)
        assert set(made.notes) <= set(made.values)


@settings(max_examples=60)
@given(people)
def test_parts_of_a_person_fit_together(made: Persona) -> None:
    country, born = COUNTRIES[made.country], date.fromisoformat(one(made, "person.dob"))
    female = one(made, "person.gender") == "female"
    given_name, family = one(made, "person.name.given"), one(made, "person.name.family")
    assert one(made, "person.name.full") == f"{given_name} {family}"
    assert all(value.isascii() for values in made.values.values() for value in values)
    assert (one(made, "person.address.city"), one(made, "person.address.postcode")) in {
        (place.city, place.postcode) for place in country.places
    }
    for number in country.numbers:
        assert check_of(number.check)(one(made, number.data_type))
    if made.country == "IN":
        assert one(made, "gov.in.pan")[4] == family[0]
    other = made.values.get("gov.other", ("",))[0]
    if made.country == "PL":
        assert (pesel.get_birth_date(other), pesel.get_gender(other)) == (born, "F" if female else "M")
    if made.country == "SE":
        assert (personnummer.get_birth_date(other), personnummer.get_gender(other)) == (born, "F" if female else "M")
    if made.country == "BE":
        assert (nn.get_birth_date(other), nn.get_gender(other)) == (born, "F" if female else "M")
    if made.country == "IT":
        assert (codicefiscale.get_birth_date(other), codicefiscale.get_gender(other)) == (born, "F" if female else "M")
    if made.country == "FR":
        assert other.startswith(f"{2 if female else 1}{born:%y%m}")
    if made.country == "AT":
        assert other.endswith(f"{born:%d%m%y}")


@pytest.mark.parametrize("country", [code for code, row in COUNTRIES.items() if row.account])
def test_bank_accounts_pass_the_check_of_their_country_too(country: str) -> None:
    assert all(iban.is_valid(one(make(country, Random(number)), "fin.bank.iban")) for number in range(5))


@settings(max_examples=30)
@given(people)
def test_the_canary_names_the_run_where_values_have_room(made: Persona) -> None:
    assert made.run == made.canary
    for data_type in ("person.email", "person.username", "auth.password", *(["fin.upi.vpa"] * (made.country == "IN"))):
        assert made.canary in one(made, data_type)
    assert one(made, "person.email").endswith("@example.com")


def test_a_canary_is_eight_characters_of_base32() -> None:
    seen = {new_canary(Random(number)) for number in range(200)}
    assert len(seen) == 200
    assert all(len(canary) == 8 and set(canary) <= set("abcdefghijklmnopqrstuvwxyz234567") for canary in seen)


def test_the_canary_of_a_named_run_follows_from_its_name() -> None:
    assert canary_of("k7x2qa") == "k7x2qa"
    made = make("IN", Random(1), "Shop second try")
    assert made.canary == canary_of("Shop second try") != canary_of("Shop first try")
    assert made.canary in one(made, "person.email")


def test_the_same_chance_makes_the_same_person_and_another_another() -> None:
    assert to_yaml(make("IN", Random(7), "r")) == to_yaml(make("IN", Random(7), "r"))
    many = [make("DE", Random(number), "r") for number in range(40)]
    for data_type in ("person.name.full", "person.email", "auth.password", "fin.bank.iban", "fin.card.pan"):
        assert len({one(made, data_type) for made in many}) == 40, data_type


def test_family_names_are_coined() -> None:
    from faker import Faker

    fake = Faker("en_IN")
    known = {fake.last_name() for _ in range(5_000)}
    made = [one(make("IN", Random(number)), "person.name.family") for number in range(20)]
    assert known.isdisjoint(made)


@pytest.mark.parametrize(
    ("country", "starts"), [("GB", "+447700900"), ("US", "+1520555"), ("DE", "+49176040690"), ("FR", "+3363998")]
)
def test_phones_are_of_the_ranges_for_fiction(country: str, starts: str) -> None:
    made = make(country, Random(3))
    assert one(made, "person.phone").startswith(starts)
    assert "media productions" in made.notes["person.phone"] or "reserves for fiction" in made.notes["person.phone"]


def test_a_phone_that_may_be_somebodys_is_said_to_be() -> None:
    made = make("IN", Random(3))
    assert "may be somebody's" in made.notes["person.phone"]
    assert f'person.phone: "{one(made, "person.phone")}"  # valid in form only' in to_yaml(made)


# ---------------------------------------------------------------- the file


@settings(max_examples=40)
@given(number=st.integers(0, 99), run=st.from_regex(r"[\w][\w .:/+-]{0,79}", fullmatch=True))
def test_the_file_is_read_as_it_was_meant(number: int, run: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make(sorted(COUNTRIES)[number % len(COUNTRIES)], Random(number), run)
    path = tmp_path_factory.mktemp("p") / "p.yaml"
    path.write_text(to_yaml(made), encoding="utf-8")
    assert read_seeds(path, KNOWLEDGE.taxonomy) == {kind: list(values) for kind, values in made.values.items()}
    assert read_run(path) == run.strip()


def test_a_run_alone_is_no_seed_and_no_run_is_none(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("run: r\n")
    with pytest.raises(ApptellsError, match="holds no seed"):
        read_seeds(path, KNOWLEDGE.taxonomy)
    assert read_run(path) == "r"
    for text in ("person.email: a@b.example\n", "run: ''\nperson.email: a@b.example\n", "run: [a]\nid.user: x12345\n"):
        path.write_text(text)
        assert read_run(path) is None
        assert read_seeds(path, KNOWLEDGE.taxonomy)


def test_what_an_app_sends_of_the_person_is_found() -> None:
    made = make("IN", Random(11))
    detection = Detection(KNOWLEDGE, Seeds(made.values))
    typed = {data_type: values[0] for data_type, values in made.values.items() if data_type not in WEAK}
    for data_type, value in typed.items():
        key = data_type.rpartition(".")[2]  # a city counts under a name that fits only
        exchange = Exchange(index=0, url="https://t.example/a", method="POST", body=f'{{"{key}":"{value}"}}'.encode())
        findings = detection.find(exchange, Decoder().decode(exchange))
        assert data_type in {finding.seed for finding in findings if finding.evidence == "seed"}, data_type


WEAK = {"person.gender", "person.address.country"}
"""Found under a fitting name only: they are as many people's as not."""


# ---------------------------------------------------------------- mistakes


def test_a_country_that_is_not_covered_names_those_that_are() -> None:
    with pytest.raises(ApptellsError) as caught:
        make("XX", Random(1))
    assert all(country in str(caught.value) for country in COUNTRIES)
    assert make("de", Random(1)).country == "DE"


@pytest.mark.parametrize("run", ["", "a\nb: c", "x" * 81, '"', " a", "#"])
def test_a_run_has_to_be_a_name(run: str) -> None:
    with pytest.raises(ApptellsError, match="--run"):
        make("IN", Random(1), run)


@pytest.mark.parametrize("domain", ["", "nodot", "a b.example", "x@y.example", "\n.example", 'a".example'])
def test_a_mail_domain_has_to_be_one(domain: str) -> None:
    with pytest.raises(ApptellsError, match="--email-domain"):
        make("IN", Random(1), email_domain=domain)
    assert one(make("IN", Random(1), email_domain="Mail.Probe.example"), "person.email").endswith("@mail.probe.example")
