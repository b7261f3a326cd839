import lzma
from ipaddress import IPv4Network, collapse_addresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.attribute.cloud import compile_ranges
from analyzer.refresh.compiled import compiled_rows
from tests.attribute.conftest import DATA

NETWORKS = st.builds(
    lambda number, length: IPv4Network((number >> (32 - length) << (32 - length), length)),
    st.integers(0, (1 << 32) - 1),
    st.integers(1, 32),
)


def test_shipped_ranges_come_apart_and_together_again() -> None:
    path = DATA / "geo" / "cloud-ranges.bin.xz"
    assert compile_ranges(compiled_rows(path)) == lzma.decompress(path.read_bytes())


@settings(deadline=None)
@given(st.lists(NETWORKS, min_size=1, max_size=12))
def test_what_is_taken_apart_covers_the_same_addresses(
    tmp_path_factory: pytest.TempPathFactory, networks: list[IPv4Network]
) -> None:
    path = tmp_path_factory.mktemp("ranges") / "ranges.bin"
    path.write_bytes(compile_ranges((str(network), "aws", "x") for network in networks))
    rows = list(compiled_rows(path))
    assert {row[1:] for row in rows} == {("aws", "x")}
    assert [str(network) for network in collapse_addresses(networks)] == [row[0] for row in rows]
