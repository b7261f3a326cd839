"""What counts as a value of its own."""

import pytest

from analyzer.detect.seeds.occurrences import outermost, stands_alone, that_count


@pytest.mark.parametrize(
    ("around", "text", "alone"),
    [
        ("<{}>", "asha", True),
        ("x{}", "asha", False),
        ("{}9", "asha", False),
        ("_{}", "asha", False),
        ("_{}", "asha.rao", True),
        ("x{}x", "asha.rao@post.example", True),
        ("x{}x", "abcdefghijklmnopqrst", False),
        ("x{}", "98123456", False),
        ("-{}-", "98123456", True),
        ("x{}x", "981234567890", True),
        ("1{}", "981234567890", False),
        ("-{}", "440010", False),
        (" {}.", "440010", True),
    ],
)
def test_stands_alone(around: str, text: str, alone: bool) -> None:
    before = around.partition("{")[0]
    assert stands_alone(around.format(text).encode(), len(before), text.encode()) is alone


def test_outermost() -> None:
    hits = [(4, b"rao"), (0, b"asha"), (0, b"asha.rao"), (9, b"x"), (6, b"o@post")]
    assert list(outermost(hits)) == [(0, b"asha.rao"), (6, b"o@post")]


def test_a_text_in_one_that_does_not_stand_alone_counts() -> None:
    data = b"asha.raox"
    assert list(that_count(data, [(0, b"asha.rao"), (0, b"asha")])) == [(0, b"asha")]
