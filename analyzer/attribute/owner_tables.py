"""The user's own tables of owners, and lists that others publish, as tables of services."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.datafile import DataFile
from analyzer.attribute.owner import Service
from analyzer.attribute.period import Period
from analyzer.model import OwnerStep


class UserTables(Struct, frozen=True):
    """What the user's files say of owners."""

    first: dict[str, list[Service]]
    """The user's own rows, which count before all others."""
    tail: dict[str, list[Service]]
    """Rows of published lists, which fill gaps."""
    files: tuple[DataFile, ...]


def read_owner_tables(paths: Sequence[Path]) -> UserTables:
    """The tables in files, a later one over an earlier one. Raises KnowledgeError with every mistake of a wrong one."""
    tables = UserTables({}, {}, ())
    if not paths:
        return tables
    from analyzer.attribute.owner_lists import read_owner_list

    files = []
    for path in paths:
        listed = read_owner_list(path)
        of_suffix: dict[str, list[Service]] = {}
        for row in listed.rows:
            parent = OwnerStep(
                name=row.parent or "",
                country=row.country,
                source=row.source,
                country_source=row.source,
                checked=row.checked,
                verified=row.verified,
            )
            service = Service(
                row.product,
                row.owner,
                row.category,
                Period(row.since, row.until),
                row.source,
                row.checked,
                row.verified,
                (parent,) if row.parent else (),
                None if row.parent else row.country,
            )
            of_suffix.setdefault(row.suffix, []).append(service)
        (tables.first if listed.own else tables.tail).update(of_suffix)
        files.append(
            DataFile(
                path=path,
                name=f"{listed.name} ({path.name})",
                date="unknown",
                licence=listed.licence,
                content_sha256=listed.content_sha256,
            )
        )
    return UserTables(tables.first, tables.tail, tuple(files))
