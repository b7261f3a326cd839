"""Rows of text: a table for a person at a terminal, tab-separated lines for a program. What is captured stays text."""

import sys
from collections.abc import Iterable, Iterator, Sequence

import click

from analyzer.report.visible import visible

SHORT = 10
"""Characters that a terminal's table keeps on one line, such as a date."""


def tab_separated(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A line for each row; tabs and line ends within a cell are written out."""
    for row in rows:
        yield "\t".join(visible(cell) for cell in row) + "\n"


def print_rows(names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text under their column names on standard output."""
    if not sys.stdout.isatty():
        for line in tab_separated((names, *rows)):
            click.echo(line, nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    from analyzer.report.terminal import plain_table

    table = plain_table()
    rows = list(rows)
    for name, cells in zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True):
        longest = max(map(len, cells), default=0)
        table.add_column(name, overflow="fold", no_wrap=longest <= SHORT)
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    Console(highlight=False).print(table)
