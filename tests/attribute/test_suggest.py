from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.domain import Domains
from analyzer.attribute.owner import Owners
from analyzer.attribute.party import Suggestion
from analyzer.attribute.suggest import Clue, read_clues, suggest_first_party
from tests.attribute.test_owner import service

DOMAINS = Domains()
PAYMENTS = Owners([{"pay.example": [service("Pay Ltd", "payment")]}])


@pytest.mark.parametrize(
    ("name", "value", "clue"),
    [
        ("Origin", "https://M.kirana-demo.example", ("Origin", "m.kirana-demo.example")),
        ("referer", "https://m.kirana-demo.example:8443/a?b", ("Referer", "m.kirana-demo.example")),
        ("Referer", "android-app://com.kirana.demo/", ("Referer android-app", "com.kirana.demo")),
        ("X-Requested-With", "com.kirana.demo", ("X-Requested-With", "com.kirana.demo")),
        ("x-android-package", "com.kirana.demo", ("X-Android-Package", "com.kirana.demo")),
        ("x-ios-bundle-identifier", "com.kirana.demo", ("X-Ios-Bundle-Identifier", "com.kirana.demo")),
    ],
)
def test_clues(name: str, value: str, clue: Clue) -> None:
    assert read_clues([("Accept", "*/*"), (name, value)]) == [clue]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Requested-With", "XMLHttpRequest"),
        ("X-Requested-With", "com.kirana.<b>"),
        ("Origin", "null"),
        ("Origin", "file://"),
        ("Origin", "capacitor://localhost"),
        ("Origin", "http://192.0.2.1"),
        ("Origin", "http://[::1"),
        ("Host", "m.kirana-demo.example"),
    ],
)
def test_headers_that_name_no_one(name: str, value: str) -> None:
    assert read_clues([(name, value)]) == []


def test_the_origin_of_most_requests(domains: Domains) -> None:
    counts = {
        ("Origin", "m.kirana-demo.example"): 9,
        ("Referer", "www.kirana-demo.example"): 3,
        ("Origin", "b.example"): 2,
    }
    assert suggest_first_party(counts, PAYMENTS, domains) == (
        Suggestion("kirana-demo.example", "Origin header of 9 requests names m.kirana-demo.example"),
    )


def test_web_views_of_known_services_do_not_count(domains: Domains) -> None:
    counts = {("Origin", "checkout.pay.example"): 50, ("Origin", "m.kirana-demo.example"): 1}
    assert suggest_first_party(counts, PAYMENTS, domains) == (
        Suggestion("kirana-demo.example", "Origin header of 1 request names m.kirana-demo.example"),
    )


def test_a_site_on_a_hoster_is_its_holders(domains: Domains) -> None:
    github = Owners([{"github.io": [service("GitHub", "cloud")]}])
    (found,) = suggest_first_party({("Origin", "kirana.github.io"): 2}, github, domains)
    assert found.domain == "kirana.github.io"


def test_the_app_id_comes_first(domains: Domains) -> None:
    counts = {("X-Requested-With", "com.kirana.demo"): 2, ("Origin", "m.kirana-demo.example"): 9}
    assert [found.domain for found in suggest_first_party(counts, PAYMENTS, domains)] == [
        "kirana.com",
        "kirana-demo.example",
    ]


def test_no_majority_no_suggestion(domains: Domains) -> None:
    assert suggest_first_party({("Origin", "a.example"): 1, ("Origin", "b.example"): 1}, PAYMENTS, domains) == ()
    assert suggest_first_party({}, PAYMENTS, domains) == ()


@given(st.lists(st.tuples(st.sampled_from(["Origin", "Referer", "X-Requested-With"]), st.text(max_size=80))))
def test_no_header_fails(headers: list[tuple[str, str]]) -> None:
    suggest_first_party(Counter(read_clues(headers)), PAYMENTS, DOMAINS)
