"""What could tell people apart, and what never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.identify.values import MAX_CHARS, MIN_CHARS, tier_of

OPAQUE = (
    "6f1c2c9e-4b7d-4d0e-9a51-7f2be3d0c4a8", "b4e1f07a92c35d68", "usr_7b3d90e2c1", "asha@patra.example",
    "+919876501298", "9876501298", "1987-11-04", "19871104", "999941057058", "18.520431", "-73,85674",
    "Xk29sLq0PzR8vTnf", "203.0.113.77",
    "KRN-LOY-558213",
)  # fmt: skip
WORDS = (
    "Talwukh", "Asha Talwukh", "checkout_started", "com.example.shop", "Pixel 7 Pro", "anonymous", "563 Batra Path",
    "Mozilla/5.0 (Linux; Android 14)",
)  # fmt: skip
NOTHING = (
    "", "short", "12345", "1.5", "0.25", "1790000000", "1790000000123", "1790000000.123", "1790000000123456",
    "2026-11-01", "2026-11-01T10:00:00.123Z", "20261101", "20261101100000", "Sun, 01 Nov 2026 10:00:00 GMT", "1.2.3",
    "v10.22.1-beta.2", "00000000-0000-0000-0000-000000000000", "aaaaaaaaaaaa", "0" * 20, "x1" * 3_000,
)  # fmt: skip


@pytest.mark.parametrize("value", OPAQUE)
def test_made_to_be_unique(value: str) -> None:
    assert tier_of(value) == "opaque"


@pytest.mark.parametrize("value", WORDS)
def test_may_be_anybodys(value: str) -> None:
    assert tier_of(value) == "words"


@pytest.mark.parametrize("value", NOTHING)
def test_tells_nothing(value: str) -> None:
    assert tier_of(value) is None


@given(st.text(max_size=60))
def test_any_text_has_an_answer(value: str) -> None:
    assert tier_of(value) in ("opaque", "words", None)
    if not MIN_CHARS <= len(value) <= MAX_CHARS:
        assert tier_of(value) is None


@given(st.integers(1_262_304_000, 1_999_999_999), st.sampled_from(["", "123", "123456", "123456789"]))
def test_recent_points_in_time_tell_nothing(seconds: int, fraction: str) -> None:
    assert tier_of(f"{seconds}{fraction}") is None
    assert tier_of(f"{seconds}.{fraction or 0}") is None


@given(st.uuids(version=4))
def test_identifiers_may_tell(value: object) -> None:
    assert tier_of(str(value)) == "opaque"
