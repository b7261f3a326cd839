"""Numbers of a made-up person: drawn from a pattern until they pass the check that apps apply to them."""

import string
from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from random import Random

from stdnum import iban, luhn
from stdnum.es import ccc
from stdnum.it import codicefiscale

TRIES = 100_000
"""A check that lets fewer than one in some thousand pass is a mistake in the pattern."""
_MONTHS = "ABCDEHLMPRST"
_SIGNS = {"#": string.digits, "*": string.digits[1:], "?": string.ascii_uppercase}


def drawn(pattern: str, chance: Random, check: Callable[[str], bool]) -> str:
    """A text of the pattern (`#` a digit, `*` one but zero, `?` a letter) that passes. ValueError where none does."""
    for _ in range(TRIES):
        text = "".join(chance.choice(_SIGNS[sign]) if sign in _SIGNS else sign for sign in pattern)
        if check(text):
            return text
    raise ValueError(f"no number like {pattern} passes its check")


def check_of(module: str) -> Callable[[str], bool]:
    """The check of a module of python-stdnum, such as `de.idnr`."""
    found: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return found


def card_number(chance: Random) -> str:
    """Sixteen digits in the range of payment providers' test cards, with a Luhn check digit: no bank issued it."""
    return drawn("42424242########", chance, luhn.is_valid)


def account_number(country: str, pattern: str, chance: Random) -> str:
    """An IBAN with both its own and its country's check digits."""
    national = drawn(pattern, chance, NATIONAL_CHECKS.get(country, str.isalnum))
    return f"{country}{iban.calc_check_digits(f'{country}00{national}')}{national}"


def _weighted(text: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False))


NATIONAL_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "BE": lambda text: (int(text[:10]) % 97 or 97) == int(text[10:]),
    "ES": ccc.is_valid,
    "FR": lambda text: int(text) % 97 == 0,  # clé RIB
    "IT": lambda text: codicefiscale.calc_check_digit(text[1:]) == text[0],  # CIN: the fiscal code's own algorithm
    "NL": lambda text: _weighted(text[4:], (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0,
    "PL": lambda text: _weighted(text[:8], (3, 9, 7, 1, 3, 9, 7, 1)) % 10 == 0,
    "PT": lambda text: int(text) % 97 == 1,
}
"""Check digits inside the national part, by country: banks' apps test them beside those of the IBAN."""


def fiscal_letters(given: str, family: str, birth: date, female: bool) -> str:
    """The first eleven characters of an Italian fiscal code: names, date of birth, sex (decree of 23 December 1976)."""
    consonants = [sign for sign in given.upper() if sign not in "AEIOU"]
    names = _three(family) + (consonants[0] + consonants[2] + consonants[3] if len(consonants) > 3 else _three(given))
    return f"{names}{birth:%y}{_MONTHS[birth.month - 1]}{birth.day + 40 * female:02d}"


def _three(name: str) -> str:
    """Three letters of a name: its consonants, then its vowels, then X."""
    letters = name.upper()
    return ("".join(sorted(letters, key=lambda sign: sign in "AEIOU")) + "XXX")[:3]
