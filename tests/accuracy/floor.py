"""The figures that were reached before and must not be fallen short of, kept in `floor.json`."""

import json
from collections.abc import Mapping, Sequence
from math import floor as rounded_down
from pathlib import Path

from tests.accuracy.planted import Planted
from tests.accuracy.scoring import Score

FLOOR = Path(__file__).with_name("floor.json")


def figures(scores: Sequence[Score], groups: Sequence[Planted]) -> dict[str, float]:
    """Every figure that must not fall, by name; four decimals, rounded down."""
    out: dict[str, float] = {}
    for one in scores:
        name = f"{one.corpus.id} {one.mode}"
        if one.expected.total():
            out[f"{name} recall"] = one.recall()
            out[f"{name} precision"] = one.precision()
        else:  # nothing may be found there: each false finding is one below nought
            out[f"{name} false"] = -float(len(one.wrong))
    out["planted"] = sum(one.found for one in groups[:-1]) / sum(one.asked for one in groups[:-1])
    out["planted deep"] = sum(one.found_deep for one in groups) / sum(one.asked for one in groups)
    return {name: rounded_down(figure * 10_000) / 10_000 for name, figure in out.items()}


def read_floor() -> dict[str, float]:
    """The figures that were reached before."""
    return dict(json.loads(FLOOR.read_text("utf-8"))) if FLOOR.exists() else {}


def write_floor(floor: Mapping[str, float]) -> None:
    """Keep the figures, by name in order."""
    FLOOR.write_text(json.dumps(dict(sorted(floor.items())), indent=1) + "\n", "utf-8")


def lifted(floor: Mapping[str, float], reached: Mapping[str, float]) -> dict[str, float]:
    """The floor with every figure that rose; one that fell stays, and is lowered by hand where that is meant."""
    return {name: max(figure, floor.get(name, figure)) for name, figure in {**floor, **reached}.items()}


def below(floor: Mapping[str, float], reached: Mapping[str, float]) -> list[str]:
    """One line for each figure that fell. A corpus that is not there has no figures, and so none that fell."""
    return [
        f"{name} fell from {figure:.4f} to {reached[name]:.4f}"
        for name, figure in floor.items()
        if name in reached and reached[name] < figure
    ]
