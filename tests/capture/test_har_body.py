"""The bytes behind text, base64 and form parameters."""

import pytest

from analyzer.capture.har_body import body_from_params, from_base64, is_plain, looks_like_latin1, to_bytes
from analyzer.capture.har_members import Param


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        (b'{"a":1}', "gzip", True),
        (b"\x1f\x8b\x08\x00", "gzip", False),
        (b"\x28\xb5\x2f\xfd\x00", "zstd", False),
        (b"\x78\x9c\xab", "deflate", False),
        (b'{"a":1}', "br", True),
        (b"\x8b\x03\x80", "br", False),
    ],
)
def test_is_plain(data: bytes, encoding: str, expected: bool) -> None:
    assert is_plain(data, encoding, False) is expected


def test_text_is_latin1_only_for_a_reason() -> None:
    assert not looks_like_latin1("Müller", "Müller".encode("latin-1"), "text/plain")


def test_parameters_are_escaped_unless_the_size_says_that_they_are() -> None:
    params = [Param("a", "x%20y"), Param("b", None)]
    assert body_from_params(params, 10, "").data == b"a=x%20y&b="
    assert body_from_params(params, 0, "").data == b"a=x%2520y&b="
    assert body_from_params([Param("a", "SGk=", "base64")], 0, "").data == b"a=Hi"


def test_base64_with_line_breaks_and_what_is_none() -> None:
    assert from_base64("SG\r\nk=") == b"Hi"
    assert from_base64("not base64!") is None
    assert from_base64("é") is None


def test_surrogates_are_bytes_where_they_can_be() -> None:
    assert to_bytes("a\udcff") == b"a\xff"
    assert to_bytes("\ud800") == b"\xed\xa0\x80"
