"""Reads our CSV tables and collects every mistake in them, each with its place."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from analyzer.errors import KnowledgeError

Row = dict[str, str]
Check = Callable[[Row], str | None]
"""Says what is wrong with a row, None where nothing is."""


def trusted_text(path: Path, columns: Sequence[str]) -> str:
    """What follows the first line of one of our own tables, which a test or the import of the file has checked.

    Raises KnowledgeError where the file cannot be read or has other columns.
    """
    try:
        first, _, text = path.read_text("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        first, text = "", ""
    if first != ",".join(columns):
        raise KnowledgeError(f"{path}: missing or damaged: install apptells again")
    return text


def trusted_rows(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
    """The rows of such a table. Raises KnowledgeError as `trusted_text` does."""
    return csv.reader(trusted_text(path, columns).splitlines())


def read_table(path: Path, columns: Sequence[str], check: Check, key: Sequence[str]) -> list[Row]:
    """The rows of a UTF-8 CSV file whose first line is exactly `columns`; values are stripped.

    Raises KnowledgeError with all mistakes as `path:line: what`: wrong columns, wrong number of values,
    what `check` says, and rows that repeat the `key` columns of an earlier row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise KnowledgeError(f"{path}:{line}: not UTF-8 text: save the table as UTF-8 CSV") from None

    rows: list[Row] = []
    mistakes: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        header = next(reader, [])
        if header != list(columns):
            raise KnowledgeError(f"{path}:1: the columns must be {','.join(columns)}")
        for values in reader:
            if not values:
                continue
            row = dict(zip(columns, (value.strip() for value in values), strict=False))
            wrong = f"{len(values)} values for {len(columns)} columns" if len(values) != len(columns) else check(row)
            identity = tuple(row.get(name, "") for name in key)
            if not wrong and identity in seen:
                wrong = f"{' '.join(identity)} is already on line {seen[identity]}"
            if wrong:
                mistakes.append(f"{path}:{reader.line_num}: {wrong}")
            else:
                seen[identity] = reader.line_num
                rows.append(row)
    except csv.Error as error:
        mistakes.append(f"{path}:{reader.line_num}: {error}")
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return rows
