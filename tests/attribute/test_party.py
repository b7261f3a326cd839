import pytest

from analyzer.attribute.domain import Domains
from analyzer.attribute.party import Parties, Suggestion, app_domain
from analyzer.errors import ApptellsError
from analyzer.model import Owner


def _owner(category: str) -> Owner:
    return Owner(
        product="P",
        name="P Ltd",
        parent=None,
        country="IN",
        category=category,
        source="s",
        checked="2026-11-22",
        verified=True,
    )


@pytest.mark.parametrize(
    ("app", "domain"),
    [
        ("com.kirana.demo", "kirana.com"),
        ("Com.Kirana.Demo", "kirana.com"),
        ("in.co.kirana.app", "kirana.co.in"),
        ("io.github.user.app", "user.github.io"),
        ("io.github", None),
        ("kirana", None),
        ("", None),
        ("..", None),
        ("123456789", None),
    ],
)
def test_the_domain_an_app_id_names(domains: Domains, app: str, domain: str | None) -> None:
    assert app_domain(app, domains) == domain


def test_declared_domains_match_at_label_boundaries(domains: Domains) -> None:
    parties = Parties(domains, first_party=["*.Kirana-Demo.example", "10.0.2.2"])
    assert parties.party("API.kirana-demo.example.") == ("first", "declared as first party: kirana-demo.example")
    assert parties.party("10.0.2.2")[0] == "first"
    assert parties.party("notkirana-demo.example") == (
        "third",
        "not under the first party's kirana-demo.example, 10.0.2.2",
    )
    assert parties.party("d1.cloudfront.net", _owner("cdn"))[0] == "third"


def test_the_app_id_names_the_first_party(domains: Domains) -> None:
    parties = Parties(domains, "com.kirana.demo", ["cdn.example"])
    assert parties.party("api.kirana.com") == ("first", "app id com.kirana.demo names kirana.com")
    assert parties.party("x.cdn.example")[0] == "first"
    assert parties.party("other.example")[0] == "third"


def test_without_anything_declared(domains: Domains) -> None:
    parties = Parties(domains)
    assert parties.party("api.kirana.com") == ("unknown", "party unknown: give --app or --first-party")
    assert parties.party("t.example", _owner("analytics")) == ("third", "known analytics service of P Ltd")
    assert parties.party("c.example", _owner("cloud"))[0] == "unknown"
    assert parties.party("s.example", _owner("commerce"))[0] == "unknown"


def test_an_app_id_that_names_nothing_is_said_so(domains: Domains) -> None:
    party, reason = Parties(domains, "123456789").party("api.example")
    assert party == "unknown"
    assert "app id 123456789 names no domain" in reason


def test_suggestions_count_only_where_nothing_is_declared(domains: Domains) -> None:
    suggestions = [Suggestion("kirana-demo.example", "Origin header of 9 requests names m.kirana-demo.example")]
    suggested = Parties(domains, suggestions=suggestions)
    assert suggested.party("api.kirana-demo.example") == ("first", suggestions[0].reason)
    assert suggested.party("other.example")[0] == "unknown"
    assert (
        Parties(domains, first_party=["b.example"], suggestions=suggestions).party("kirana-demo.example")[0] == "third"
    )


@pytest.mark.parametrize("value", ["", "com", "co.in", "localhost", "https://kirana.com/", "a b.com", "*"])
def test_what_no_one_can_declare(domains: Domains, value: str) -> None:
    with pytest.raises(ApptellsError, match="not a registered domain"):
        Parties(domains, first_party=[value])
