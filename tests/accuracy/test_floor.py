"""The floor: it rises with the figures, never falls by itself, and a missing corpus is no fall."""

from tests.accuracy.floor import below, figures, lifted, read_floor
from tests.accuracy.making import made_score
from tests.accuracy.planted import Planted

GROUPS = [
    Planted(title="encodings", asked=4, found=3, found_deep=4),
    Planted(title="rare ones", asked=2, found=0, found_deep=1),
]


def test_figures_are_rounded_down() -> None:
    assert figures([made_score(2, 1, 1)], GROUPS) == {
        "made cold recall": 0.6666,
        "made cold precision": 0.6666,
        "planted": 0.75,
        "planted deep": 0.8333,
    }


def test_where_nothing_may_be_found_each_false_finding_counts() -> None:
    assert figures([made_score(0, 0, 3)], GROUPS)["made cold false"] == -3


def test_a_fall_is_told_and_a_missing_corpus_is_none() -> None:
    floor = {"a": 0.9, "b": 0.8, "labelled": 0.7}
    assert below(floor, {"a": 0.9, "b": 0.79}) == ["b fell from 0.8000 to 0.7900"]


def test_the_floor_rises_and_does_not_fall() -> None:
    assert lifted({"a": 0.9, "b": 0.5, "gone": 0.1}, {"a": 0.8, "b": 0.6, "new": 0.4}) == {
        "a": 0.9,
        "b": 0.6,
        "gone": 0.1,
        "new": 0.4,
    }


def test_the_kept_floor_covers_every_corpus() -> None:
    assert {name.split()[0] for name in read_floor()} == {
        "adapters", "founding", "labelled", "negative", "planted", "services",
    }  # fmt: skip
