"""`apptells check`: the gate for every build."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.diff import other_app_option
from analyzer.cli.judging import judging_options
from analyzer.cli.options import PATH, analysis_options
from analyzer.model import SEVERITIES

if TYPE_CHECKING:
    from analyzer.capture.lines import Span
    from analyzer.cli.judging import Judging
    from analyzer.cli.runs import Demands, FailOnNew, Run
    from analyzer.compare.observation import Comparison, Observations
    from analyzer.model import Severity
    from analyzer.pipeline import Options
    from analyzer.report.judged import Judged

FORMATS = ("text", "json", "sarif", "junit", "markdown", "gitlab")
STDOUT = Path("-")


@click.command()
@click.argument("captures", type=PATH, nargs=-1, required=True, metavar="CAPTURE...")
@click.option("--baseline", type=PATH, metavar="FILE", help="What is known and accepted: `apptells baseline create`.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="high",
    show_default=True,
    help="The least severity of an indication that fails the build.",
)
@click.option(
    "--fail-on-new",
    type=click.Choice(("any", "third-party", "none")),
    default="any",
    show_default=True,
    help="Which transmissions that the baseline does not have fail the build.",
)
@click.option(
    "--fail-on-undeclared",
    is_flag=True,
    help="Data that was seen, and that no form given with --declared names, fails the build; else it warns.",
)
@click.option(
    "--min-exchanges",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="With fewer exchanges in a capture, not enough was seen.",
)
@click.option(
    "--max-unread",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="With a larger share (0 to 1) of connections that could not be read, not enough was seen.",
)
@other_app_option
@click.option("--require-seeds", is_flag=True, help="Where none of the seeds is seen at all, not enough was seen.")
@click.option(
    "--format", "forms", type=click.Choice(FORMATS), multiple=True, help="Write this format. Repeatable, with --output."
)
@click.option(
    "--output",
    "outputs",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Where the format goes ('-', and what a last format has without it: standard output).",
)
@judging_options
@analysis_options
@click.pass_context
def check(
    ctx: click.Context,
    captures: tuple[Path, ...],
    options: "Options",
    judging: "Judging",
    baseline: Path | None,
    other_app: bool,
    fail_on: "Severity",
    fail_on_new: "FailOnNew",
    fail_on_undeclared: bool,
    min_exchanges: int,
    max_unread: float | None,
    require_seeds: bool,
    forms: tuple[str, ...],
    outputs: tuple[Path, ...],
) -> None:
    """Judge a build by one CAPTURE or more of it: what its rules indicate, and what is new against a baseline.

    Several captures are runs of the same build. Exit code 0: nothing new, nothing indicated. 1: something is new, or
    indicated at or above --fail-on. 2: it could not be done. 3: not enough was seen to say. The result holds no values.
    """
    from analyzer.cli.runs import Demands

    targets = _targets(forms, outputs)
    if options.show_values:
        raise click.UsageError("check writes no values; leave --show-values away.")
    if require_seeds and options.seeds is None:
        raise click.UsageError("--require-seeds asks whether seeds were seen: give them with --seeds.")
    if fail_on_undeclared and not options.declared:
        raise click.UsageError("--fail-on-undeclared asks what is declared: give the forms with --declared.")
    demands = Demands(
        fail_on=fail_on,
        fail_on_new=fail_on_new,
        min_exchanges=min_exchanges,
        max_unread=max_unread,
        require_seeds=require_seeds,
        fail_on_undeclared=fail_on_undeclared,
    )
    judged = judge_captures(captures, options, judging, demands, baseline, any_app=other_app)
    _write(judged, targets)
    ctx.exit(judged.exit_code)


def judge_captures(
    captures: Sequence[Path],
    options: "Options",
    judging: "Judging",
    demands: "Demands",
    baseline: Path | None,
    *,
    any_app: bool = False,
) -> "Judged":
    """What is said of the build that these captures are runs of. Raises ApptellsError.

    They and the baseline have to be of one app, unless `any_app`.
    """
    from msgspec.structs import replace

    from analyzer.cli.gate import at_lines, judge_build
    from analyzer.cli.reports import report_on
    from analyzer.cli.runs import Run
    from analyzer.compare.observe import app_of
    from analyzer.compare.one_app import OneApp

    # What the user wrote comes before the captures: a mistake in it is to be told at once.
    verdicts, rules = judging.judge(datetime.now(UTC).date())  # a waiver ends on a day, whenever the capture was made
    if demands.fail_on_undeclared:
        _check_forms(options.declared)
    accepted, one_app = _accepted(baseline), OneApp(any_app=any_app)
    if baseline is not None and accepted is not None:
        one_app.add(baseline, accepted.app)
    paths = _named(captures)
    runs = []
    for name, path in paths.items():
        report = report_on(path, options)
        one_app.add(path, app_of(report))
        runs.append(Run(file=name, report=replace(report, verdicts=verdicts(report))))
    judged = judge_build(runs, demands, rules, _compared(runs, accepted))
    return at_lines(judged, _spans(judged, paths))


def _check_forms(declared: Sequence[Path]) -> None:
    """Raises ApptellsError where nothing could ever be missing: no form is complete, so the build would always pass."""
    from analyzer.errors import ApptellsError
    from analyzer.knowledge import Knowledge

    documents = Knowledge().declarations(declared).documents
    if not any(one.scheme is not None and one.is_complete for one in documents):
        names = ", ".join(path.name for path in declared)
        raise ApptellsError(
            f"{names}: no complete list of kinds of data here, so nothing can be missing from it; for "
            "--fail-on-undeclared give a Data safety form, a privacy label or a privacy manifest (a page of a store "
            "saved in English)."
        )


def _accepted(baseline: Path | None) -> "Observations | None":
    if baseline is None:
        return None
    from analyzer.compare.baseline import read_baseline

    return read_baseline(baseline)


def _named(captures: Sequence[Path]) -> dict[str, Path]:
    """The captures by what they are called: the path below the working folder, else the name; each name once."""
    named: dict[str, Path] = {}
    here = Path.cwd()
    for number, path in enumerate(captures, 1):
        whole = path.absolute()
        inside = whole.is_relative_to(here) and ".." not in path.parts
        name = whole.relative_to(here).as_posix() if inside else path.name
        while name in named:
            name = f"{number}/{name}"
        named[name] = path
    return named


def _compared(runs: "Sequence[Run]", accepted: "Observations | None") -> "Comparison | None":
    if accepted is None:
        return None
    from analyzer.compare.changes import compare
    from analyzer.compare.observe import observations

    return compare(accepted, observations([run.report for run in runs]))


def _spans(judged: "Judged", paths: dict[str, Path]) -> "dict[tuple[str, int], Span]":
    """Where the requests stand that the items point to."""
    from analyzer.capture.lines import entry_spans

    wanted: dict[str, set[int]] = {}
    for place in (place for item in judged.items for place in item.places):
        if place.exchange is not None:
            wanted.setdefault(place.file, set()).add(place.exchange)
    return {
        (file, index): span
        for file, exchanges in wanted.items()
        for index, span in entry_spans(paths[file], exchanges).items()
    }


def _targets(forms: Sequence[str], outputs: Sequence[Path]) -> list[tuple[str, Path]]:
    """Which format goes where; the text goes to standard output where nothing else does."""
    if len(forms) - len(outputs) not in (0, 1):
        raise click.UsageError("give one --output for each --format; a last --format may do without.")
    targets = list(zip(forms, [*outputs, STDOUT], strict=False))
    to_stdout = [form for form, path in targets if path == STDOUT]
    if len(to_stdout) > 1:
        raise click.UsageError(f"standard output takes one format, not {' and '.join(to_stdout)}.")
    return targets if to_stdout else [*targets, ("text", STDOUT)]


def _write(judged: "Judged", targets: Sequence[tuple[str, Path]]) -> None:
    """Writes all files, or none."""
    from contextlib import ExitStack

    from analyzer.cli.files import private_file

    with ExitStack() as files:
        for form, path in targets:
            data = _rendered(form, judged)
            if path != STDOUT:
                files.enter_context(private_file(path)).write(data)
            elif form == "text":
                click.echo(data.decode(), nl=False)  # in the terminal's own encoding
            else:
                click.echo(data, nl=False)


def _rendered(form: str, judged: "Judged") -> bytes:
    from analyzer.report.gitlab import render_gitlab
    from analyzer.report.json import encoded
    from analyzer.report.junit import render_junit
    from analyzer.report.markdown import render_markdown
    from analyzer.report.sarif import render_sarif
    from analyzer.report.text import render_text

    renderers: dict[str, Callable[[Judged], bytes]] = {
        "text": render_text,
        "json": lambda judged: encoded(judged) + b"\n",
        "sarif": render_sarif,
        "junit": render_junit,
        "markdown": render_markdown,
        "gitlab": render_gitlab,
    }
    return renderers[form](judged)
