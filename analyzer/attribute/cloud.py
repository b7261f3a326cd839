"""Provider and region of a public address, by the ranges that cloud providers publish."""

import lzma
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.attribute.address import Address
from analyzer.attribute.table import Row, read_table
from analyzer.errors import KnowledgeError

REGION_COLUMNS = ("provider", "region", "country", "place")

_NAMES = {
    "aws": ("AWS", "Amazon Web Services"),
    "azure": ("Azure", "Microsoft Azure"),
    "cloudflare": ("Cloudflare", "Cloudflare"),
    "digitalocean": ("DigitalOcean", "DigitalOcean"),
    "gcp": ("GCP", "Google Cloud"),
    "oracle": ("Oracle", "Oracle Cloud"),
}
_EVERYWHERE = frozenset({"GLOBAL", "global"})
_MAGIC = b"apptells cloud ranges 1\n"
_XZ = b"\xfd7zXZ\0"
_MAX_UNPACKED = 64 << 20
"""Bytes; the ranges of 2026 take a quarter of a megabyte compiled and 1.3 as a table."""

_Owner = tuple[str, str]
"""Provider and region, either of them empty."""
_NOBODY: _Owner = ("", "")


class CloudRegion(Struct, frozen=True, kw_only=True):
    """What a provider says of one of its ranges."""

    provider: str
    """Full name: `Amazon Web Services`."""
    region: str | None
    """Short name and region: `AWS ap-south-1`; None where the range has no region."""
    country: str | None
    place: str | None
    edge: bool
    """True for ranges announced in many places at once, whose nearest point answers."""


class _Header(Struct, frozen=True):
    """Of compiled ranges."""

    owners: list[_Owner]
    v4: int
    """Starts of IPv4."""
    v6: int


class _Segments(Struct, frozen=True):
    """One address family cut at every border of a range: sorted starts, each of which holds up to the next."""

    starts: bytes
    """Addresses as they travel (4 or 16 bytes each), which sort as the numbers do."""
    owners: "array[int]"
    """For each start its position in the list of owners."""

    def find(self, packed: bytes) -> int:
        """Position of the owner of an address; 0 for nobody."""
        starts, width = self.starts, len(packed)
        at = bisect_right(range(len(starts) // width), packed, key=lambda k: starts[k * width : k * width + width]) - 1
        return self.owners[at] if at >= 0 else 0


class CloudRanges:
    """Finds the published range around an address: the longest that names a region, else the longest."""

    def __init__(self, ranges: Path, regions: Mapping[_Owner, tuple[str | None, str | None]]) -> None:
        """`ranges` is read at the first look-up; `regions` gives country and place of a provider's region."""
        self._path = ranges
        self._regions = dict(regions)
        self._owners: list[_Owner] = []
        self._families: dict[int, _Segments] = {}

    def find(self, address: Address) -> CloudRegion | None:
        """The provider and region of an address; None outside all clouds. Raises KnowledgeError on damaged ranges."""
        if not self._families:
            self._owners, self._families = _read(self._path)
        owner = self._families[address.version].find(address.packed)
        return self._region(*self._owners[owner]) if owner else None

    def _region(self, provider: str, region: str) -> CloudRegion:
        short, full = _NAMES.get(provider, (provider, provider))
        edge = provider == "cloudflare" or region in _EVERYWHERE
        country, place = self._regions.get((provider, region), (None, None))
        named = f"{short} {region}" if region and not edge else None
        return CloudRegion(provider=full, region=named, country=country, place=place, edge=edge)


def load_cloud(ranges: Path, regions: Path) -> CloudRanges:
    """Cloud ranges with the country and place of each region; raises KnowledgeError with every mistake of `regions`.

    `ranges` holds what `compile_ranges` made or the table that it is made from, packed with xz or not; the table
    takes a second to read.
    """
    rows = read_table(regions, REGION_COLUMNS, _mistake, key=("provider", "region"))
    return CloudRanges(
        ranges, {(row["provider"], row["region"]): (row["country"] or None, row["place"] or None) for row in rows}
    )


def range_rows(table: str) -> Iterator[tuple[str, str, str]]:
    """The rows of a CSV table cidr, provider, region, with or without that header; raises ValueError for another."""
    if not table:
        raise ValueError("an empty table")
    for line in table.splitlines():
        cidr, provider, region = line.split(",")
        if cidr != "cidr":
            yield cidr, provider, region


def compile_ranges(rows: Iterable[tuple[str, str, str]]) -> bytes:
    """Ranges as (cidr, provider, region), in any order and one inside the other, cut to segments side by side.

    A header line, a line of JSON (the owners; how many starts each family has), then for IPv4 and for IPv6 the starts
    (4 or 16 bytes each) and the numbers of their owners (2 bytes each), the highest byte first. The same ranges give
    the same bytes. Raises ValueError for what is no network.
    """
    families: dict[int, list[tuple[int, int, _Owner]]] = {4: [], 6: []}
    for cidr, provider, region in sorted(set(rows)):
        network = ip_network(cidr)
        ends = int(network.network_address) + network.num_addresses
        families[network.version].append((int(network.network_address), ends, (provider, region)))
    cut = {4: _cut(families[4], 32), 6: _cut(families[6], 128)}
    owners = [_NOBODY, *sorted({owner for family in cut.values() for owner in family.values()} - {_NOBODY})]
    if len(owners) > 1 << 16:
        raise ValueError(f"{len(owners)} regions")
    numbers = {owner: number for number, owner in enumerate(owners)}
    parts = [_MAGIC, msgspec.json.encode(_Header(owners, len(cut[4]), len(cut[6]))), b"\n"]
    for version, width in ((4, 4), (6, 16)):
        parts += [start.to_bytes(width) for start in cut[version]]
        parts += [numbers[owner].to_bytes(2) for owner in cut[version].values()]
    return b"".join(parts)


def segments(path: Path) -> Iterator[tuple[int, int, int, str, str]]:
    """The ranges in a file as `load_cloud` takes it, cut to lie side by side: version, start, end, provider, region.

    Of each address family in order; `end` is the first address after. Raises KnowledgeError on damaged ranges.
    """
    owners, families = _read(path)
    for version, family in families.items():
        width = 4 if version == 4 else 16
        starts = [int.from_bytes(family.starts[at : at + width]) for at in range(0, len(family.starts), width)]
        for (start, end), owner in zip(pairwise([*starts, 1 << 8 * width]), family.owners, strict=True):
            if owner:
                yield version, start, end, *owners[owner]


def _cut(ranges: list[tuple[int, int, _Owner]], bits: int) -> dict[int, _Owner]:
    """Who holds the addresses from each border on. Networks lie inside one another or apart, never across."""
    top = 1 << bits
    borders: dict[int, _Owner] = {}
    around: list[tuple[int, _Owner]] = []
    for start, end, owner in (*sorted(ranges, key=lambda row: (row[0], -row[1])), (top, top, _NOBODY)):
        while around and around[-1][0] <= start:
            ended, _ = around.pop()
            borders[ended] = around[-1][1] if around else _NOBODY
        if around and around[-1][1][1] and not owner[1]:
            # Azure lists addresses of its services once more without a region, inside the range that has it.
            owner = around[-1][1]
        borders[start] = owner
        around.append((end, owner))
    del borders[top]
    kept: dict[int, _Owner] = {}
    before = _NOBODY
    for start in sorted(borders):
        if borders[start] != before:
            kept[start] = before = borders[start]
    return kept


def _read(path: Path) -> tuple[list[_Owner], dict[int, _Segments]]:
    try:
        content = path.read_bytes()
        if content.startswith(_XZ):
            unpacker = lzma.LZMADecompressor()
            content = unpacker.decompress(content, _MAX_UNPACKED)
            if not unpacker.eof:
                raise ValueError("broken off, or far larger than any list of ranges")
        if not content.startswith(_MAGIC):
            content = compile_ranges(range_rows(content.decode("ascii")))
        _, described, tables = content.split(b"\n", 2)
        header = msgspec.json.decode(described, type=_Header)
        families, offset = {}, 0
        for version, width, count in ((4, 4, header.v4), (6, 16, header.v6)):
            between, end = offset + count * width, offset + count * (width + 2)
            families[version] = _Segments(
                tables[offset:between], _numbers(tables[between:end], count, len(header.owners))
            )
            offset = end
        if offset != len(tables):
            raise ValueError("longer than announced")
    except (OSError, EOFError, ValueError, RecursionError, lzma.LZMAError, msgspec.MsgspecError):
        raise KnowledgeError(f"{path}: damaged cloud ranges: install apptells again") from None
    return header.owners, families


def _numbers(table: bytes, count: int, owners: int) -> "array[int]":
    numbers = array("H", table)
    if sys.byteorder == "little":
        numbers.byteswap()
    if len(numbers) != count or max(numbers, default=0) >= owners:
        raise ValueError("another length than announced, or an owner that is not listed")
    return numbers


def _mistake(row: Row) -> str | None:
    if not row["provider"] or not row["region"]:
        return "provider or region is empty"
    if len(row["country"]) != 2 or not row["country"].isupper():
        return f"country {row['country']!r} is not an ISO 3166-1 alpha-2 code"
    return None
