"""A search of many texts finds what a plain search for each of them finds."""

from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.seeds.prefix_search import PrefixSearch

LETTERS = st.text("ab\n", min_size=1, max_size=9).map(str.encode)


@given(st.sets(LETTERS), st.text("ab\n", max_size=40).map(str.encode))
def test_finds_every_occurrence(texts: set[bytes], data: bytes) -> None:
    expected = {(at, text) for text in texts for at in range(len(data)) if data.startswith(text, at)}
    found = PrefixSearch(texts).find(data)
    assert set(found) == expected
    assert len(found) == len(expected)
