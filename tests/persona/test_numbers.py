"""Numbers drawn from patterns, and the check digits of banks and the Italian tax office, by published examples."""

from datetime import date
from random import Random

import pytest

from analyzer.persona.countries import COUNTRIES
from analyzer.persona.numbers import NATIONAL_CHECKS, account_number, card_number, drawn, fiscal_letters

# The examples that the SWIFT registry of IBANs prints; of France, one without letters.
EXAMPLES = {
    "BE": "BE68539007547034",
    "ES": "ES9121000418450200051332",
    "FR": "FR7630006000011234567890189",
    "IT": "IT60X0542811101000000123456",
    "NL": "NL91ABNA0417164300",
    "PL": "PL61109010140000071219812874",
    "PT": "PT50000201231234567890154",
}


def test_every_sign_of_a_pattern_stands_for_its_characters() -> None:
    texts = [drawn("#-*-?-x", Random(number), lambda _: True) for number in range(300)]
    assert {text[0] for text in texts} == set("0123456789")
    assert {text[2] for text in texts} == set("123456789")
    assert {text[4] for text in texts} == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert {text[1] + text[3] + text[5:] for text in texts} == {"---x"}


def test_a_pattern_that_nothing_passes_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.persona.numbers.TRIES", 50)
    with pytest.raises(ValueError, match="no number like 9#"):
        drawn("9#", Random(1), lambda _: False)


@pytest.mark.parametrize("country", EXAMPLES)
def test_national_checks_accept_the_published_example_and_no_neighbour(country: str) -> None:
    national = EXAMPLES[country][4:]
    check = NATIONAL_CHECKS[country]
    assert check(national)
    at = 7 if country != "IT" else 9
    others = [national[:at] + str((int(national[at]) + step) % 10) + national[at + 1 :] for step in range(1, 10)]
    assert not any(map(check, others))


def test_every_country_with_national_check_digits_is_checked() -> None:
    assert set(NATIONAL_CHECKS) == set(EXAMPLES)
    for country, check in NATIONAL_CHECKS.items():
        assert check(account_number(country, COUNTRIES[country].account, Random(5))[4:])


def test_cards_are_test_cards() -> None:
    assert len({card_number(Random(number)) for number in range(50)}) == 50
    assert card_number(Random(1)).startswith("42424242")


@pytest.mark.parametrize(
    ("given", "family", "born", "female", "letters"),
    [
        ("Mario", "Rossi", date(1985, 12, 10), False, "RSSMRA85T10"),
        ("Gianfranco", "Bianchi", date(1979, 1, 5), False, "BNCGFR79A05"),
        ("Anna", "Fo", date(1990, 8, 3), True, "FOXNNA90M43"),
    ],
)
def test_the_fiscal_code(given: str, family: str, born: date, female: bool, letters: str) -> None:
    assert fiscal_letters(given, family, born, female) == letters
