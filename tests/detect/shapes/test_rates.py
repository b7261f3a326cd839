"""How often chance fits a shape: measured again with seeded random values, and held against what the shapes state."""

import random
import string
from functools import lru_cache

import pytest

from analyzer.detect.shapes.rates import LOOSE, RATES, is_loose
from analyzer.detect.shapes.table import SHAPES
from analyzer.knowledge import DATA, Knowledge, parse_keys

SIGNS = {
    "9": string.digits,
    "x": "0123456789abcdef",
    "A": string.ascii_uppercase,
    "a": string.ascii_lowercase,
    "*": string.ascii_letters + string.digits,
    "?": string.ascii_letters + string.digits + "@.+_-",
}
TRIES = 4_000


@lru_cache
def measured(name: str) -> float:
    """The share of random values of its make that a shape lets pass."""
    dice = random.Random(f"rate of {name}")
    values = ("".join(dice.choice(SIGNS.get(sign, sign)) for sign in RATES[name][0]) for _ in range(TRIES))
    return sum(map(SHAPES[name], values)) / TRIES


def test_every_shape_states_its_rate() -> None:
    assert set(RATES) == set(SHAPES)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_the_stated_rate_is_the_measured_one(name: str) -> None:
    stated = RATES[name][1]
    deviation = 4 * (stated * (1 - stated) / TRIES) ** 0.5 + 5 / TRIES
    assert abs(measured(name) - stated) <= deviation


def test_what_a_key_makes_proof_does_not_fit_by_chance() -> None:
    rules = parse_keys((DATA / "keys.tsv").read_text("utf-8"), Knowledge().taxonomy)
    proofs = {shape for rule in rules if rule.evidence == "validated" for shape in rule.shapes}
    assert proofs
    assert all(RATES[shape][1] <= LOOSE for shape in proofs)


def test_loose_shapes() -> None:
    assert is_loose(("some_text",))
    assert is_loose(("aadhaar", "words"))
    assert not is_loose(("aadhaar", "iban"))
