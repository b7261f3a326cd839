"""Names of countries."""

import pytest

from analyzer.countries import in_country, load_countries


def test_every_code_has_one_name() -> None:
    countries = load_countries()
    assert len(countries) == 249
    assert len(set(countries.values())) == 249
    assert countries["IN"] == "India"
    assert countries["CI"] == "Côte d'Ivoire"
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in countries)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("IN", "India"),
        ("US", "the United States"),
        ("AE", "the United Arab Emirates"),
        ("NL", "the Netherlands"),
        ("KY", "the Cayman Islands"),
        ("DO", "the Dominican Republic"),
        ("CZ", "Czechia"),
        ("XK", "XK"),
    ],
)
def test_names_within_a_sentence(code: str, said: str) -> None:
    assert in_country(code, load_countries()) == said
