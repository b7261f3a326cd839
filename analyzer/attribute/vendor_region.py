"""The region that a vendor names in its own host names: a statement of the vendor, not a measurement."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.domain import MAX_HOST, normal_host
from analyzer.attribute.table import Row, read_table, trusted_rows
from analyzer.errors import KnowledgeError

COLUMNS = ("suffix", "label", "means", "source")
"""Of `vendor-regions.csv`. What `label` matches in the host name, by its form:

`eu`   the name before the suffix: `api.eu.amplitude.com`
`eu-`  the beginning of that name: `asia-south1-project.cloudfunctions.net`
`-eu`  its end: `ws-ap2.pusher.com`
`.eu`  the suffix says it by itself: `crm.zoho.eu`
`*`    (also `*-`, `-*`) every label of the suffix that `means` names: `elb.amazonaws.com` has AWS's own.

`source` names the vendor's document that says so.
"""


class VendorRegion(Struct, frozen=True):
    """A label in a host name and what its vendor means by it."""

    label: str
    means: str


class VendorRegions:
    """Looks up region labels: `in` of `in.wzrkt.com`."""

    def __init__(self, table: Mapping[str, Mapping[str, VendorRegion]]) -> None:
        """For each suffix its labels in the forms of `COLUMNS`, `.` for what it says by itself, none with a star."""
        self._table = dict(table)

    def find(self, host: str) -> VendorRegion | None:
        """The region label of a host, by the longest suffix that has one; None where its vendor names none."""
        name = normal_host(host)
        if len(name) > MAX_HOST:
            return None
        before, suffix = "", name
        while suffix:
            labels = self._table.get(suffix)
            if labels:
                found = next((labels[form] for form in _forms(before) if form in labels), None)
                if found:
                    return found
            before, _, suffix = suffix.partition(".")
        return None


def _forms(name: str) -> Iterator[str]:
    """What a table may hold of the name before a suffix, the most of it first."""
    yield name
    hyphens = [at for at, character in enumerate(name) if character == "-"]
    yield from (name[: at + 1] for at in reversed(hyphens))
    yield from (name[at:] for at in hyphens)
    yield "."


def load_vendor_regions(path: Path, check: bool = False) -> VendorRegions:
    """Vendor regions from a table with `COLUMNS`.

    With `check`, raises KnowledgeError with every mistake as `path:line: what`; without, a test has checked the file.
    """
    if check:
        read_table(path, COLUMNS, _mistake, key=("suffix", "label"))
    own: dict[str, dict[str, VendorRegion]] = {}
    shares: list[tuple[str, str, str]] = []
    for suffix, label, means, _ in trusted_rows(path, COLUMNS):
        if "*" in label:
            shares.append((suffix, label, means))
        else:
            form = "." if label.startswith(".") else label
            own.setdefault(suffix, {})[form] = VendorRegion(label.strip("-").removeprefix("."), means)
    table = dict(own)
    for suffix, label, other in shares:
        if other not in own:
            raise KnowledgeError(f"{path}: {suffix} shares the labels of {other!r}, which has none")
        shared = {label.replace("*", form): region for form, region in own[other].items()}
        table[suffix] = shared | table.get(suffix, {})
    return VendorRegions(table)


def _mistake(row: Row) -> str | None:
    empty = next((f"{column} is empty" for column in COLUMNS if not row[column]), None)
    if empty or row["suffix"] == normal_host(row["suffix"]):
        return empty
    return f"suffix {row['suffix']!r} is not a host name in lower case"
