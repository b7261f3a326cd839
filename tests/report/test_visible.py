"""Captured text made safe to look at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, हिन्दी, 日本", "plain, é, हिन्दी, 日本"),
        ("a\u202eb", r"a\u202eb"),
        ("a\0\x1b[0m\n\t", r"a\x00\x1b[0m\n\t"),
        ("\ud800", r"\ud800"),
        ("a\u00a0b\u200b\ufeff", r"a\xa0b\u200b\ufeff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_all_of_it_prints_and_encodes(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(text).encode("utf-8").decode("utf-8") == visible(visible(text))


def test_long_text_is_cut_and_says_by_how_much() -> None:
    assert visible("x" * 1_005, 5) == "xxxxx… (1,000 more characters)"
    assert visible("x" * 5, 5) == "xxxxx"
