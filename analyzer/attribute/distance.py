"""The least distance between two countries."""

import lzma
from pathlib import Path

from analyzer.errors import KnowledgeError

FILE = "distances.csv.xz"
STEP = 10.0
"""Kilometres that the table counts in."""


class Distances:
    """Least distances between countries, from `distances.csv.xz`; read at the first question.

    They were measured on Natural Earth's map 1:10,000,000 (public domain; `tests/measure_distances.py`) and lessened
    by 100 km, so that nothing the map leaves out is nearer: neighbours and near islands have none.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` holds the table."""
        self._path = folder / FILE
        self._columns: dict[str, int] = {}
        self._rows: list[str] = []

    def between(self, one: str, other: str) -> float | None:
        """At least so many km lie between two countries (ISO 3166-1 alpha-2); None where the table knows not both.

        Raises KnowledgeError where the table is missing or damaged.
        """
        if not self._columns:
            self._read()
        if one not in self._columns or other not in self._columns:
            return None
        # Each line goes as far as its own country.
        column, line = sorted((self._columns[one], self._columns[other]))
        return STEP * int(self._rows[line].split(",")[column])

    def _read(self) -> None:
        try:
            codes, *rows = lzma.decompress(self._path.read_bytes()).decode("ascii").splitlines()
            names = codes.split(",")
            if not names or [row.count(",") for row in rows] != list(range(len(names))):
                raise ValueError("not a triangle")
            for row in rows:
                if not row.replace(",", "").isdigit():
                    raise ValueError("not numbers")
        except (OSError, ValueError, EOFError, lzma.LZMAError):
            raise KnowledgeError(f"{self._path}: missing or damaged distances: install apptells again") from None
        self._columns, self._rows = {code: number for number, code in enumerate(names)}, rows
