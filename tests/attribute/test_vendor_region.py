from pathlib import Path

import pytest

from analyzer.attribute.owner import load_owners
from analyzer.attribute.vendor_region import load_vendor_regions
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

TABLE = DATA / "owners" / "vendor-regions.csv"
REGIONS = load_vendor_regions(TABLE)


@pytest.mark.parametrize(
    ("host", "label", "means"),
    [
        ("in.wzrkt.com", "in", "India"),
        ("in1.clevertap-prod.com", "in1", "India"),
        ("aps3.clevertap-prod.com", "aps3", "Indonesia"),
        ("in1.api.clevertap.com", "in1", "India"),
        ("o447951.ingest.us.sentry.io", "us", "the United States"),
        ("firehose.ap-south-1.amazonaws.com", "ap-south-1", "its region in Mumbai"),
        ("EU.i.posthog.com", "eu", "the European Union"),
    ],
)
def test_labels(host: str, label: str, means: str) -> None:
    found = REGIONS.find(host)
    assert found is not None
    assert (found.label, found.means) == (label, means)


@pytest.mark.parametrize(
    "host", ["wzrkt.com", "clevertap-prod.com", "main.wzrkt.com", "in.example", "in.notwzrkt.com", ""]
)
def test_hosts_without_a_label(host: str) -> None:
    assert REGIONS.find(host) is None


def test_every_labelled_host_has_an_owner() -> None:
    owners = load_owners([DATA / "owners" / "owners.csv"])
    rows = [line.split(",") for line in TABLE.read_text("utf-8").splitlines()[1:]]
    assert [suffix for suffix, *_ in rows if owners.find(suffix) is None] == []


def test_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text("suffix,label,means\na.example,in,\na.example,us,US\na.example,us,US\n")
    with pytest.raises(KnowledgeError) as error:
        load_vendor_regions(path)
    assert str(error.value) == f"{path}:2: means is empty\n{path}:4: a.example us is already on line 3"
