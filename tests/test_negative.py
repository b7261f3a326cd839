"""Traffic that looks personal and is not: nothing in it is found by more than a name."""

import runpy
from pathlib import Path

import pytest

from analyzer.capture.open import open_capture
from analyzer.decode.exchange import Decoder
from analyzer.detect.shapes.table import SHAPES
from analyzer.knowledge import Knowledge
from analyzer.model import Finding
from analyzer.pipeline import Detection
from tests.conftest import FIXTURES

NEGATIVE = FIXTURES / "negative"
CAPTURES = sorted(NEGATIVE.glob("*.har"))
DETECTION = Detection(Knowledge(), None)
MADE = runpy.run_path(str(NEGATIVE / "make_negative.py"))


def read(path: Path) -> tuple[list[str], list[Finding]]:
    """The values in the requests of a capture, and what is found in them above level `key`."""
    decoder = Decoder()
    values: list[str] = []
    found: list[Finding] = []
    with open_capture(path) as reader:
        for exchange in reader:
            decoded = decoder.decode(exchange)
            values += [field.value for field in decoded.fields]
            found += [one for one in DETECTION.find(exchange, decoded) if one.evidence != "key"]
    return values, found


def test_the_captures_are_there() -> None:
    assert len(CAPTURES) >= 20


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_nothing_is_found_above_level_key(path: Path) -> None:
    values, found = read(path)
    assert [(one.data_type, one.evidence, one.field.path, one.value) for one in found] == []
    assert len(values) > 5


@pytest.mark.parametrize("calls", MADE["CAPTURES"], ids=lambda calls: calls.__name__)
def test_the_captures_are_what_their_maker_makes(calls) -> None:  # type: ignore[no-untyped-def]
    path = NEGATIVE / f"{calls.__name__.replace('_', '-')}.har"
    assert path.read_text("utf-8") == MADE["har"](calls())


def test_chance_makes_card_numbers_of_some_of_the_sixteen_digits() -> None:
    values, _ = read(NEGATIVE / "sixteen-digits.har")
    assert sum(map(SHAPES["card"], set(values))) > 5


def test_what_servers_answer_is_not_what_the_app_sends() -> None:
    values, _ = read(NEGATIVE / "echoes.har")
    assert "Nagpur" not in values
    assert "Nagpur" in (NEGATIVE / "echoes.har").read_text("utf-8")
