import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.company import Companies, load_companies
from analyzer.attribute.owner import (
    FALLBACK_COLUMNS,
    SERVICE_COLUMNS,
    Owners,
    Service,
    ServiceFile,
    fallback_mistake,
    load_fallback,
    load_services,
    suffixes_of,
)
from analyzer.attribute.period import ALWAYS, Period
from analyzer.attribute.table import read_table
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA
from tests.conftest import LABELLED

SERVICES = DATA / "owners" / "services.csv"
FALLBACK = DATA / "owners" / "third-party-web.csv"
HEADER = ",".join(SERVICE_COLUMNS)
COMPANIES = load_companies(DATA / "owners" / "companies.csv")


@pytest.fixture(scope="module")
def owners() -> Owners:
    return Owners([ServiceFile(SERVICES), load_fallback(FALLBACK, "third-party-web", "2026-11-22")], COMPANIES)


def service(operator: str, category: str = "analytics", period: Period = ALWAYS) -> Service:
    """A service as a table holds it."""
    return Service(f"{operator}'s", operator, category, period, "s", "2026-11-22", True)


@pytest.mark.parametrize("host", ["in.wzrkt.com", "IN1.clevertap-prod.com.", "wzrkt.com", "in1.api.clevertap.com"])
def test_clevertap_is_one_owner_under_all_its_domains(owners: Owners, host: str) -> None:
    owner = owners.find(host)
    assert owner is not None
    assert (owner.name, owner.parent, owner.country) == ("WizRocket Inc. (CleverTap)", None, "US")
    assert owner.steps[0].verified


@pytest.mark.parametrize(
    ("host", "suffix", "operator"),
    [
        ("firebaseinstallations.googleapis.com", "firebaseinstallations.googleapis.com", "Google LLC"),
        ("no-such-api.googleapis.com", "googleapis.com", "Google LLC"),
        ("graph.facebook.com", "graph.facebook.com", "Meta Platforms, Inc."),
    ],
)
def test_the_longest_suffix_wins(owners: Owners, host: str, suffix: str, operator: str) -> None:
    matched = owners.match(host)
    assert matched is not None
    assert (matched[0], matched[1].name) == (suffix, operator)


@pytest.mark.parametrize("host", ["notwzrkt.com", "wzrkt.com.example", "com", "", ".", "192.0.2.1", "x" * 9_999])
def test_hosts_that_no_one_is_known_to_own(owners: Owners, host: str) -> None:
    assert owners.find(host) is None


def test_a_later_table_fills_gaps_and_names_customers_of_hosters_only() -> None:
    first = {"cloud.example": [service("Cloud", "cloud")], "ads.example": [service("Ads")]}
    tail = {
        "x.cloud.example": [service("X")],
        "x.ads.example": [service("Y")],
        "example": [service("All")],
        "z.test": [service("Z")],
    }
    owners = Owners([first, tail])
    found = {host: owners.find(host) for host in ("a.x.cloud.example", "b.cloud.example", "x.ads.example", "z.test")}
    assert {host: owner and owner.name for host, owner in found.items()} == {
        "a.x.cloud.example": "X",
        "b.cloud.example": "Cloud",
        "x.ads.example": "Ads",
        "z.test": "Z",
    }


def test_a_service_that_changed_hands_has_the_owner_of_the_day() -> None:
    rows = [service("Bird", period=Period("", "2017-01-18")), service("Search", period=Period("2017-01-18"))]
    owners = Owners([{"crash.example": rows}])
    for day, name in (("2016-12-31", "Bird"), ("2017-01-18", "Search"), (None, "Search")):
        owner = owners.find("a.crash.example", day)
        assert owner is not None
        assert owner.name == name


def test_before_a_service_stood_there_its_row_says_nothing() -> None:
    owners = Owners([{"a.example": [service("A", period=Period("2020"))], "example": [service("Before")]}])
    found = owners.find("a.example", "2019-01-01")
    assert found is not None
    assert found.name == "Before"


def test_the_tail_is_one_source_and_names_no_seat(tmp_path: Path) -> None:
    path = tmp_path / "tail.csv"
    path.write_text("suffix,name,company,category\nt.example,T Counter,T Ltd,ad\nu.example,U,,video\n")
    owners = Owners([load_fallback(path, "third-party-web 0.30.0", "2026-11-22")])
    found = owners.find("c.t.example")
    assert found is not None
    (step,) = found.steps
    assert (found.product, step.name, found.category) == ("T Counter", "T Ltd", "advertising")
    assert (step.source, step.checked, step.verified, step.country) == (
        "third-party-web 0.30.0", "2026-11-22", False, None,
    )  # fmt: skip
    found = owners.find("u.example")
    assert found is not None
    assert (found.name, found.category) == ("U", "media")


def test_every_mistake_has_its_line(tmp_path: Path) -> None:
    companies = Companies()
    good = "a.example,P,O,analytics,,,s,2026-11-22,yes,"
    bad = {
        3: ("a.example,P,O,analytics,,,s,2026-11-22,yes,", "a.example  is already on line 2"),
        4: ("*.b.example,P,O,analytics,,,s,2026-11-22,yes,", "suffix '*.b.example' is not a host name"),
        5: ("c.example,P,O,analytics,2017-13,,s,2026-11-22,yes,", "since '2017-13' is not"),
        6: ("d.example,P,O,spying,,,s,2026-11-22,yes,", "category 'spying' is not one of"),
        7: ("e.example,P,O,analytics,,,s,22.11.2026,yes,", "checked '22.11.2026' is not a date"),
        8: ("f.example,P,O,analytics,,,s,2026-11-22,perhaps,", "verified 'perhaps' is neither"),
        9: ("g.example,P,,analytics,,,s,2026-11-22,yes,", "operator is empty"),
        10: ("h.example,P", "2 values for 10 columns"),
        11: ("i.example,P,O,analytics,,,,2026-11-22,yes,", "source is empty"),
    }
    path = tmp_path / "t.csv"
    path.write_text("\n".join([HEADER, good, *(row for row, _ in bad.values())]) + "\n")
    with pytest.raises(KnowledgeError) as error:
        load_services(path, companies)
    lines = str(error.value).splitlines()
    assert len(lines) == len(bad)
    for said, (number, (_, what)) in zip(lines, bad.items(), strict=True):
        assert said.startswith(f"{path}:{number}: {what}")


def test_an_operator_needs_a_row_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{HEADER}\na.example,P,Nobody Ltd,analytics,,,s,2026-11-22,yes,\n")
    with pytest.raises(KnowledgeError, match=r"a\.example has the operator 'Nobody Ltd', which has no row"):
        load_services(path, Companies())


def test_the_shipped_tables_have_no_mistake() -> None:
    """Both are read without a check at run time."""
    services, file = load_services(SERVICES, COMPANIES), ServiceFile(SERVICES)
    assert all(file.get(suffix) == rows for suffix, rows in services.items())
    assert file.get("nobody-knows.example") is None
    assert len({row.product for rows in services.values() for row in rows}) > 600
    assert read_table(FALLBACK, FALLBACK_COLUMNS, fallback_mistake, key=("suffix",))


def test_a_damaged_table_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "services.csv"
    for text in ("", "suffix,product\n", "\ufeff" + HEADER):
        path.write_text(text)
        with pytest.raises(KnowledgeError, match=r"services\.csv: missing or damaged: install apptells again"):
            ServiceFile(path)


def test_what_is_verified_names_its_source() -> None:
    for path in (SERVICES, DATA / "owners" / "companies.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["verified"] == "no" or row["source"] != "written by hand", row


@given(st.text(max_size=300))
def test_suffixes_end_a_host_at_label_boundaries_the_longest_first(host: str) -> None:
    found = list(suffixes_of(host))
    assert all(f".{host.lower().rstrip('.')}".endswith(f".{suffix}") for suffix in found)
    assert found == sorted(set(found), key=len, reverse=True)


def test_every_third_party_of_the_labelled_captures_is_known(owners: Owners) -> None:
    if not LABELLED.is_dir():
        pytest.skip("the labelled captures are not here")
    hosts = {
        urlsplit(entry["request"]["url"]).hostname or ""
        for path in LABELLED.glob("*/capture.har")
        for entry in json.loads(path.read_bytes())["log"]["entries"]
    }
    table = Owners([ServiceFile(SERVICES)])
    assert sorted(host for host in hosts if not host.endswith(".example") and table.find(host) is None) == []
    assert len(hosts) > 40
