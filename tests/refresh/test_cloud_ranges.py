import lzma
from ipaddress import IPv4Network, collapse_addresses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.cloud import compile_ranges
from analyzer.refresh.cloud_ranges import compiled_rows, from_table
from tests.attribute.conftest import DATA

NETWORKS = st.builds(
    lambda number, length: IPv4Network((number >> (32 - length) << (32 - length), length)),
    st.integers(0, (1 << 32) - 1),
    st.integers(1, 32),
)


def test_shipped_ranges_come_apart_and_together_again() -> None:
    path = DATA / "geo" / "cloud-ranges.bin.xz"
    assert compile_ranges(compiled_rows(path)) == lzma.decompress(path.read_bytes())


@given(st.lists(NETWORKS, min_size=1, max_size=12))
def test_what_is_taken_apart_covers_the_same_addresses(
    tmp_path_factory: pytest.TempPathFactory, networks: list[IPv4Network]
) -> None:
    path = tmp_path_factory.mktemp("ranges") / "ranges.bin"
    path.write_bytes(compile_ranges((str(network), "aws", "x") for network in networks))
    rows = list(compiled_rows(path))
    assert {row[1:] for row in rows} == {("aws", "x")}
    assert [str(network) for network in collapse_addresses(networks)] == [row[0] for row in rows]


def test_a_real_region_counts_before_none(tmp_path: Path) -> None:
    (tmp_path / "table").write_text(
        "cidr,provider,region\n192.0.2.0/24,aws,GLOBAL\n192.0.2.0/24,aws,ap-south-1\n192.0.2.0/24,aws,\n"
    )
    from_table(tmp_path / "table", tmp_path / "out")
    assert list(compiled_rows(tmp_path / "out")) == [("192.0.2.0/24", "aws", "ap-south-1")]
