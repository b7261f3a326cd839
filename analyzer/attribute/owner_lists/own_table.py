"""The user's own table of owners: CSV with a suffix and an owner in each row, and what else is known."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from analyzer.attribute.owner import CATEGORIES
from analyzer.attribute.owner_lists.countries import country_code
from analyzer.attribute.owner_lists.listed import ListedOwner, OwnerList, host_suffix
from analyzer.attribute.period import wrong_period
from analyzer.attribute.table import Row, read_table
from analyzer.errors import KnowledgeError

NEEDED = ("suffix", "owner")
COLUMNS = (
    *NEEDED, "product", "parent", "country", "category", "since", "until", "source", "checked", "verified", "note",
)  # fmt: skip
MOST_MISTAKES = 100
"""That are named, then the rest is counted: a table of another kind may have one in each of its million lines."""


def read_own_table(path: Path, text: str, codes: Mapping[str, str]) -> OwnerList:
    """The rows of a table whose first line names `COLUMNS`, in any order; only `NEEDED` have to be there.

    `text` is what the file holds. Raises KnowledgeError with the mistakes as `path:line: what`, at most
    `MOST_MISTAKES`.
    """
    header = _header(path, text)

    def mistake(row: Row) -> str | None:
        return _mistake(_complete(row), codes)

    try:
        rows = [_complete(row) for row in read_table(path, header, mistake, key=("suffix", "since"))]
    except KnowledgeError as error:
        lines = str(error).splitlines()
        more = len(lines) - MOST_MISTAKES
        said = [*lines[:MOST_MISTAKES], *([f"{path}: {more:,} more mistakes"] if more > 0 else [])]
        raise KnowledgeError("\n".join(said)) from None
    return OwnerList(
        name="own table of owners",
        licence="the user's own",
        rows=tuple(_listed(row, path.name, codes) for row in rows),
        passed_over=0,
        own=True,
    )


def _header(path: Path, text: str) -> list[str]:
    try:
        header = next(csv.reader(text.splitlines()[:1], strict=True), [])
    except csv.Error:
        header = []
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise KnowledgeError(
            f"{path}:1: no list of owners, for it has no column {missing[0]}: give CSV in UTF-8 whose first line is "
            "such as suffix,owner, or JSON of Exodus, Disconnect, DuckDuckGo Tracker Radar or Ghostery"
        )
    mistakes = [
        f"{path}:1: column {column[:40]!r} is not one of {', '.join(COLUMNS)}"
        for column in header
        if column not in COLUMNS
    ]
    mistakes += [f"{path}:1: column {column} is there twice" for column in COLUMNS if header.count(column) > 1]
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return header


def _complete(row: Row) -> Row:
    return dict.fromkeys(COLUMNS, "") | row


def _mistake(row: Row, codes: Mapping[str, str]) -> str | None:
    if host_suffix(row["suffix"]) is None:
        return f"suffix {row['suffix'][:80]!r} is not a host name, such as kirana.example"
    if not row["owner"]:
        return "owner is empty"
    if row["country"] and not country_code(row["country"], codes):
        return f"country {row['country'][:40]!r} is not an ISO 3166-1 alpha-2 code or an English name, such as IN"
    if row["category"] not in CATEGORIES | {""}:
        return f"category {row['category'][:40]!r} is not one of {', '.join(sorted(CATEGORIES))}"
    if row["verified"] not in ("yes", "no", ""):
        return f"verified {row['verified'][:40]!r} is neither yes nor no"
    if row["checked"] and not _is_day(row["checked"]):
        return f"checked {row['checked'][:40]!r} is not a date, YYYY-MM-DD"
    return wrong_period(row)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _listed(row: Row, file: str, codes: Mapping[str, str]) -> ListedOwner:
    return ListedOwner(
        suffix=host_suffix(row["suffix"]) or "",
        product=row["product"] or row["owner"],
        owner=row["owner"],
        parent=row["parent"] or None,
        country=country_code(row["country"], codes),
        category=row["category"] or "other",
        source=row["source"] or f"the user's table {file}",
        since=row["since"],
        until=row["until"],
        checked=row["checked"],
        verified=row["verified"] == "yes",
    )
