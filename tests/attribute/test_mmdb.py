"""Our reader of MaxMind DB files, with maxminddb as its oracle."""

import random
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.datafile import load_data_files
from analyzer.attribute.mmdb import Mmdb
from analyzer.attribute.unpack import unpacked
from tests.attribute.conftest import DATA
from tests.attribute.mmdb import write_mmdb

FILES = load_data_files(DATA / "geo" / "databases.csv")


@pytest.mark.parametrize("name", ["dbip-country-lite.mmdb.xz", "dbip-asn-lite.mmdb.xz"])
def test_it_reads_the_shipped_databases_as_maxminddb_does(cache: Path, name: str) -> None:
    path = unpacked(FILES[name].path, FILES[name].content_sha256, cache)
    assert isinstance(path, Path)
    ours, oracle, dice = Mmdb(path), maxminddb.open_database(path), random.Random(20)
    metadata = oracle.metadata()
    assert (ours.kind, ours.built) == (metadata.database_type, metadata.build_epoch)
    addresses = [IPv4Address(dice.getrandbits(32)) for _ in range(2_000)]
    addresses += [IPv6Address(0x20 << 120 | dice.getrandbits(120)) for _ in range(1_000)]  # type: ignore[misc]
    addresses += [IPv6Address((0x2A00 + dice.randrange(64)) << 112 | dice.getrandbits(112)) for _ in range(1_000)]  # type: ignore[misc]
    found = [ours.get(address) for address in addresses]
    assert found == [oracle.get(address) for address in addresses]
    assert sum(map(bool, found)) > 1_000


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.booleans(), st.integers(0, 2**32 - 1), st.text(max_size=60)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=9), inner, max_size=4)),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([4, 6]))
def test_it_reads_every_value(value: Any, version: int) -> None:
    database = Mmdb(write_mmdb("X", {"10.0.0.0/8": value}, version))
    assert database.get(ip_address("10.1.2.3")) == value
    assert database.get(ip_address("11.1.2.3")) is None
    assert database.get(ip_address("2001:db8::1")) is None


WHOLE = write_mmdb("X", {f"{first}.0.0.0/8": {"country": {"iso_code": "SG"}, "n": [1, 2]} for first in range(1, 99)})


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_damage_is_a_value_error(position: int, byte: int) -> None:
    try:
        database = Mmdb(WHOLE[:position] + bytes([byte]) + WHOLE[position + 1 :])
        database.get(ip_address("13.0.0.1"))
        database.get(ip_address("ff00::"))
    except ValueError:
        pass


@given(st.binary(max_size=200))
def test_junk_is_a_value_error(junk: bytes) -> None:
    for content in (junk, b"\xab\xcd\xefMaxMind.com" + junk):
        with pytest.raises(ValueError):  # noqa: PT011
            Mmdb(content)


def test_records_that_hold_each_other_end() -> None:
    """A map with two pointers to itself: without a limit, two to the power of the depth."""
    whole = write_mmdb("X", {"10.0.0.0/8": "x" * 20})
    text = whole.index(b"x" * 20) - 1
    itself = b"\xe2\x41a\x20\x00\x41b\x20\x00"
    database = Mmdb(whole[:text] + itself.ljust(21, b"\0") + whole[text + 21 :])
    with pytest.raises(ValueError, match="never ends"):
        database.get(ip_address("10.1.2.3"))
