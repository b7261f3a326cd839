"""CSV and tab-separated tables: each cell under the name of its column."""

import csv
import io
import re

from analyzer.decode.walk import Place, Walk

MAX_COLUMNS = 500
_DECLARED = re.compile(r"csv|tab-separated", re.I)
_NAME = re.compile(r"[^\W\d][\w .()/:$-]{0,60}")


def is_declared(content_type: str) -> bool:
    """Whether the sender says that it is such a table: nothing else tells one from prose with commas for sure."""
    return _DECLARED.search(content_type) is not None


def read(walk: Walk, at: Place, text: str) -> bool:
    """Record the cells of a table whose first row names its columns; False where it is none (RFC 4180)."""
    text = text.lstrip("\ufeff")
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip() for name in next(rows, [])]
        if not 0 < len(names) <= MAX_COLUMNS or not all(map(_NAME.fullmatch, names)):
            return False
        inner = at.inside("csv")
        for position, row in enumerate(rows):
            here = inner.item(position)
            for column, cell in enumerate(row):
                name = names[column] if column < len(names) else f"[{column}]"
                walk.text(here.at(name), cell.strip())
    except csv.Error:  # a cell of more than 131,072 characters
        walk.note("broken-table", "A table was not read to its end: a cell of it is too long or broken.")
    return True
