"""Texts in two values."""

from analyzer.detect.seeds.two_values import TwoValues
from tests.detect.fields import joined

PAIRS = TwoValues([b"ishaan@post.example", b"9812345670"])


def find(*values: str) -> list[tuple[bytes, int, int]]:
    return PAIRS.find(joined(*values), [line for value in values for line in value.lower().encode().split(b"\n")])


def test_halves_in_any_order_and_case() -> None:
    assert find("x", "POST.example", "Ishaan") == [(b"ishaan@post.example", 2, 1)]
    assert find("ishaan@", "post.example") == [(b"ishaan@post.example", 0, 1)]
    assert find("98123", "45670") == [(b"9812345670", 0, 1)]


def test_short_halves_and_other_values_are_none() -> None:
    assert find("98", "12345670") == []
    assert find("98123456", "70") == []
    assert find("98123", "45671") == []
    assert find("ishaan", "ost.example") == []


def test_first_halves_are_told() -> None:
    assert PAIRS.is_first_half(b"981")
    assert not PAIRS.is_first_half(b"98")
    assert not PAIRS.is_first_half(b"982")
    assert PAIRS.beginnings(5) == {b"\nisha", b"\nish\n", b"\n9812", b"\n981\n"}


def test_a_line_of_a_longer_value_is_no_half() -> None:
    assert find("98123\nmore", "45670") == []
    assert find("98123", "more\n45670") == []
