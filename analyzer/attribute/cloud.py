"""Provider and region of a public address, by the ranges that cloud providers publish."""

import lzma
from collections.abc import Mapping
from ipaddress import IPv6Address
from pathlib import Path

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
_Lengths = tuple[tuple[int, dict[int, tuple[str, str]]], ...]
"""Prefix lengths, longest first, each with its networks as numbers and their provider and region."""


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


class CloudRanges:
    """Finds the longest published range around an address; ranges are read at the first look-up of their family."""

    def __init__(self, ranges: Path, regions: Mapping[tuple[str, str], tuple[str | None, str | None]]) -> None:
        """`ranges` is an xz-packed CSV (cidr, provider, region); `regions` gives country and place of a region."""
        self._path = ranges
        self._regions = dict(regions)
        self._lengths: dict[bool, _Lengths] = {}

    def find(self, address: Address) -> CloudRegion | None:
        """The provider and region of an address; None outside all clouds. Raises KnowledgeError on damaged ranges."""
        is_v6 = isinstance(address, IPv6Address)
        if is_v6 not in self._lengths:
            self._lengths[is_v6] = _load_ranges(self._path, is_v6)
        number, width, provider = int(address), address.max_prefixlen, None
        for length, table in self._lengths[is_v6]:
            found = table.get(number >> (width - length))
            if found is None:
                continue
            # Azure lists addresses of its services once more without a region, inside the range that has it.
            if found[1]:
                return self._region(*found)
            provider = provider or found[0]
        return self._region(provider, "") if provider else None

    def _region(self, provider: str, region: str) -> CloudRegion:
        short, full = _NAMES.get(provider, (provider, provider))
        edge = provider == "cloudflare" or region in _EVERYWHERE
        country, place = self._regions.get((provider, region), (None, None))
        named = f"{short} {region}" if region and not edge else None
        return CloudRegion(provider=full, region=named, country=country, place=place, edge=edge)


def load_cloud(ranges: Path, regions: Path) -> CloudRanges:
    """Cloud ranges with the country and place of each region; raises KnowledgeError with every mistake of `regions`."""
    rows = read_table(regions, REGION_COLUMNS, _mistake, key=("provider", "region"))
    return CloudRanges(
        ranges, {(row["provider"], row["region"]): (row["country"] or None, row["place"] or None) for row in rows}
    )


def _v4(text: str) -> int:
    # Twenty thousand of these are read at start-up; ipaddress takes five times as long.
    a, b, c, d = text.split(".")
    return int(a) << 24 | int(b) << 16 | int(c) << 8 | int(d)


def _v6(text: str) -> int:
    return int(IPv6Address(text))


def _load_ranges(path: Path, is_v6: bool) -> _Lengths:
    tables: dict[int, dict[int, tuple[str, str]]] = {}
    names: dict[str, tuple[str, str]] = {}
    parse, width = (_v6, 128) if is_v6 else (_v4, 32)
    try:
        for line in lzma.decompress(path.read_bytes()).decode("ascii").splitlines()[1:]:
            cidr, _, owner = line.partition(",")
            if (":" in cidr) is not is_v6:
                continue
            network, _, length = cidr.partition("/")
            if owner not in names:
                provider, _, region = owner.partition(",")
                names[owner] = (provider, region)
            bits = int(length)
            tables.setdefault(bits, {})[parse(network) >> (width - bits)] = names[owner]
    except (OSError, ValueError, lzma.LZMAError):
        raise KnowledgeError(f"{path}: damaged cloud ranges: install apptells again") from None
    return tuple(sorted(tables.items(), reverse=True))


def _mistake(row: Row) -> str | None:
    if not row["provider"] or not row["region"]:
        return "provider or region is empty"
    if len(row["country"]) != 2 or not row["country"].isupper():
        return f"country {row['country']!r} is not an ISO 3166-1 alpha-2 code"
    return None
