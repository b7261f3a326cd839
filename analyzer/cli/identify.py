"""`apptells identify`: captures of two people or devices in, what tells them apart out."""

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from analyzer.cli.files import private_file
from analyzer.cli.output import tab_separated
from analyzer.cli.progress import reading
from analyzer.report.visible import visible

if TYPE_CHECKING:
    from analyzer.identify.compare import Subject
    from analyzer.identify.result import Identified, Identifier

COLUMNS = (
    "id",
    "certainty",
    "data type",
    "hosts",
    "location",
    "path",
    "decoding",
    "places",
    "values",
    "captures",
    "evidence",
)
_OF = "\0of:"
"""Marks an argument that names whose the captures after it are."""


class _Grouped(click.Command):
    """Keeps the place of each --of among the captures, which click would not tell."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words, out = iter(args), []
        for word in words:
            if word == "--":
                out += [word, *words]
            elif word == "--of" and (name := next(words, None)) is not None:
                out.append(_OF + name)
            elif word.startswith("--of="):
                out.append(_OF + word.removeprefix("--of="))
            else:
                out.append(word)
        return super().parse_args(ctx, out)


@click.command(cls=_Grouped)
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@click.option("--of", metavar="NAME", help="The captures after it are of this person or device. Repeatable.")
@click.option(
    "--format", "form", type=click.Choice(("tsv", "json")), help="Write lines of tab-separated text, or JSON."
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="The file to write.")
@click.option("--show-values", is_flag=True, help="Show values unmasked. Such a list holds personal data.")
def identify(
    captures: tuple[str, ...], of: str | None, form: str | None, output: Path | None, show_values: bool
) -> None:
    """Compare captures of two people or devices: what stays the same within one and differs between two tells who
    it is, whatever it is called and however it is encoded.

    Do the same with an app as two made-up people (see `apptells persona`), best twice each, and name the captures by
    person: `apptells identify A1.har A2.har B1.har B2.har`. Or say whose they are: `--of asha 1.har 2.har --of ben
    3.har 4.har`. What was the same in two captures of one and another in those of the other identifies; with one
    capture of each it merely differs, as session numbers do too. Values that no detector knows come first.
    """
    from analyzer.identify.compare import subjects_of

    found = _run(subjects_of(list(_whose(captures))), show_values)
    target = None if output is None or output == Path("-") else output
    if target is not None:
        with private_file(target) as file:
            _write(found, form or ("json" if target.suffix == ".json" else "tsv"), file)
    elif form or output is not None or not sys.stdout.isatty():
        _write(found, form or "tsv", sys.stdout.buffer)
    else:
        _show(found)
    click.echo(_summary(found), err=True)


def _whose(words: Sequence[str]) -> Iterator[tuple[str | None, Path]]:
    name = None
    for word in words:
        if word.startswith(_OF):
            name = word.removeprefix(_OF)
        else:
            yield name, Path(word)


def _run(subjects: "Sequence[Subject]", show_values: bool) -> "Identified":
    from analyzer.identify.compare import identify as run
    from analyzer.knowledge import Knowledge

    with reading() as show:
        return run(subjects, Knowledge(), show_values=show_values, progress=show)


def _write(found: "Identified", form: str, out: BinaryIO) -> None:
    if form == "json":
        from analyzer.report.json import encoded

        out.write(encoded(found) + b"\n")
    else:
        text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="\n")
        text.writelines(tab_separated((COLUMNS, *map(_row, found.identifiers))))
        text.detach()
    out.flush()


def _row(one: "Identifier") -> tuple[str, ...]:
    spot = one.spots[0]
    held = "; ".join(f"{held.subject}: {' | '.join(held.values)}" for held in one.held)
    evidence = one.sentence + (f" It is {one.derived}." if one.derived else "")
    kind = one.label if one.known else "not known"
    chain = " > ".join(spot.decoding)
    hosts = ", ".join(one.hosts)
    place = (spot.location, spot.path, chain, str(len(one.spots)))
    return one.id, one.certainty, kind, hosts, *place, held, str(one.captures), evidence


def _show(found: "Identified") -> None:
    """A table for a terminal: what of a row is captured is plain text, and cannot command it."""
    from rich.console import Console
    from rich.text import Text

    from analyzer.report.terminal import plain_table

    table = plain_table()
    for title, share in (("", 1), ("data type", 3), ("sent to", 4), ("place", 4), ("values", 3), ("evidence", 5)):
        table.add_column(title, ratio=share, overflow="fold")
    for one in found.identifiers:
        name, certainty, kind, hosts, location, path, chain, _, held, _, evidence = _row(one)
        place = f"{location} {path}" + (f" ({chain})" if chain else "")
        place += f" and {len(one.spots) - 1} more" if len(one.spots) > 1 else ""
        cells = (name, kind, hosts, place, held, evidence)
        table.add_row(*(Text(visible(cell, 400)) for cell in cells), style=None if certainty == "identifies" else "dim")
    Console(highlight=False).print(table)


def _summary(found: "Identified") -> str:
    certain = [one for one in found.identifiers if one.certainty == "identifies"]
    unknown = sum(not one.known for one in certain)
    captures = "; ".join(f"{name}: {', '.join(sources)}" for name, sources in found.subjects)
    lines = [
        f"Compared {captures} ({found.exchanges:,} exchanges).",
        f"{len(certain):,} values identify, {unknown:,} of them not known to any detector; "
        f"{len(found.identifiers) - len(certain):,} more merely differ.",
        *(f"{note.message} ({note.count:,})" for note in found.notes),
    ]
    return "\n".join(visible(line) for line in lines)
