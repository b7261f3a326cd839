"""What is kept of a response."""

import pytest

from analyzer.capture.response import MAX_BODY, MAX_HEADERS, NO_ANSWER, answer_of, is_data, kept_headers

JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize(
    ("content_type", "body", "kept"),
    [
        ("application/json", b"{}", True),
        ("application/vnd.api+JSON; charset=utf-8", b"{}", True),
        ("text/plain", b"token=1", True),
        ("application/x-www-form-urlencoded", b"a=1", True),
        ("text/javascript", b'callback({"uid":1})', True),
        ("application/javascript", b"/**/ a.b.c( [1])", True),
        ("text/javascript", b"var id = 'x'", False),
        ("text/html", b"<html>", False),
        ("image/png", b"\x89PNG", False),
        ("", b"{}", False),
    ],
)
def test_bodies_that_are_data_for_the_app_are_kept(content_type: str, body: bytes, kept: bool) -> None:
    assert is_data(content_type, body) is kept
    assert bool(answer_of([("content-type", content_type)], body).body) is kept


def test_an_encoded_script_is_kept_until_it_is_known_what_it_is() -> None:
    answer = answer_of([("Content-Type", "text/javascript"), ("Content-Encoding", "gzip")], b"\x1f\x8b")
    assert (answer.body, answer.encoding) == (b"\x1f\x8b", "gzip")


def test_bodies_are_cut() -> None:
    assert len(answer_of([JSON], b"[" * (MAX_BODY + 9)).body) == MAX_BODY


def test_only_headers_that_hand_something_out_are_kept() -> None:
    headers = [JSON, ("SET-COOKIE", "a=1\nb=2; Path=/"), ("Location", "https://x.example/"), ("ETag", "7")]
    kept = (("set-cookie", "a=1"), ("set-cookie", "b=2; Path=/"), ("location", "https://x.example/"))
    assert answer_of(headers, b"").headers == kept
    assert answer_of([], b"") == NO_ANSWER


def test_headers_are_bounded() -> None:
    kept = kept_headers([("set-cookie", "x" * 100_000)] * (MAX_HEADERS + 50))
    assert len(kept) == MAX_HEADERS
    assert max(len(value) for _, value in kept) < 10_000
