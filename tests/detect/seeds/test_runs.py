"""Long runs and the digests in them."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.seeds import runs

SIZES = (16, 20, 32, 64)
MD5, SHA256 = hashlib.md5(b"ishaan"), hashlib.sha256(b"ishaan")


def texts(data: bytes, spans: list[runs.Span]) -> list[bytes]:
    return [data[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"abcdefghijklmno", []),
        (b"abcdefghijklmnop", [b"abcdefghijklmnop"]),
        (b"x abcdefghijklmnop.q", [b"abcdefghijklmnop"]),
        (b"abcdefghijklmnop qrstuvwxyz0123456", [b"abcdefghijklmnop", b"qrstuvwxyz0123456"]),
        (b"ab-cdefghijklmnopqr-st/u", [b"ab-cdefghijklmnopqr-st/u"]),
        (b"3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10", []),
        (b"/api/v1/products/list/all", []),
    ],
)
def test_long_runs(data: bytes, expected: list[bytes]) -> None:
    assert texts(data, runs.long_runs(data)) == expected


@given(st.text("aB1+/_- .", max_size=60).map(str.encode))
def test_runs_are_maximal_and_in_order(data: bytes) -> None:
    spans = runs.long_runs(data)
    for start, end in spans:
        assert not set(data[start:end]) & set(b" .")
        assert data[start - 1 : start] in (b"", b" ", b".")
        assert data[end : end + 1] in (b"", b" ", b".")
    assert spans == sorted(set(spans))
    assert runs.is_in_long_run(data) == bool(spans)


def test_which_runs_may_be_what() -> None:
    data = b"RuntimeException snake_case_is_a_word 0123456789012345 00ff00ff00ff00ff UPPER_CASE_LETTERS"
    spans = runs.long_runs(data)
    assert texts(data, runs.base64_runs(data, spans)) == [b"RuntimeException"]
    assert texts(data, runs.hex_runs(data, spans)) == [b"00ff00ff00ff00ff"]
    assert texts(b"MFZWQYJAONSWKZDT 18", runs.base32_runs(b"MFZWQYJAONSWKZDT 18")) == [b"MFZWQYJAONSWKZDT"]


@pytest.mark.parametrize("run", ["{}", "ab{}", "{}cd"])
def test_digests_in_hex_at_either_end(run: str) -> None:
    data = run.format(SHA256.hexdigest()).encode()
    found = {digest: data[slice(*span)].decode() for span, digest in runs.digests_in_hex(data, SIZES)}
    assert found[SHA256.digest()] == SHA256.hexdigest()


@pytest.mark.parametrize("run", ["{}", "user_{}", "a-b-{}", "{}/x", "{}_1"])
@pytest.mark.parametrize("written", [base64.b64encode, base64.urlsafe_b64encode])
def test_digests_in_base64_between_joints(run: str, written: object) -> None:
    assert callable(written)
    for hashed in (MD5, SHA256):
        text = written(hashed.digest()).decode().rstrip("=")
        data = run.format(text).encode()
        found = {digest: data[slice(*span)].decode() for span, digest in runs.digests_in_base64(data, SIZES)}
        assert found[hashed.digest()] == text


@given(st.binary(max_size=90).map(base64.b64encode))
def test_any_run_can_be_searched(data: bytes) -> None:
    run = data.rstrip(b"=")
    for (start, end), digest in runs.digests_in_base64(run, SIZES):
        assert 0 <= start < end <= len(run)
        assert len(digest) in SIZES
