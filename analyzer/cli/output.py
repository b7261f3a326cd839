"""Rows on standard output: a table for a person at a terminal, tab-separated lines for a program."""

import sys
from collections.abc import Iterable, Sequence

import click

from analyzer.report.visible import visible


def print_rows(names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text under their column names; control characters are written out, as texts may be captured."""
    clean = [[visible(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(names), *clean]:
            click.echo("\t".join(cell.replace("\t", " ") for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold")
    for row in clean:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)
