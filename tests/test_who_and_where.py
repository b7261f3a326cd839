"""From a capture to owner, party, network, country and indicators: what it shows of its servers reaches the report."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.capture.open import open_capture
from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge
from analyzer.pipeline import Options, analyze
from analyzer.report.html import render_html
from analyzer.reported import Report
from tests.conftest import FIXTURES

MUMBAI, VIRGINIA = "13.126.10.10", "3.80.0.1"
"""In the ranges that AWS publishes for ap-south-1 and us-east-1."""


def _entry(url: str, ip: str, connect: float = -1, **more: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-10-01T10:00:00Z",
        "request": {"method": "GET", "url": url, "headers": [], "queryString": []},
        "response": {"status": 200, "headers": [], "content": {}},
        "serverIPAddress": ip,
        "timings": {"connect": connect, "ssl": -1, "send": 0, "wait": 1, "receive": 0},
        **more,
    }


ENTRIES = [
    _entry("https://api.kirana-demo.com/?email=asha%40post.example", MUMBAI, 3.0),
    _entry("https://metrics.kirana-demo.com/b?email=asha%40post.example", MUMBAI, 3.0),
    _entry(
        "https://t.nobody-knows.example/?email=asha%40post.example",
        VIRGINIA,
        4.0,
        _certificate={"subject": "*.nobody-knows.example", "organisation": "Nobody Knows Ltd", "issuer": "A CA"},
    ),
    _entry("https://a.c2.example/?email=asha%40post.example", VIRGINIA),
]
DNS = [{"name": "metrics.kirana-demo.com", "aliases": ["kirana.sc.omtrdc.net"], "addresses": [MUMBAI]}]


def _report(folder: Path, **options: Any) -> Report:
    file = folder / "made.har"
    log = {"version": "1.2", "creator": {"name": "mitmproxy", "version": "12"}, "_dns": DNS, "entries": ENTRIES}
    file.write_text(json.dumps({"log": log}))
    with open_capture(file) as reader:
        return analyze(reader, Knowledge(), Options(app="com.kirana-demo.app", **options))


def test_an_alias_of_a_tracker_under_the_makers_name_is_a_third_party(tmp_path: Path) -> None:
    report = _report(tmp_path)
    found = {destination.host: destination for destination in report.destinations}
    own, cloaked = found["api.kirana-demo.com"], found["metrics.kirana-demo.com"]
    assert (own.party, own.owner) == ("first", None)
    assert (cloaked.party, cloaked.owner, cloaked.aliases) == ("third", "Adobe Inc.", ("kirana.sc.omtrdc.net",))
    assert any("kirana.sc.omtrdc.net" in sentence.text for sentence in report.sentences)


def test_an_owner_nobody_knows_is_listed_with_what_the_capture_shows(tmp_path: Path) -> None:
    unknown = {one.domain: one for one in _report(tmp_path).unknown_owners}
    listed = unknown["nobody-knows.example"]
    assert listed.certificate_organisations == ("Nobody Knows Ltd",)
    assert (listed.exchanges, listed.countries) == (1, ("US",))
    assert "kirana-demo.com" not in unknown


@pytest.mark.parametrize(
    ("captured_in", "too_far"),
    [("IN", ["t.nobody-knows.example"]), ("US", ["api.kirana-demo.com", "metrics.kirana-demo.com"])],
)
def test_what_answered_too_soon_is_not_where_it_is_said_to_be(
    tmp_path: Path, captured_in: str, too_far: list[str]
) -> None:
    report = _report(tmp_path, captured_in=captured_in)
    assert [found.host for found in report.destinations if found.server_country_too_far] == too_far
    assert report.method.captured_in == captured_in


def test_without_a_place_servers_that_cannot_both_be_right_are_marked(tmp_path: Path) -> None:
    report = _report(tmp_path)
    assert {found.host for found in report.destinations if found.server_country_too_far} == {
        "api.kirana-demo.com",
        "metrics.kirana-demo.com",
        "t.nobody-knows.example",
    }


def test_an_indicator_tops_the_report(tmp_path: Path) -> None:
    report = _report(tmp_path, indicators=(FIXTURES / "indicators" / "made-up.stix2",))
    (match,) = report.indicator_matches
    assert (match.indicator, match.observed, match.exchanges) == ("c2.example", "a.c2.example", (3,))
    assert "ExampleSpy" in match.sentence
    assert 3 in {request.exchange for request in report.requests}
    assert [listed.name for listed in report.method.indicators] == ["made-up.stix2"]
    page = "".join(render_html(report))
    assert page.index(match.observed) < page.index(report.sentences[0].text[:40])


def test_the_users_owners_count_before_ours(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("suffix,owner,country,parent\nnobody-knows.example,Somebody GmbH,DE,Somebody SE\n")
    report = _report(tmp_path, owners=(table,))
    found = next(one for one in report.destinations if one.host == "t.nobody-knows.example")
    assert (found.owner, found.parent, found.owner_country) == ("Somebody GmbH", "Somebody SE", "DE")
    assert any("mine.csv" in database.name for database in report.method.databases)


def test_a_place_that_is_no_country_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match="'XX' is no country code; give one of ISO 3166-1"):
        _report(tmp_path, captured_in="XX")


def test_an_owner_of_the_day_of_the_capture(tmp_path: Path) -> None:
    """MoPub was Twitter's in 2018 and AppLovin's after."""
    named = {}
    for year in ("2018", "2026"):
        file = tmp_path / f"{year}.har"
        entry = _entry("https://ads.mopub.com/?email=asha%40post.example", VIRGINIA)
        entry["startedDateTime"] = f"{year}-10-01T10:00:00Z"
        file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
        with open_capture(file) as reader:
            (found,) = analyze(reader, Knowledge(), Options()).destinations
        named[year] = found.parent or found.owner
    assert "Twitter" in (named["2018"] or "")
    assert named["2026"] == "AppLovin Corporation"
