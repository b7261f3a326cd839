"""`apptells rules`: the rules that transmissions are judged by, one of them in words, and a check of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.output import print_rows
from analyzer.english import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.policy.rule import Rule

WIDTH = 100


def rule_options[**P, R](command: "Callable[P, R]") -> "Callable[P, R]":
    """The options `--rules` and `--config`, as `rules` (a tuple of paths) and `config` (a path or None)."""
    given = click.option(
        "--rules",
        "rules",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="Rules of your own: a file `<id>.yaml`, or a folder of them. They take the place of shipped ones.",
    )
    config = click.option(
        "--config",
        "config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Rules, severities and waivers of a project. [default: apptells.toml of the current folder]",
    )
    return given(config(command))


def config_of(given: Path | None) -> Path | None:
    """The configuration to use: the one given, else that of the current folder, else none."""
    from analyzer.policy.config import NAME

    here = Path(NAME)
    return given or (here if here.is_file() else None)


@click.group()
def rules() -> None:
    """List the rules that transmissions are judged by, explain one of them, and check your own.

    A rule indicates; it never says that a law was broken. docs/rules.md describes the form of a rule.
    """


@rules.command(name="list")
@rule_options
def list_rules(rules: tuple[Path, ...], config: Path | None) -> None:
    """List the rules: id, severity, status and title.

    In a terminal a table; elsewhere lines of tab-separated text.
    """
    found = _rules(rules, config)
    print_rows(
        ("id", "severity", "status", "title"), [(rule.id, rule.severity, rule.status, rule.title) for rule in found]
    )


@rules.command()
@click.argument("rule_id", metavar="ID")
@rule_options
def explain(rule_id: str, rules: tuple[Path, ...], config: Path | None) -> None:
    """Explain a rule: what makes it indicate, what it allows, what it cannot show, what it rests on."""
    from textwrap import fill

    from analyzer.errors import ApptellsError
    from analyzer.knowledge import Knowledge
    from analyzer.policy.explain import explain as in_words
    from analyzer.report.visible import visible

    found = {rule.id: rule for rule in _rules(rules, config)}
    if rule_id not in found:
        raise ApptellsError(f"There is no rule {rule_id[:60]!r}; the rules are {', '.join(found)}.")
    for number, (heading, lines) in enumerate(in_words(found[rule_id], Knowledge().taxonomy)):
        click.echo(("\n" if number else "") + visible(heading))
        for line in lines:
            click.echo(fill(visible(line), WIDTH, initial_indent="  ", subsequent_indent="    "))


@rules.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
def check(paths: tuple[Path, ...]) -> None:
    """Check rules of your own: every mistake with its file and line, all at once.

    A PATH is a rule `<id>.yaml`, a folder of rules, or an `apptells.toml`. Case files beside the rules, in
    `cases/<id>.yaml`, are judged, and each has to give what it says. Ends with 2 where something is wrong.
    """
    from analyzer.knowledge import Knowledge

    rules, cases, configs = Knowledge().checked_rules(paths)
    parts = [counted(rules, "rule"), counted(cases, "case")] + ([counted(configs, "configuration")] if configs else [])
    click.echo(f"{', '.join(parts)}: no mistakes.")


def _rules(paths: tuple[Path, ...], config: Path | None) -> "tuple[Rule, ...]":
    from analyzer.knowledge import Knowledge

    return Knowledge().rules_and_waivers(paths, config_of(config))[0]
