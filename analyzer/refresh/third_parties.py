"""The entities of third-party-web as our table: one domain a row."""

import csv
import io
import re
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.attribute.domain import SUFFIX
from analyzer.attribute.owner import FALLBACK_COLUMNS
from analyzer.errors import KnowledgeError

MAX_ENTITIES = 16 << 20
"""Bytes of the list of entities; that of 2026 has 0.2 MiB."""
_BREAK = re.compile(r"[\x00-\x1f\x7f]")


class _Entity(Struct):
    name: str
    category: str
    domains: list[str]
    company: str | None = None


def from_entities(path: Path, target: Path) -> None:
    """Write the table from `dist/entities-nostats.json`; `*.` is taken off, addresses are left out.

    Raises KnowledgeError for another form.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_ENTITIES + 1)
        if len(text) > MAX_ENTITIES:
            raise ValueError("too large")
        rows: dict[str, tuple[str, str, str]] = {}
        for entity in msgspec.json.decode(text, type=list[_Entity]):
            described = _line(entity.name), _line(entity.company or ""), _line(entity.category)
            for domain in entity.domains:
                suffix = domain.lower().removeprefix("*.")
                if SUFFIX.fullmatch(suffix) and described[0]:
                    rows.setdefault(suffix, described)
    except (OSError, ValueError, msgspec.DecodeError):
        raise KnowledgeError(f"{path.name}: not the entities of third-party-web that this version reads") from None
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(FALLBACK_COLUMNS)
    writer.writerows((suffix, *rows[suffix]) for suffix in sorted(rows))
    target.write_text(table.getvalue(), "utf-8")


def _line(text: str) -> str:
    return _BREAK.sub(" ", text).strip()
