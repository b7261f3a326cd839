"""The region that a vendor names in its own host names: a statement of the vendor, not a measurement."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.owner import longest_suffix
from analyzer.attribute.table import Row, read_table

COLUMNS = ("suffix", "label", "means")


class VendorRegion(Struct, frozen=True):
    """A label in a host name and what its vendor means by it."""

    label: str
    means: str


class VendorRegions:
    """Looks up region labels: `in` of `in.wzrkt.com`."""

    def __init__(self, table: Mapping[str, VendorRegion]) -> None:
        """`table` has the label and what follows it, such as `in.wzrkt.com`, as its key."""
        self._table = dict(table)

    def find(self, host: str) -> VendorRegion | None:
        """The region label of a host; None where its vendor names none."""
        suffix = longest_suffix(host, self._table)
        return self._table[suffix] if suffix else None


def load_vendor_regions(path: Path) -> VendorRegions:
    """Vendor regions from a table with `COLUMNS`; raises KnowledgeError with every mistake as `path:line: what`."""
    rows = read_table(path, COLUMNS, _mistake, key=("suffix", "label"))
    return VendorRegions({f"{row['label']}.{row['suffix']}": VendorRegion(row["label"], row["means"]) for row in rows})


def _mistake(row: Row) -> str | None:
    return next((f"{column} is empty" for column in COLUMNS if not row[column]), None)
