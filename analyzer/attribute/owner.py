"""Who operates a host: the longest suffix of its name that a table of owners knows."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from analyzer.attribute.domain import MAX_HOST, normal_host
from analyzer.attribute.table import Row, read_table
from analyzer.model import Owner

COLUMNS = (
    "suffix", "product", "owner", "parent", "country", "category", "source", "checked", "verified", "note",
)  # fmt: skip
FALLBACK_COLUMNS = ("suffix", "name", "company", "category")

HOSTING = frozenset({"cdn", "cloud", "hosting"})
"""Categories whose hosts carry what their customers put there."""
CATEGORIES = HOSTING | {
    "advertising", "analytics", "anti-fraud", "attribution", "commerce", "config", "consent", "content", "crash",
    "customer-data-platform", "engagement", "experiment", "feedback", "identifier", "identity", "location", "maps",
    "measurement", "media", "messaging", "other", "payment", "performance", "platform", "push", "session-replay",
    "social", "subscription", "support", "tag-manager", "telecom", "utility",
}  # fmt: skip

_SUFFIX = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_A_COUNTRY = frozenset({"AP", "EU", "UK", "XX", "ZZ"})
_FALLBACK_CATEGORY = {
    "ad": "advertising",
    "consent-provider": "consent",
    "customer-success": "support",
    "marketing": "engagement",
    "video": "media",
}


class Owners:
    """Looks hosts up by longest suffix, at label boundaries."""

    def __init__(self, table: Mapping[str, Owner], fallback: Mapping[str, Owner] | None = None) -> None:
        """A row of `fallback` counts where `table` has none, or knows only the hoster by a shorter suffix."""
        self._table = dict(table)
        self._fallback = dict(fallback or {})

    def find(self, host: str) -> Owner | None:
        """The owner of a host; None where no table knows it."""
        found = self.match(host)
        return found[1] if found else None

    def match(self, host: str) -> tuple[str, Owner] | None:
        """The suffix that matched and its owner."""
        own = longest_suffix(host, self._table)
        if own and self._table[own].category not in HOSTING:
            return own, self._table[own]
        other = longest_suffix(host, self._fallback)
        if other and (own is None or len(other) > len(own)):
            return other, self._fallback[other]
        return (own, self._table[own]) if own else None


def longest_suffix(host: str, table: Mapping[str, object]) -> str | None:
    """The longest key of `table` that is the host or ends it at a label boundary."""
    rest = normal_host(host)
    if len(rest) > MAX_HOST:
        return None
    while rest:
        if rest in table:
            return rest
        rest = rest.partition(".")[2]
    return None


def load_owners(tables: Iterable[Path], fallback: Path | None = None) -> Owners:
    """Owners from tables with `COLUMNS`, a later one over an earlier one, and a fallback with `FALLBACK_COLUMNS`.

    Raises KnowledgeError with every mistake of the first wrong file as `path:line: what`.
    """
    merged: dict[str, Owner] = {}
    for path in tables:
        for row in read_table(path, COLUMNS, _mistake, key=("suffix",)):
            merged[row["suffix"]] = Owner(
                product=row["product"],
                name=row["owner"],
                parent=row["parent"] or None,
                country=row["country"] or None,
                category=row["category"],
                source=row["source"],
                checked=row["checked"],
                verified=row["verified"] == "yes",
            )
    return Owners(merged, _load_fallback(fallback) if fallback else None)


def _load_fallback(path: Path) -> dict[str, Owner]:
    """Rows of third-party-web as owners: one source, so never verified, and no seat."""
    source, checked = "third-party-web 0.30.0", "2026-11-22"
    return {
        row["suffix"]: Owner(
            product=row["name"],
            name=row["company"] or row["name"],
            parent=None,
            country=None,
            category=_FALLBACK_CATEGORY.get(row["category"], row["category"]),
            source=source,
            checked=checked,
            verified=False,
        )
        for row in read_table(path, FALLBACK_COLUMNS, _fallback_mistake, key=("suffix",))
    }


def _mistake(row: Row) -> str | None:
    for column in ("product", "owner", "source"):
        if not row[column]:
            return f"{column} is empty"
    if not _SUFFIX.fullmatch(row["suffix"]):
        return f"suffix {row['suffix']!r} is not a host name in lower case, such as wzrkt.com"
    if row["country"] and (not _COUNTRY.fullmatch(row["country"]) or row["country"] in _NOT_A_COUNTRY):
        return f"country {row['country']!r} is not an ISO 3166-1 alpha-2 code, such as IN or GB"
    if row["category"] not in CATEGORIES:
        return f"category {row['category']!r} is not one of {', '.join(sorted(CATEGORIES))}"
    if row["verified"] not in ("yes", "no"):
        return f"verified {row['verified']!r} is neither yes nor no"
    try:
        date.fromisoformat(row["checked"])
    except ValueError:
        return f"checked {row['checked']!r} is not a date, YYYY-MM-DD"
    return None


def _fallback_mistake(row: Row) -> str | None:
    if not _SUFFIX.fullmatch(row["suffix"]):
        return f"suffix {row['suffix']!r} is not a host name in lower case"
    return None if row["name"] else "name is empty"
