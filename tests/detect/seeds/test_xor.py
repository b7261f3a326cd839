"""Texts under one byte of XOR are found under every key, and under one that repeats."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.seeds.xor import XorSearch, differences

TEXTS = [b"ishaan@post.example", b"+919812345670"]
SEARCH = XorSearch(TEXTS)


def under(key: int, data: bytes) -> bytes:
    return bytes(byte ^ key for byte in data)


@given(st.binary(max_size=30), st.binary(max_size=30), st.integers(1, 255), st.sampled_from(TEXTS))
def test_found_under_every_key(before: bytes, after: bytes, key: int, text: bytes) -> None:
    found = list(SEARCH.find(before + under(key, text) + after))
    assert ((len(before), text, bytes([key])) in found) == (key != 0x20)


@pytest.mark.parametrize("key", [0x01, 0x20, 0x5A, 0xFF])
def test_letter_case_is_no_matter(key: int) -> None:
    found = list(SEARCH.find(under(key, b"Ishaan@POST.example")))
    assert [(start, text) for start, text, _ in found] == ([(0, TEXTS[0])] if key != 0x20 else [])


def test_what_is_there_plainly_is_not_reported() -> None:
    assert list(SEARCH.find(b"ishaan@post.example ISHAAN@POST.EXAMPLE +919812345670")) == []


@given(st.binary(min_size=1, max_size=50), st.integers(0, 255))
def test_differences_do_not_depend_on_the_key(data: bytes, key: int) -> None:
    assert differences(under(key, data)) == differences(data)
    assert len(differences(data)) == len(data) - 1


@pytest.mark.parametrize("period", [2, 4, 8])
@given(st.binary(max_size=30), st.binary(max_size=30), st.binary(min_size=8, max_size=8))
def test_found_under_a_key_that_repeats(period: int, before: bytes, after: bytes, key: bytes) -> None:
    key = key[:period]
    data = before + b"Ishaan@post.example" + after
    hidden = bytes(byte ^ key[at % period] for at, byte in enumerate(data))
    found = [(start, text) for start, text, _ in XorSearch(TEXTS, period).find(hidden)]
    start = hidden[len(before) : len(before) + period]
    seen = [a ^ b for a, b in zip(start, TEXTS[0], strict=False)]  # the key, but for the case of letters
    is_hidden = any(byte & ~0x20 for byte in seen) and len(set(seen)) > 1
    assert ((len(before), TEXTS[0]) in found) == is_hidden


def test_random_data_hides_nothing() -> None:
    data = random.Random(4).randbytes(1 << 20)
    assert not [hit for period in (1, 2, 4, 8) for hit in XorSearch(TEXTS, period).find(data)]


def test_nothing_in_nothing() -> None:
    assert list(SEARCH.find(b"")) == []
