"""How many hosts the tables of owners explain: those of the labelled captures, and those of mobile SDKs."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from analyzer.attribute.attribution import BY_HAND, Attribution
from analyzer.attribute.company import Companies
from tests.conftest import LABELLED

_HERE = Path(__file__)


class Coverage(Struct, frozen=True, kw_only=True):
    """Of one list of hosts, how many have each answer."""

    name: str
    hosts: int
    owner: int
    parent: int
    """The companies above are named, or the table says of the operator that it has none."""
    seat: int
    source: int
    """Something other than the writer of the row is named as its source."""
    confirmed: int
    """A second source names the operator."""
    missing: tuple[str, ...]
    """Hosts without an owner."""


def listed_hosts(name: str) -> tuple[str, ...]:
    """The hosts of `sdk_hosts.csv` or `labelled_hosts.csv`, which say where each is named."""
    with _HERE.with_name(name).open(encoding="utf-8", newline="") as file:
        return tuple(row["host"] for row in csv.DictReader(file))


def labelled_hosts(folder: Path = LABELLED) -> dict[str, str]:
    """Third-party hosts of the labelled captures, each with the first case; the made-up app's own are `.example`."""
    hosts: dict[str, str] = {}
    for path in sorted(folder.glob("*/capture.har")):
        for entry in json.loads(path.read_bytes())["log"]["entries"]:
            host = urlsplit(entry["request"]["url"]).hostname or ""
            if host and not host.endswith(".example"):
                hosts.setdefault(host, path.parent.name)
    return dict(sorted(hosts.items()))


def coverage(name: str, hosts: Iterable[str], attribution: Attribution, companies: Companies) -> Coverage:
    """What is known of each host."""
    found = [attribution.destination(host) for host in hosts]
    known = [destination for destination in found if destination.ownership]
    return Coverage(
        name=name,
        hosts=len(found),
        owner=len(known),
        parent=sum(destination.ownership[-1].name in companies for destination in known),
        seat=sum(destination.owner_country is not None for destination in known),
        source=sum(destination.ownership[0].source != BY_HAND for destination in known),
        confirmed=sum(destination.owner_verified for destination in known),
        missing=tuple(destination.host for destination in found if not destination.ownership),
    )
