"""`apptells diff`: two builds in, what is new, worsened, gone or better out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.files import private_file
from analyzer.cli.options import PATH, analysis_options
from analyzer.cli.output import print_rows
from analyzer.report.visible import visible

if TYPE_CHECKING:
    from analyzer.compare.observation import Comparison
    from analyzer.pipeline import Options

FORMATS = ("json", "markdown")
other_app_option = click.option("--other-app", is_flag=True, help="Compare although they are of different apps.")


@click.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@other_app_option
@click.option("--all", "names_too", is_flag=True, help="List what only the name of a field tells of, too.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Write JSON, or Markdown for a pull request.")
@click.option("--output", type=PATH, metavar="FILE", help="The file to write ('-' for standard output).")
@analysis_options
def diff(
    before: Path,
    after: Path,
    options: "Options",
    other_app: bool,
    names_too: bool,
    form: str | None,
    output: Path | None,
) -> None:
    """Compare two builds of an app: what each was seen to transmit, to whom, in which phase and form, and where to.

    BEFORE and AFTER are each a capture, a report.json of apptells, a baseline, or a folder of captures or reports:
    runs of the same build, which are united. What shows in some of the runs only is marked, for it may be chance.
    Values are never compared. Both are analysed with the same options. Ends with 0 whatever the difference is: see
    `apptells check` for a gate.
    """
    from analyzer.cli.reports import report_on
    from analyzer.compare.build import read_build
    from analyzer.compare.changes import compare
    from analyzer.compare.one_app import OneApp

    one_app = OneApp(any_app=other_app)
    old, new = (
        read_build(path, lambda capture: report_on(capture, options), _passed_over, one_app) for path in (before, after)
    )
    comparison = compare(old, new, names_too=names_too)
    if output is not None and output != Path("-"):
        with private_file(output) as file:
            file.write(_document(comparison, form or ("json" if output.suffix == ".json" else "markdown")))
    elif form or output is not None:
        sys.stdout.buffer.write(_document(comparison, form or "markdown"))
    else:
        show(comparison)


def show(comparison: "Comparison") -> None:
    """Print the changes, a table on a terminal and tab-separated lines elsewhere, and below them what they come to."""
    from analyzer.compare.told import COLUMNS, builds, rows, summary

    if comparison.changes or not sys.stdout.isatty():
        print_rows(COLUMNS, rows(comparison.changes, together=sys.stdout.isatty()))
    for line in (*builds(comparison), summary(comparison)):
        click.echo(visible(line), err=True)


def _document(comparison: "Comparison", form: str) -> bytes:
    from analyzer.compare.told import markdown
    from analyzer.report.json import encoded

    if form == "json":
        return b'{"schema":1,' + encoded(comparison)[1:] + b"\n"
    return markdown(comparison).encode("utf-8", "replace")


def _passed_over(sentence: str) -> None:
    click.echo(visible(sentence), err=True)
