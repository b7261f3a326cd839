"""`apptells baseline`: what a build may transmit, as a reviewed file for version control."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.diff import other_app_option
from analyzer.cli.files import private_file
from analyzer.cli.options import PATH, analysis_options
from analyzer.english import counted
from analyzer.errors import ApptellsError
from analyzer.report.visible import visible

if TYPE_CHECKING:
    from analyzer.compare.observation import Observations
    from analyzer.compare.one_app import OneApp
    from analyzer.pipeline import Options

FILE = Path("apptells-baseline.yaml")
_captures = click.argument("captures", type=PATH, nargs=-1, required=True, metavar="CAPTURE...")
_counts = click.option(
    "--from-runs", "counts", is_flag=True, help="Also write in how many of the runs each was seen; harder to merge."
)


@click.group()
def baseline() -> None:
    """Make and renew the file of what a build was seen to transmit, to review and keep in version control.

    It holds kinds of data, recipients, phases and server countries; no values, no paths, no hosts but their
    registrable names. `apptells check` and `apptells diff` compare builds with it.
    """


@baseline.command()
@_captures
@_counts
@other_app_option
@click.option("--output", type=PATH, default=FILE, metavar="FILE", help=f"The file to write; {FILE} if not given.")
@analysis_options
def create(captures: tuple[Path, ...], options: "Options", counts: bool, other_app: bool, output: Path) -> None:
    """Write a baseline of what CAPTUREs show: runs of one build, also as report.json or as folders of either.

    A file that is there already is left alone, for somebody may have reviewed it.
    """
    if output.exists() and output.is_file():
        raise ApptellsError(f"{output}: this file is there already; renew it with `apptells baseline update {output}`.")
    from analyzer.compare.baseline import baseline_text
    from analyzer.compare.one_app import OneApp

    seen = _seen(captures, options, OneApp(any_app=other_app))
    with private_file(output) as file:
        file.write(baseline_text(seen, counts=counts).encode())
    facts = counted(len(seen.items), "fact")
    click.echo(visible(f"{output}: {facts} from {seen.exchanges:,} exchanges. Review it before you commit it."))


@baseline.command()
@click.argument("file", type=PATH, metavar="BASELINE")
@_captures
@_counts
@other_app_option
@click.option("--drop-gone", is_flag=True, help="Take out what none of the captures shows.")
@click.option("--output", type=PATH, metavar="FILE", help="The file to write; BASELINE itself if not given.")
@analysis_options
def update(
    file: Path,
    captures: tuple[Path, ...],
    options: "Options",
    counts: bool,
    other_app: bool,
    drop_gone: bool,
    output: Path | None,
) -> None:
    """Add to BASELINE what CAPTUREs show, and list what that changes.

    Comments stay with their facts. What the captures do not show stays too, unless --drop-gone is given: a session
    may not have come to it. Counts of runs go on where the file has them.
    """
    from msgspec.structs import replace

    from analyzer.cli.diff import show
    from analyzer.compare.baseline import baseline_text, load_baseline, with_owners
    from analyzer.compare.changes import compare
    from analyzer.compare.observe import united
    from analyzer.compare.one_app import OneApp

    one_app = OneApp(any_app=other_app)
    old = load_baseline(file)
    one_app.add(file, old.observations.app)
    comparison = compare(old.observations, _seen(captures, options, one_app), names_too=True)
    # Facts of a recipient whose owner is known by now are facts of the owner, with the comments on them.
    old, seen = with_owners(old, comparison.owners), comparison.after
    counts = counts or old.has_counts
    accepted = united((old.observations, seen)) if counts else united((old.observations, seen), max)
    if drop_gone:
        runs = {one.key: one.runs for one in accepted.items}
        accepted = replace(accepted, items=tuple(replace(one, runs=runs[one.key]) for one in seen.items))
    accepted = replace(accepted, app=old.observations.app or seen.app)
    with private_file(output or file) as out:
        out.write(baseline_text(accepted, kept=old, counts=counts).encode())
    taken = [change for change in comparison.changes if drop_gone or change.kind in ("new", "worsened")]
    show(replace(comparison, changes=tuple(taken)))
    unseen = len({one.key for one in old.observations.items} - {one.key for one in seen.items})
    if unseen and not drop_gone:
        click.echo(f"Kept although the captures do not show it: {unseen:,} (--drop-gone takes them out).", err=True)


def _seen(captures: Sequence[Path], options: "Options", one_app: "OneApp") -> "Observations":
    from analyzer.cli.reports import report_on
    from analyzer.compare.build import read_runs

    def passed_over(sentence: str) -> None:
        click.echo(visible(sentence), err=True)

    return read_runs(captures, lambda path: report_on(path, options), passed_over, one_app)
