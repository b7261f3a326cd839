"""Lists and counts as sentences have them."""

import pytest

from analyzer.english import counted, listed


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b and 2 more hosts"),
    ],
)
def test_lists_in_words(items: list[str], said: str) -> None:
    assert listed(items, 2, "more hosts") == said


def test_the_last_word_and_the_rest_are_named() -> None:
    assert listed(["a", "b", "c"], last="or") == "a, b or c"
    assert listed(map(str, range(9)), rest="more kinds") == "0, 1, 2, 3, 4, 5 and 3 more kinds"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 matches"), (1, "1 match"), (2, "2 matches"), (1_200, "1,200 matches")]
)
def test_counts(number: int, said: str) -> None:
    assert counted(number, "match", "matches") == said
    assert counted(number, "run") == said.replace("matches", "runs").replace("match", "run")
