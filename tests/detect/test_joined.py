"""The joined text knows which field each byte belongs to."""

from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.joined import Joined
from tests.detect.fields import field, joined


@given(st.lists(st.text(max_size=10), min_size=1, max_size=6))
def test_every_byte_is_found_in_its_field(values: list[str]) -> None:
    one = Joined([field(f"x{at}", value) for at, value in enumerate(values)])
    offset = 0
    for position, value in enumerate(values):
        data = value.encode("utf-8", "replace")
        for within in range(len(data)):
            assert one.locate(offset + within) == (position, within)
        offset += len(data) + 1
        assert one.end_of(position) == offset - 1


def test_lone_surrogates_do_no_harm() -> None:
    one = joined("\ud800", "after")
    assert one.data == b"?\nafter"
    assert one.locate(2) == (1, 0)
