"""Writes the transmissions as a table: one row each, in chunks, safe to open in a spreadsheet."""

import re
from collections.abc import Iterator
from itertools import batched
from typing import TextIO

from analyzer.model import Destination
from analyzer.reported import Report

COLUMNS = (
    "exchange", "host", "owner", "owner_country", "server_country", "data_type", "label", "location", "path",
    "decoding", "transform", "evidence", "seed", "masked_value", "phase", "reasoning",
    "parent", "ownership", "party", "hosted_by", "server_ip", "server_country_method", "server_countries", "network",
    "region", "vendor_region", "aliases",
)  # fmt: skip
CHUNK = 20_000
"""Rows that are made a table at a time, so that memory does not grow with the capture."""

# Spreadsheets take cells that begin so for formulas, some of them behind spaces, or full-width: OWASP, "CSV Injection".
_FORMULA = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def write_csv(report: Report, out: TextIO) -> None:
    """Write a header and one row for each transmission, in capture order, lines ended by CR LF (RFC 4180).

    Open `out` with `newline=""`. A cell that a spreadsheet would take for a formula gets a leading apostrophe; NUL
    characters are removed; lone surrogates become U+FFFD.
    """
    from pandas import DataFrame  # takes longer to import than a small capture to analyse

    DataFrame(columns=COLUMNS).to_csv(out, index=False, lineterminator="\r\n")
    for rows in batched(_rows(report), CHUNK):
        DataFrame(rows, columns=COLUMNS).to_csv(out, index=False, header=False, lineterminator="\r\n")


def _rows(report: Report) -> Iterator[tuple[object, ...]]:
    labels = {row.data_type: row.label for row in report.matrix}
    where = [_where(to) for to in report.destinations]
    for sent in report.transmissions:
        to = report.destinations[sent.destination]
        cells = (
            sent.host, to.owner, to.owner_country, to.server_country, sent.data_type, labels.get(sent.data_type),
            sent.location, sent.path, " > ".join(sent.decoding), sent.transform, sent.evidence, sent.seed,
            sent.masked_value, sent.phase, sent.reasoning,
        )  # fmt: skip
        yield (sent.exchange, *map(_cell, cells), *where[sent.destination])


def _where(to: Destination) -> tuple[str, ...]:
    """The last columns, which all transmissions to a destination share; chains read from left to right."""
    owners = [f"{step.name} ({step.country})" if step.country else step.name for step in to.ownership]
    countries = [f"{answer.country} ({answer.method} {answer.date})" for answer in to.server_countries]
    cells = (
        to.parent, " > ".join(owners), to.party, to.hosted_by, to.server_ip, to.server_country_method,
        "; ".join(countries), to.network, to.region, to.vendor_region, " > ".join(to.aliases),
    )  # fmt: skip
    return tuple(map(_cell, cells))


def _cell(text: str | None) -> str:
    if text is None:
        return ""
    text = text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "'" + text if _FORMULA.match(text) else text
