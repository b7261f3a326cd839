"""Hosts that the tables of owners explain, and the list of those in the labelled captures."""

from pathlib import Path

import pytest

from analyzer.attribute.attribution import load_attribution
from analyzer.attribute.company import load_companies
from analyzer.knowledge import DATA
from tests.accuracy.attribution_page import LEAST_OWNER, LISTS, coverages
from tests.accuracy.coverage import coverage, labelled_hosts, listed_hosts
from tests.conftest import LABELLED


def test_enough_hosts_have_an_owner(tmp_path: Path) -> None:
    for one in coverages(tmp_path):
        assert one.owner / one.hosts >= LEAST_OWNER[one.name], one.missing
        assert one.hosts >= (200 if one.name == "Mobile SDKs" else 50)


def test_what_is_counted(tmp_path: Path) -> None:
    data = DATA
    companies = load_companies(data / "owners" / "companies.csv")
    one = coverage("two", ["app.adjust.com", "nobody-knows.example"], load_attribution(data, cache=tmp_path), companies)
    assert (one.hosts, one.owner, one.parent, one.seat, one.missing) == (2, 1, 1, 1, ("nobody-knows.example",))


def test_lists_hold_each_host_once() -> None:
    for _, file in LISTS:
        hosts = listed_hosts(file)
        assert list(hosts) == sorted(set(hosts))


def test_the_list_of_labelled_hosts_is_that_of_the_captures() -> None:
    if not LABELLED.is_dir():
        pytest.skip("the labelled captures are not here")
    assert listed_hosts("labelled_hosts.csv") == tuple(labelled_hosts())
