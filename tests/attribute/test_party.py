import pytest

from analyzer.attribute.company import Companies, Company
from analyzer.attribute.domain import Domains
from analyzer.attribute.owner import Owners
from analyzer.attribute.party import Alias, Parties, Suggestion, app_domain
from analyzer.errors import ApptellsError
from analyzer.model import Owner, OwnerStep
from tests.attribute.test_owner import service


def _owner(category: str, name: str = "P Ltd", parent: str | None = None) -> Owner:
    steps = tuple(
        OwnerStep(name=each, country="IN", source="s", checked="2026-11-22", verified=True)
        for each in (name, parent)
        if each
    )
    return Owner(product="P", category=category, steps=steps)


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
    assert parties.party("ads.example", _owner("advertising"))[0] == "third"


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


KIRANA = Owners(
    [
        {
            "kirana.com": [service("Kirana Stores Ltd", "commerce")],
            "kcdn.example": [service("Kirana Stores Ltd", "content")],
            "kpay.example": [service("Kirana Pay Ltd", "payment")],
        }
    ],
    Companies(
        [
            Company("Kirana Stores Ltd", "Kirana Group", "IN", "", "", "s", "2026-11-22", True),
            Company("Kirana Pay Ltd", "Kirana Group", "IN", "", "", "s", "2026-11-22", True),
            Company("Kirana Group", "", "IN", "", "", "s", "2026-11-22", True),
        ]
    ),
)


def test_the_other_domains_of_the_maker_are_first_party(domains: Domains) -> None:
    parties = Parties(domains, "com.kirana.demo", owners=KIRANA)
    party, reason = parties.party("img.kcdn.example", KIRANA.find("img.kcdn.example"))
    assert party == "first"
    assert reason == "operated by Kirana Stores Ltd, as is kirana.com, by the tables of owners"


def test_another_company_of_the_group_is_a_third_party_and_named_as_such(domains: Domains) -> None:
    parties = Parties(domains, "com.kirana.demo", owners=KIRANA)
    party, reason = parties.party("api.kpay.example", KIRANA.find("api.kpay.example"))
    assert party == "third"
    assert reason == "another company of the group that operates kirana.com (Kirana Group)"


@pytest.mark.parametrize(
    ("host", "customer"),
    [
        ("d111111abcdef8.cloudfront.net", "d111111abcdef8"),
        ("kirana-demo.s3.ap-south-1.amazonaws.com", "kirana-demo"),
        ("kirana-demo.web.app", "kirana-demo"),
        ("a.kirana-demo.web.app", "kirana-demo"),
        ("firehose.ap-south-1.amazonaws.com", None),
        ("cloudfront.net", None),
        ("api.kirana.com", None),
    ],
)
def test_the_customer_in_a_hosting_companys_name(domains: Domains, host: str, customer: str | None) -> None:
    assert Parties(domains).customer(host, None) == customer


def test_a_customer_name_of_a_cdn_that_the_suffix_list_does_not_know(domains: Domains) -> None:
    assert Parties(domains).customer("kirana.cdn.example", _owner("cdn")) == "kirana"
    assert Parties(domains).customer("kirana.cloud.example", _owner("cloud")) is None


@pytest.mark.parametrize(
    ("host", "party"),
    [
        ("kirana.b-cdn.example", "first"),
        ("prod-kirana-images.b-cdn.example", "first"),
        ("kiranaworld.b-cdn.example", "unknown"),
        ("d1.b-cdn.example", "unknown"),
    ],
)
def test_customers_of_cdns_by_name_and_never_by_network(domains: Domains, host: str, party: str) -> None:
    parties = Parties(domains, first_party=["kirana.com"])
    found, reason = parties.party(host, _owner("cdn", "B CDN"))
    assert found == party
    assert "hosting company" in reason


def test_a_short_name_tells_no_customer(domains: Domains) -> None:
    assert Parties(domains, first_party=["ola.example"]).party("ola.b-cdn.example", _owner("cdn"))[0] == "unknown"


def test_a_host_of_the_maker_that_dns_gave_as_a_trackers(domains: Domains) -> None:
    """CNAME cloaking: the name is the maker's, who answers is not."""
    parties = Parties(domains, "com.kirana.demo", owners=KIRANA)
    alias = Alias("kirana.tracker.example", _owner("analytics", "Tracker Inc."))
    party, reason = parties.party("metrics.kirana.com", None, alias)
    assert party == "third"
    assert reason == "under kirana.com, but DNS gave it as an alias of kirana.tracker.example (Tracker Inc.)"
    cdn = Alias("d1.cdn.example", _owner("cdn", "CDN Inc."))
    assert parties.party("img.kirana.com", None, cdn)[0] == "first"
    own = Alias("x.kcdn.example", _owner("content", "Kirana Stores Ltd"))
    assert parties.party("img.kirana.com", None, own)[0] == "first"


def test_a_name_of_nobodys_is_its_aliass(domains: Domains) -> None:
    alias = Alias("x.tracker.example", _owner("analytics", "Tracker Inc."))
    assert Parties(domains).party("t.nobody.example", None, alias) == (
        "third",
        "known analytics service of Tracker Inc.",
    )
    own = Alias("x.kirana.com", _owner("commerce", "Kirana Stores Ltd"))
    assert Parties(domains, "com.kirana.demo", owners=KIRANA).party("t.nobody.example", None, own)[0] == "first"
