import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.owner import COLUMNS, Owners, load_owners, longest_suffix
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA
from tests.conftest import LABELLED

OWNERS = DATA / "owners" / "owners.csv"
FALLBACK = DATA / "owners" / "third-party-web.csv"
HEADER = ",".join(COLUMNS)


@pytest.fixture(scope="module")
def owners() -> Owners:
    return load_owners([OWNERS], FALLBACK)


def _table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.mark.parametrize("host", ["in.wzrkt.com", "IN1.clevertap-prod.com.", "wzrkt.com", "in1.api.clevertap.com"])
def test_clevertap_is_one_owner_under_all_its_domains(owners: Owners, host: str) -> None:
    owner = owners.find(host)
    assert owner is not None
    assert (owner.name, owner.parent, owner.country, owner.verified) == ("WizRocket Inc. (CleverTap)", None, "US", True)


@pytest.mark.parametrize(
    ("host", "suffix", "product"),
    [
        ("firebaseinstallations.googleapis.com", "firebaseinstallations.googleapis.com", "Firebase Installations"),
        ("www.googleapis.com", "googleapis.com", "Google APIs"),
        ("graph.facebook.com", "graph.facebook.com", "Facebook Graph API / App Events"),
        ("firehose.ap-south-1.amazonaws.com", "amazonaws.com", "Amazon Web Services"),
    ],
)
def test_the_longest_suffix_wins(owners: Owners, host: str, suffix: str, product: str) -> None:
    matched = owners.match(host)
    assert matched is not None
    assert (matched[0], matched[1].product) == (suffix, product)


@pytest.mark.parametrize("host", ["notwzrkt.com", "wzrkt.com.example", "com", "", ".", "192.0.2.1", "x" * 9_999])
def test_hosts_that_no_one_is_known_to_own(owners: Owners, host: str) -> None:
    assert owners.find(host) is None


def test_fallback_fills_gaps_and_names_customers_of_hosters_only(tmp_path: Path) -> None:
    table = _table(
        tmp_path / "t.csv",
        "cloud.example,Cloud,Cloud Ltd,,IN,cloud,a,2026-11-22,yes,",
        "ads.example,Ads,Ads Ltd,,IN,advertising,a,2026-11-22,yes,",
    )
    fallback = tmp_path / "f.csv"
    fallback.write_text(
        "suffix,name,company,category\nx.cloud.example,X,,ad\nx.ads.example,Y,,ad\nz.example,Z,Z Ltd,ad\n"
    )
    owners = load_owners([table], fallback)
    found = {host: owners.find(host) for host in ("a.x.cloud.example", "b.cloud.example", "x.ads.example", "z.example")}
    assert {host: owner and owner.name for host, owner in found.items()} == {
        "a.x.cloud.example": "X",
        "b.cloud.example": "Cloud Ltd",
        "x.ads.example": "Ads Ltd",
        "z.example": "Z Ltd",
    }
    assert found["z.example"] is not None
    assert (found["z.example"].verified, found["z.example"].country) == (False, None)


def test_the_users_table_goes_over_ours(tmp_path: Path) -> None:
    own = _table(tmp_path / "own.csv", "wzrkt.com,Mine,Mine Ltd,,IN,engagement,me,2026-11-22,no,")
    owner = load_owners([OWNERS, own]).find("in.wzrkt.com")
    assert owner is not None
    assert owner.name == "Mine Ltd"


def test_every_mistake_has_its_line(tmp_path: Path) -> None:
    good = "a.example,P,O,,IN,analytics,s,2026-11-22,yes,"
    bad = {
        3: ("a.example,P,O,,IN,analytics,s,2026-11-22,yes,", "a.example is already on line 2"),
        4: ("*.b.example,P,O,,IN,analytics,s,2026-11-22,yes,", "suffix '*.b.example' is not a host name"),
        5: ("c.example,P,O,,UK,analytics,s,2026-11-22,yes,", "country 'UK' is not"),
        6: ("d.example,P,O,,IN,spying,s,2026-11-22,yes,", "category 'spying' is not one of"),
        7: ("e.example,P,O,,IN,analytics,s,22.11.2026,yes,", "checked '22.11.2026' is not a date"),
        8: ("f.example,P,O,,IN,analytics,s,2026-11-22,perhaps,", "verified 'perhaps' is neither"),
        9: ("g.example,P,,,IN,analytics,s,2026-11-22,yes,", "owner is empty"),
        10: ("h.example,P", "2 values for 10 columns"),
    }
    path = _table(tmp_path / "t.csv", good, *(row for row, _ in bad.values()))
    with pytest.raises(KnowledgeError) as error:
        load_owners([path])
    lines = str(error.value).splitlines()
    assert len(lines) == len(bad)
    for said, (number, (_, what)) in zip(lines, bad.items(), strict=True):
        assert said.startswith(f"{path}:{number}: {what}")


@given(st.text(max_size=300))
def test_a_suffix_is_found_only_at_a_label_boundary(host: str) -> None:
    found = longest_suffix(host, {"example": 1, "a.example": 1})
    assert found is None or f".{host.lower().rstrip('.')}".endswith(f".{found}")


def test_one_name_has_one_parent_and_one_seat() -> None:
    """Recipients are grouped by owner; two spellings of one owner would be two recipients."""
    said: dict[str, set[tuple[str, str]]] = {}
    with OWNERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said.setdefault(row["owner"], set()).add((row["parent"], row["country"]))
            assert row["verified"] == "no" or row["source"] != "written by hand", row["suffix"]
    assert {name: answers for name, answers in said.items() if len(answers) > 1} == {}


def test_every_third_party_of_the_labelled_captures_is_known(owners: Owners) -> None:
    if not LABELLED.is_dir():
        pytest.skip("the labelled captures are not here")
    hosts = {
        urlsplit(entry["request"]["url"]).hostname or ""
        for path in LABELLED.glob("*/capture.har")
        for entry in json.loads(path.read_bytes())["log"]["entries"]
    }
    table = load_owners([OWNERS])
    assert sorted(host for host in hosts if not host.endswith(".example") and table.find(host) is None) == []
    assert len(hosts) > 40
