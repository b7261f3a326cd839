"""Counting: what is found, missed and why, and false, on requests made for it."""

import pytest

from tests.accuracy.corpora import Corpus, Expected, Spot
from tests.accuracy.making import corpus, expecting, made_score
from tests.accuracy.scoring import (
    HASHED,
    IN_TEXT,
    KEY_IS_SILENT,
    NO_TEXT,
    NOWHERE,
    PLACE_IS_SILENT,
    SHAPE,
    SHORT,
    Score,
    score,
)

EMAIL = "ishaan@post.example"


def scored(made: Corpus) -> Score:
    (result,) = score([made])
    return result


def test_what_is_found_counts_at_its_strongest_evidence() -> None:
    result = scored(corpus(f'{{"email":"{EMAIL}"}}', expecting("person.email", EMAIL)))
    assert result.found == {("person.email", "validated"): 1}
    assert result.expected == {"person.email": 1}
    assert (result.misses, result.wrong) == ([], [])
    assert (result.recall(), result.precision()) == (1, 1)


def test_what_no_label_allows_is_false() -> None:
    result = scored(corpus(f'{{"email":"{EMAIL}","dob":"1988-03-14"}}', expecting("person.dob")))
    assert [(one.data_type, one.level) for one in result.wrong] == [("person.email", "validated")]
    assert result.precision() == 0.5


@pytest.mark.parametrize(
    ("body", "expected", "cause"),
    [
        ('{"x":"Ishaan Kulkarni"}', expecting("person.name.full", "Ishaan Kulkarni"), KEY_IS_SILENT),
        ('{"x":"Pune"}', expecting("person.address.city", "Pune"), SHORT),
        ('{"x":"female"}', expecting("person.gender", "female"), SHORT),
        ('{"x":"she lives in Nagpur now"}', expecting("person.address.city", "Nagpur"), IN_TEXT),
        (f'{{"dob":"{"0b" * 32}"}}', expecting("person.dob", "0b" * 32), HASHED),
        ('{"dob":"spring"}', expecting("person.dob", "spring"), SHAPE),
        ('{"x":"y"}', expecting("person.address.city", "Nagpur"), NOWHERE),
        ('{"x":"y"}', expecting("person.address.city"), NO_TEXT),
        ('{"x":"y"}', expecting("person.address.city", spot=Spot(0, "body", "x")), PLACE_IS_SILENT),
        ('{"x":"y"}', expecting("person.address.city", spot=Spot(0, "body", "z")), NOWHERE),
    ],
)
def test_a_miss_has_its_cause(body: str, expected: Expected, cause: str) -> None:
    result = scored(corpus(body, expected, by_place=bool(expected.spot.path)))
    assert [(miss.cause, miss.name) for miss in result.misses] == [(cause, expected.name)]
    assert result.recall() == 0


def test_a_place_counts_for_itself_only() -> None:
    here, there = Spot(0, "body", "email"), Spot(0, "body", "other")
    made = corpus(
        f'{{"email":"{EMAIL}"}}', expecting("person.email", spot=here), expecting("person.email", spot=there),
        by_place=True,
    )  # fmt: skip
    result = scored(made)
    assert (result.found.total(), len(result.misses), result.wrong) == (1, 1, [])


def test_what_takes_a_seed_is_not_asked_of_a_cold_search() -> None:
    result = scored(corpus('{"x":"y"}', expecting("id.user", "y", seed_only=True)))
    assert result.expected.total() == 0


def test_nothing_of_nothing_is_all() -> None:
    assert (made_score(0, 0, 0).recall(), made_score(0, 0, 0).precision()) == (1, 1)
