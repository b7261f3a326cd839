"""The page on attribution says what the program does."""

from tests.accuracy.attribution_page import BEGIN, END, PAGE, measured, measured_part, page
from tests.accuracy.cloud_regions import Line, Share
from tests.accuracy.coverage import Coverage


def test_the_page_is_what_the_program_makes() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text, measured()) == text, "make accuracy, then read what changed"


def test_only_the_measured_part_is_made_anew() -> None:
    assert page(f"before\n{BEGIN}\nold\n{END}\nafter\n", f"{BEGIN}\nnew\n{END}\n") == (
        f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    )


def test_shares_are_rounded_down_and_missing_hosts_named() -> None:
    covered = Coverage(
        name="Two", hosts=3, owner=2, parent=1, seat=0, source=2, confirmed=1, missing=("nobody-knows.example",)
    )
    part = measured_part([covered], [Line("aws", 4, 1000, (Share(0.9999, 1.0), Share(0.5, 0.25)))], [])
    assert "| Two | 3 | 2 (66.6 %) | 1 (33.3 %) | 0 (0.0 %) | 2 (66.6 %) | 1 (33.3 %) |" in part
    assert "| aws | IPv4 | 1,000 | 99.9 % (100.0 %) | 50.0 % (25.0 %) |" in part
    assert "Two: `nobody-knows.example`." in part
