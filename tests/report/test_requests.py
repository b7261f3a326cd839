"""Requests as the report shows them."""

import hashlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model import Exchange, WholeBody
from analyzer.report.masking import Masking
from analyzer.report.requests import iso_time, mask_url, request_of
from tests.report.making import exchange, finding

PLAIN = Masking()
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=5, max_size=20).filter(
    lambda text: text.strip() == text and text.lower() not in "https://api.example/user/profile?=…&…#"
)


def test_what_it_takes_to_find_a_request() -> None:
    made = request_of(exchange(7), [], PLAIN)
    assert (made.exchange, made.method, made.status, made.server_ip) == (7, "GET", 200, "13.126.58.204")
    assert made.time == "2018-03-23T15:34:18.000Z"
    assert (made.body_bytes, made.body_sha256) == (2, hashlib.sha256(b"{}").hexdigest())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h.example/a/b?x=1&y=2#f", "https://h.example/a/b?x=…&y=…"),
        ("https://h.example", "https://h.example/"),
        ("https://user:secret@h.example/a", "https://h.example/a"),
        ("https://h.example/u/asha@b.example/1", "https://h.example/u/…/1"),
        ("https://h.example/u/asha%40b.example", "https://h.example/u/…"),
        ("https://h.example/u/6909000482", "https://h.example/u/…"),
        ("https://h.example/u/" + "k" * 41, "https://h.example/u/…"),
        ("https://h.example/?asha@b.example=1&&=3", "https://h.example/?…=…"),
        ("h.example/a?x=1", "h.example/a?x=…"),
        ("h.example:443", "h.example:443/"),
        ("data:text/plain,asha rao", "data:…"),
        ("", "/"),
    ],
)
def test_masked_urls(url: str, shown: str) -> None:
    assert mask_url(url, [], PLAIN) == shown


def test_a_segment_with_a_finding_is_hidden_also_deep_within_it() -> None:
    inside = [finding("person.name.given", "asha", path, location="path") for path in ("1", "2.name", "3[0]")]
    assert mask_url("https://h.example/u/asha/b/c/d", inside, PLAIN) == "https://h.example/u/…/…/…/d"


@given(names, st.sampled_from(["/{}", "/u/{}/x", "/?q={}", "/?{}=1", "/a?b=1&{}&c", "/#{}", "/a%2F{}?z={}"]))
def test_no_secret_value_shows_in_a_masked_url(name: str, form: str) -> None:
    for written in (name, quote(name, safe=""), quote(name)):
        shown = mask_url("https://api.example" + form.replace("{}", written), [], Masking([name]))
        assert written.lower() not in shown.lower().removeprefix("https://api.example/")


@given(st.text(max_size=200), st.text(max_size=9))
def test_any_text_is_a_url(url: str, secret: str) -> None:
    assert len(mask_url(url * 99, [], Masking([secret]))) <= 400 + 1 + 600 + 1_000


def test_values_show_where_that_was_asked_for() -> None:
    url = "https://h.example/asha@b.example?email=asha@b.example"
    assert request_of(Exchange(index=0, url=url), [], None).url == url
    assert len(request_of(Exchange(index=0, url="https://h.example/" + "x" * 9_999), [], None).url) == 2_000


@pytest.mark.parametrize("time", [None, -1.0, 1e300, float("inf"), float("nan")])
def test_times_that_no_calendar_has(time: float | None) -> None:
    assert iso_time(time) is None


def test_times_have_milliseconds() -> None:
    assert iso_time(0.25) == "1970-01-01T00:00:00.250Z"
    assert iso_time(253402300799.0) == "9999-12-31T23:59:59.000Z"


def test_a_body_of_which_only_the_start_was_kept_is_told_as_the_whole() -> None:
    whole = WholeBody(bytes=70_000, sha256="ab" * 32)
    made = request_of(replace(exchange(7), whole_body=whole), [], PLAIN)
    assert (made.body_bytes, made.body_sha256) == (70_000, "ab" * 32)


def test_phase_and_connection_are_told() -> None:
    made = request_of(replace(exchange(7), phase="launch", tls_version="TLSv1.3", chain_sha256="cd" * 32), [], PLAIN)
    assert (made.phase, made.tls_version, made.chain_sha256) == ("launch", "TLSv1.3", "cd" * 32)
