"""Finding the end of a value by brackets and quotes, in pieces of any size."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.json_scan import Scan

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def end_of(data: bytes, step: int) -> int:
    """Where the value at the start ends, given to the scan in pieces that end every `step` bytes."""
    buffer = bytearray(data)
    scan, at, end = Scan(), 0, 0
    while True:
        end = min(end + step, len(buffer))
        at, done = scan.run(buffer, at, end)
        if done:
            return at
        assert end < len(buffer), "the value did not end"


@given(VALUES, st.integers(1, 40), st.sampled_from([b",", b"]", b"}", b' , "x"']))
def test_scan_ends_where_the_value_ends(value: object, step: int, behind: bytes) -> None:
    text = json.dumps(value).encode()
    assert end_of(text + behind, step) == len(text)


@pytest.mark.parametrize("text", [b"[NaN]", b'{"a":"\x00\x01\xff"}', b'"\\ud800\\""', b"[" * 100_000 + b"]" * 100_000])
def test_scan_accepts_what_parsers_refuse(text: bytes) -> None:
    assert end_of(text + b",", len(text) + 1) == len(text)


def test_scan_steps_over_a_bracket_that_closes_nothing() -> None:
    assert Scan().run(bytearray(b"}}"), 0, 2) == (1, True)
