"""Places of servers in words."""

import pytest
from msgspec.structs import replace

from analyzer.countries import load_countries
from analyzer.model import CountryAnswer, Destination
from analyzer.report.places import otherwise, place_in_words, server_in_words, source_of, too_far
from tests.report.attributed import EVERYTHING, NOTHING

AGREED = replace(EVERYTHING, server_country_disputed=False, server_country_too_far=False)
DBIP = replace(AGREED, server_country_method="DB-IP Country Lite", region=None, place=None, network="Example Transit")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (AGREED, "in Mumbai, India (network: AWS ap-south-1)"),
        (replace(AGREED, place=None, region=None, network=None, server_country="US"), "in the United States"),
        (DBIP, "in India (network: Example Transit)"),
        (
            replace(EVERYTHING, place=None, server_country_too_far=False, region=None, network=None),
            "in India by the cloud provider's published ranges (DB-IP Country Lite says the United States)",
        ),
        (
            EVERYTHING,
            "in Mumbai, India by AWS's published ranges (DB-IP Country Lite says the United States; "
            "too far away for a TCP handshake of 3.24 ms; network: AWS ap-south-1)",
        ),
        (
            replace(DBIP, server_country_too_far=True),
            "in India by DB-IP Country Lite (too far away for a TCP handshake of 3.24 ms; network: Example Transit)",
        ),
        (NOTHING, "at an address that the capture does not hold"),
        (replace(NOTHING, server_ip="192.0.2.1"), "at a place that is not known"),
        (
            replace(NOTHING, server_ip="192.0.2.1", server_country_method="edge", network="Example Edge"),
            "one of many edge servers, in a country that is not known (network: Example Edge)",
        ),
        (
            replace(NOTHING, server_ip="192.0.2.1", server_country_method="private address", network="x"),
            "at a private address",
        ),
    ],
)
def test_places(to: Destination, said: str) -> None:
    assert place_in_words(to, load_countries()) == said


def test_a_dispute_names_every_other_answer() -> None:
    answers = (
        CountryAnswer(country="US", method="GeoIP2-City", date="2026-09-01"),
        CountryAnswer(country="IN", method="cloud region", date="2026-10-26"),
        CountryAnswer(country="NL", method="DB-IP Country Lite", date="2026-09-01"),
    )
    to = replace(EVERYTHING, server_country="US", server_country_method="GeoIP2-City", server_countries=answers)
    assert otherwise(to, load_countries()) == (
        "AWS's published ranges say India, DB-IP Country Lite says the Netherlands"
    )


def test_who_stands_behind_an_answer() -> None:
    assert source_of("cloud region", EVERYTHING) == "AWS's published ranges"
    assert source_of("GeoIP2-City", EVERYTHING) == "GeoIP2-City"


def test_what_a_handshake_says() -> None:
    assert too_far(EVERYTHING) == "too far away for a TCP handshake of 3.24 ms"
    assert too_far(replace(EVERYTHING, connect_ms=None)) == "too far away"


@pytest.mark.parametrize(
    ("country", "place", "sentence", "alone"),
    [
        ("SG", "Singapore", "in Singapore (", "Singapore"),
        ("NL", "Netherlands", "in the Netherlands (", "Netherlands"),
        ("IN", "Mumbai", "in Mumbai, India (", "India, Mumbai"),
        ("IN", None, "in India (", "India"),
    ],
)
def test_a_region_named_for_its_country_is_told_once(
    country: str, place: str | None, sentence: str, alone: str
) -> None:
    to = replace(
        EVERYTHING, server_country=country, place=place, server_country_disputed=False, server_country_too_far=False
    )
    assert place_in_words(to, load_countries()).startswith(sentence)
    assert server_in_words(to, load_countries()) == alone


def test_only_a_cloud_region_is_sure_of_its_area() -> None:
    assert server_in_words(replace(DBIP, place="Mumbai"), load_countries()) == "India"
    assert server_in_words(replace(NOTHING, server_country_method="edge"), load_countries()).startswith("Edge network")
    assert server_in_words(NOTHING, load_countries()) == "Not known"
