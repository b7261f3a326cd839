"""Traffic that looks personal and is not: nothing in it is found by more than a name."""

from pathlib import Path

import pytest

from analyzer.capture.open import open_capture
from analyzer.decode.exchange import Decoder
from analyzer.knowledge import Knowledge
from analyzer.pipeline import Detection
from tests.conftest import FIXTURES

CAPTURES = sorted((FIXTURES / "negative").glob("*.har"))


def test_the_captures_are_there() -> None:
    assert len(CAPTURES) >= 12


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_nothing_is_found_above_level_key(path: Path) -> None:
    decoder, detection = Decoder(), Detection(Knowledge(), None)
    fields, found = 0, []
    for exchange in open_capture(path):
        decoded = decoder.decode(exchange)
        fields += len(decoded.fields)
        found += [one for one in detection.find(exchange, decoded) if one.evidence != "key"]
    assert found == []
    assert fields > 5
