"""Days are written out in English, as the rest of the report."""

from datetime import date

import pytest

from analyzer.report.dates import in_words

DAYS = [(date(2018, 3, 23), "23 March 2018"), (date(1, 1, 1), "1 January 1"), (date(2026, 12, 31), "31 December 2026")]


@pytest.mark.parametrize(("day", "words"), DAYS)
def test_in_words(day: date, words: str) -> None:
    assert in_words(day) == words
