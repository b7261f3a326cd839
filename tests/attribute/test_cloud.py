import lzma
import tempfile
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.cloud import CloudRanges, compile_ranges, load_cloud, range_rows
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

RANGES = DATA / "geo" / "cloud-ranges.bin.xz"
SOURCE = DATA / "geo" / "cloud-ranges.csv.xz"
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
    rows = range_rows(lzma.decompress(SOURCE.read_bytes()).decode("ascii"))
    ranged = {(provider, region) for _, provider, region in rows if region}
    listed = {tuple(line.split(",")[:2]) for line in REGIONS.read_text("utf-8").splitlines()[1:]}
    unknown = {pair for pair in ranged - listed if pair[1] not in ("GLOBAL", "global")}
    assert unknown == {("azure", "northeurope2")}, "its ranges lie in several countries"
    assert listed <= ranged


def test_the_compiled_ranges_are_those_of_the_table() -> None:
    compiled = lzma.decompress(RANGES.read_bytes())
    assert compiled == compile_ranges(range_rows(lzma.decompress(SOURCE.read_bytes()).decode("ascii"))), (
        "write them anew with `python -m tests.attribute.test_cloud`"
    )


NETWORKS = (
    "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "11.0.0.0/8", "255.255.255.255/32",
    "::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::/128", "ffff::/16",
)  # fmt: skip
ADDRESSES = (
    "0.0.0.0", "9.255.255.255", "10.0.0.0", "10.1.2.2", "10.1.2.3", "10.1.2.4", "10.1.3.0", "10.9.9.9", "11.0.0.0",
    "12.0.0.0", "255.255.255.255", "::", "2001:db8::1", "2001:db8:1::", "2001:db8:1::1", "2001:db8:2::1", "ffff::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(NETWORKS), st.sampled_from(["", "r1", "r2"])), unique_by=lambda row: row[0]),
    st.sampled_from(["table", "packed table", "compiled"]),
)
def test_the_longest_range_with_a_region_wins(rows: list[tuple[str, str]], form: str) -> None:
    table = "\n".join(["cidr,provider,region", *(f"{n},p,{r}" for n, r in rows)]).encode()
    compiled = compile_ranges((n, "p", r) for n, r in reversed(rows))
    assert compiled == compile_ranges((n, "p", r) for n, r in rows)
    content = {"table": table, "packed table": lzma.compress(table), "compiled": compiled}[form]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ranges"
        path.write_bytes(content)
        cloud = CloudRanges(path, {})
        for ip in map(ip_address, ADDRESSES):
            around = [(ip_network(n).prefixlen, r) for n, r in rows if ip in ip_network(n)]
            found = cloud.find(ip)
            named = [region for _, region in sorted(around, reverse=True) if region]
            assert (found is not None) == bool(around)
            assert (found.region if found else None) == (f"p {named[0]}" if named else None)


WHOLE = compile_ranges([("10.0.0.0/8", "aws", "x"), ("2001:db8::/32", "aws", "x")])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a table",
        b"1.2.3/8,aws,x",
        b"\xff\n\xff",
        b"\xfd7zXZ\0",
        lzma.compress(WHOLE)[:-9],
        WHOLE[:-1],
        WHOLE + b"\0\0",
        WHOLE.replace(b'"v4":2', b'"v4":-2'),
        WHOLE.replace(b'"v4":2', b'"v4":9'),
        WHOLE.replace(b'"owners"', b'"other"'),
        WHOLE.replace(b'[["",""],', b"["),
        WHOLE.replace(b',["aws","x"]', b""),
        WHOLE.replace(b'{"owners"', b"[" * 100_000),
    ],
)
def test_damaged_ranges(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ranges"
    path.write_bytes(content)
    if content == WHOLE:
        pytest.fail("nothing is damaged")
    with pytest.raises(KnowledgeError, match="damaged cloud ranges"):
        CloudRanges(path, {}).find(ip_address("1.2.3.4"))


def test_mistakes_in_regions(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_text("provider,region,country,place\naws,x,India,\naws,,IN,\naws,y,IN,\naws,y,IN,\n")
    with pytest.raises(KnowledgeError) as error:
        load_cloud(RANGES, path)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "5"]


if __name__ == "__main__":
    table = lzma.decompress(SOURCE.read_bytes()).decode("ascii")
    RANGES.write_bytes(lzma.compress(compile_ranges(range_rows(table)), preset=9 | lzma.PRESET_EXTREME))
