"""MurmurHash3 against published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.seeds.murmur import murmur3_32, murmur3_128


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("", 0, "00000000000000000000000000000000"),
        ("hello", 0x248BFA47, "cbd8a7b341bd9b025b1e906a48ae1d19"),
        (
            "The quick brown fox jumps over the lazy dog",
            0x2E4FF723,
            "e34bbc7bbc071b6c7a433ca9c49a9347",
        ),
    ],
)
def test_known_values(text: str, short: int, long: str) -> None:
    assert murmur3_32(text.encode()) == short
    assert "{:016x}{:016x}".format(*murmur3_128(text.encode())) == long


@given(st.binary(max_size=70))
def test_a_digest_has_its_size(data: bytes) -> None:
    assert 0 <= murmur3_32(data) < 1 << 32
    assert all(0 <= half < 1 << 64 for half in murmur3_128(data))
