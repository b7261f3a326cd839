import lzma
import tempfile
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.cloud import CloudRanges, load_cloud
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

RANGES = DATA / "geo" / "cloud-ranges.csv.xz"
REGIONS = DATA / "geo" / "regions.csv"
CLOUD = load_cloud(RANGES, REGIONS)


@pytest.mark.parametrize(
    ("ip", "region", "country", "place"),
    [
        ("13.126.10.10", "AWS ap-south-1", "IN", "Mumbai"),
        ("34.93.1.1", "GCP asia-south1", "IN", "Mumbai"),
        ("20.192.1.1", "Azure centralindia", "IN", "Pune"),
        ("4.156.0.76", "Azure eastus", "US", "Virginia"),  # also listed without a region, inside the region's range
    ],
)
def test_regions(ip: str, region: str, country: str, place: str) -> None:
    found = CLOUD.find(ip_address(ip))
    assert found is not None
    assert (found.region, found.country, found.place, found.edge) == (region, country, place, False)


@pytest.mark.parametrize(
    ("ip", "provider"),
    [("104.16.0.1", "Cloudflare"), ("2606:4700::1", "Cloudflare"), ("13.32.0.1", "Amazon Web Services")],
)
def test_edges(ip: str, provider: str) -> None:
    found = CLOUD.find(ip_address(ip))
    assert found is not None
    assert (found.provider, found.region, found.country, found.edge) == (provider, None, None, True)


def test_outside_all_clouds() -> None:
    assert [CLOUD.find(ip_address(ip)) for ip in ("164.100.1.1", "127.0.0.1", "2001:db8::1")] == [None] * 3


def test_every_region_of_the_ranges_has_a_country() -> None:
    lines = lzma.decompress(RANGES.read_bytes()).decode().splitlines()[1:]
    ranged = {tuple(line.split(",")[1:]) for line in lines if not line.endswith(",")}
    listed = {tuple(line.split(",")[:2]) for line in REGIONS.read_text("utf-8").splitlines()[1:]}
    unknown = {pair for pair in ranged - listed if pair[1] not in ("GLOBAL", "global")}
    assert unknown == {("azure", "northeurope2")}, "its ranges lie in several countries"
    assert listed <= ranged


NETWORKS = ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "2001:db8::/32", "2001:db8:1::/48")


@given(st.lists(st.tuples(st.sampled_from(NETWORKS), st.sampled_from(["", "r1", "r2"])), unique_by=lambda row: row[0]))
def test_the_longest_range_with_a_region_wins(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv.xz"
        path.write_bytes(lzma.compress("\n".join(["cidr,provider,region", *(f"{n},p,{r}" for n, r in rows)]).encode()))
        cloud = CloudRanges(path, {})
        for ip in ("10.1.2.3", "10.1.2.4", "10.9.9.9", "2001:db8:1::1", "2001:db8:2::1"):
            around = [(ip_network(n).prefixlen, r) for n, r in rows if ip_address(ip) in ip_network(n)]
            found = cloud.find(ip_address(ip))
            named = [region for _, region in sorted(around, reverse=True) if region]
            assert (found is not None) == bool(around)
            assert (found.region if found else None) == (f"p {named[0]}" if named else None)


@pytest.mark.parametrize(
    "content", [b"", b"not xz", lzma.compress(b"cidr\n1.2.3/8,aws,x"), lzma.compress(b"\xff\n\xff")]
)
def test_damaged_ranges(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.csv.xz"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match="damaged cloud ranges"):
        CloudRanges(path, {}).find(ip_address("1.2.3.4"))


def test_mistakes_in_regions(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_text("provider,region,country,place\naws,x,India,\naws,,IN,\naws,y,IN,\naws,y,IN,\n")
    with pytest.raises(KnowledgeError) as error:
        load_cloud(RANGES, path)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "5"]
