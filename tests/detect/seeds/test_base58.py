"""Base58 against known texts."""

import pytest

from analyzer.detect.seeds.base58 import base58


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"hello world", "StV1DL6CwTryKyV"), (b"\x00\x00hello world", "11StV1DL6CwTryKyV"), (b"\x00", "1")],
)
def test_known_texts(data: bytes, text: str) -> None:
    assert base58(data) == text
