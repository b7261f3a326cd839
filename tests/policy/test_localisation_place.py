"""Where servers and owners are, in words: what carries a verdict, and what does not."""

from datetime import date

import pytest
from msgspec import structs

from analyzer.countries import load_countries
from analyzer.model import CountryAnswer, OwnerStep
from analyzer.policy.localisation_place import days_apart, doubt, place, seat_in_words, seats
from tests.policy.making_localisation import Sent, destination

NAMES = load_countries()
MUMBAI = structs.replace(
    destination(Sent(data_type="person.email", to="a.example", server="IN")),
    place="Mumbai",
    region="AWS ap-south-1",
    server_country_method="cloud region",
    server_countries=(
        CountryAnswer(country="IN", method="cloud region", date="2026-09-01", place="Mumbai"),
        CountryAnswer(country="IN", method="Some Database", date="2026-08-01"),
    ),
)


def test_a_place_names_both_sources_and_their_days() -> None:
    assert doubt(MUMBAI, NAMES) is None
    estimate = "(estimate of AWS's published ranges of 2026-09-01 and Some Database of 2026-08-01)"
    assert place(MUMBAI, NAMES) == f"whose server was in Mumbai, India {estimate}"


def test_a_city_that_is_a_country_is_named_once() -> None:
    to = structs.replace(MUMBAI, server_country="SG", place="Singapore", server_countries=())
    assert place(to, NAMES) == "whose server was in Singapore (estimate of AWS's published ranges of 2026-09-01)"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"server_country_method": "edge"}, "an edge that answers from the nearest of many places, origin unknown"),
        ({"server_country_method": "edge", "server_country": None}, "an edge that answers"),
        ({"server_country_method": "private address", "server_country": None}, "at a private address"),
        ({"server_country_method": "no address", "server_country": None, "server_ip": None}, "does not hold"),
        ({"server_country_method": "unknown", "server_country": None}, "whose server's country is not known"),
        ({"server_country": "EU"}, "whose server's country is not known"),
        ({"server_country_disputed": True}, "disagree (India by AWS's published ranges of 2026-09-01; India by Some"),
        ({"server_country_too_far": True, "connect_ms": 3.0}, "too far for its handshake of 3 ms"),
    ],
)
def test_what_keeps_a_verdict_from_resting_on_a_country(changes: dict[str, object], said: str) -> None:
    assert said in (doubt(structs.replace(MUMBAI, **changes), NAMES) or "")


def test_seats_are_those_that_are_known_the_operator_first() -> None:
    steps = [
        OwnerStep(name="A Ltd", country="IE", source="register", checked="2026-01-01", verified=False),
        OwnerStep(name="B Ltd", country=None, source="register", checked="2026-01-01", verified=True),
        OwnerStep(name="C Inc", country="US", source="x", country_source="filing", checked="2026-02-01", verified=True),
    ]
    found = seats(structs.replace(MUMBAI, ownership=tuple(steps)))
    assert [seat_in_words(seat, NAMES) for seat in found] == [
        "A Ltd, with its seat in Ireland (register, checked 2026-01-01, one source only)",
        "C Inc, with its seat in the United States (filing, checked 2026-02-01)",
    ]
    assert seats(MUMBAI) == ()


def test_an_owner_without_its_steps_has_the_seat_that_is_given() -> None:
    to = structs.replace(MUMBAI, owner="A Ltd", owner_country="IE", owner_source="register")
    assert [seat_in_words(seat, NAMES) for seat in seats(to)] == ["A Ltd, with its seat in Ireland (register)"]


def test_days_between_a_capture_and_its_data() -> None:
    assert days_apart(MUMBAI, date(2026, 8, 22)) == 10
    assert days_apart(MUMBAI, date(2026, 9, 11)) == -10
    assert days_apart(MUMBAI, None) is None
    assert days_apart(structs.replace(MUMBAI, server_country_date="soon"), date(2026, 9, 1)) is None


def test_an_address_of_a_source_is_not_cut() -> None:
    address, other = f"https://register.example/{'a' * 180}", "https://other.example/"
    to = structs.replace(MUMBAI, owner="A Ltd", owner_country="IE", owner_source=f"{address}; {other}; {other}")
    (seat,) = seats(to)
    assert seat_in_words(seat, NAMES) == f"A Ltd, with its seat in Ireland ({address} and 2 more)"
    (seat,) = seats(structs.replace(to, owner_source="x" * 9_000))
    assert len(seat_in_words(seat, NAMES)) < 400
