"""The page: rounded down, misses by cause, and the labelled part kept where it cannot be computed."""

from tests.accuracy.document import BEGIN, END, labelled_part, labelled_part_of, own_part, percent
from tests.accuracy.making import made_score
from tests.accuracy.planted import Planted

GROUPS = [Planted(title="encodings", asked=4, found=3, found_deep=4)]


def test_shares_are_rounded_down_so_that_a_hundred_means_all() -> None:
    assert [percent(9999, 10000), percent(1, 1), percent(0, 3), percent(0, 0)] == ["99.9 %", "100.0 %", "0.0 %", "–"]


def test_the_page_holds_the_figures_the_levels_and_the_causes() -> None:
    page = own_part([made_score(found=6, missed=2, false=1)], GROUPS)
    assert "| Made | cold | 1 | 8 | 6 | 75.0 % | 7 | 1 | 85.7 % |" in page
    assert "| `person.email` | 8 | 6 | 75.0 % | 6, 1 false | 1 | 85.7 % |" in page
    assert "| `validated` | 6 | 75.0 % | 7 | 1 | 85.7 % |" in page
    assert "| inside a longer text | 2 |" in page
    assert "| a-case | 0 | email | inside a longer text | *cold* |" in page
    assert "| encodings | 4 | 3 | 4 |" in page


def test_a_page_without_misses_says_so() -> None:
    assert "Nothing that was expected was missed." in own_part([made_score(3, 0, 0)], GROUPS)


def test_the_labelled_part_lists_what_is_false() -> None:
    part = labelled_part([made_score(6, 0, 1)])
    assert part.startswith(BEGIN)
    assert part.endswith(f"{END}\n")
    assert "| a-case | 0 | `person.email` | *cold* at `validated` |" in part


def test_a_committed_labelled_part_is_kept_to_the_letter() -> None:
    part = labelled_part([made_score(6, 0, 1)])
    assert labelled_part_of(own_part([made_score(1, 0, 0)], GROUPS) + part) == part
    assert labelled_part_of("# Another page\n") == f"{BEGIN}\n{END}\n"
