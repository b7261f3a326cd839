"""What a command that judges asks for: the options on rules and regimes, and what those say of a report."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from analyzer.cli.rules import config_of, rule_options
from analyzer.countries import load_countries
from analyzer.model import Verdict
from analyzer.reported import Report

if TYPE_CHECKING:
    from analyzer.knowledge import Knowledge
    from analyzer.report.judged import JudgedRule

_OPTIONS = (
    click.option(
        "--jurisdiction",
        "jurisdictions",
        multiple=True,
        metavar="COUNTRY",
        help="Ask the localisation rules for users in this country (ISO 3166-1, EU or EEA). Repeatable.",
    ),
    click.option(
        "--operator-country",
        "operator_countries",
        multiple=True,
        metavar="COUNTRY",
        help="Ask those for operators established in this country. Repeatable.",
    ),
    click.option(
        "--historical", is_flag=True, help="Ask drafts that never became law too, as what they would have said."
    ),
    click.option(
        "--role",
        "roles",
        multiple=True,
        metavar="ROLE",
        help="What the operator is, such as payment_system_operator. Repeatable.",
    ),
)


class Judging(Struct, frozen=True, kw_only=True):
    """The rules and regimes that the user asks."""

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    jurisdictions: tuple[str, ...] = ()
    operator_countries: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    historical: bool = False

    def judge(
        self, today: date | None = None
    ) -> "tuple[Callable[[Report], tuple[Verdict, ...]], tuple[JudgedRule, ...]]":
        """What tells the verdicts on a report, and the rules that it tells them by.

        `today` is what ends of waivers and ages of rules are counted to; without it the day of the capture, so that the
        same capture gives the same. Reads the files first. Raises KnowledgeError with their mistakes.
        """
        from analyzer.knowledge import Knowledge
        from analyzer.policy.judge import judge
        from analyzer.report.judged import JudgedRule

        knowledge = Knowledge()
        rules, waivers = knowledge.rules_and_waivers(self.paths, config_of(self.config))
        regimes = self._regimes(knowledge, today)

        def verdicts(report: Report) -> tuple[Verdict, ...]:
            day = today or _day(report) or datetime.now(UTC).date()
            return judge(report, rules, knowledge.taxonomy, waivers, day) + regimes(report)

        listed = [
            JudgedRule(
                id=rule.id,
                family="rule",
                title=rule.title,
                severity=rule.severity,
                description=rule.description,
                references=tuple(", ".join(filter(None, (each.document, each.date))) for each in rule.references),
            )
            for rule in rules
        ]
        return verdicts, tuple(sorted(listed, key=lambda rule: rule.id))

    def _regimes(self, knowledge: "Knowledge", today: date | None) -> Callable[[Report], tuple[Verdict, ...]]:
        if not self.jurisdictions and not self.operator_countries:
            return lambda report: ()
        from analyzer.policy.localisation import judge_localisation
        from analyzer.policy.localisation_applies import Wanted, check_wanted

        wanted = Wanted(
            jurisdictions=self.jurisdictions,
            operator_countries=self.operator_countries,
            roles=self.roles,
            historical=self.historical,
        )
        regimes = knowledge.regimes()
        check_wanted(wanted, regimes, load_countries())
        return lambda report: judge_localisation(report, regimes, knowledge.taxonomy, wanted, today)


def _day(report: Report) -> date | None:
    """The day of the capture."""
    from analyzer.report.requests import moment

    made = moment(report.capture.first_time)
    return made.date() if made else None


def judging_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command these options; it gets them as one argument `judging`."""

    @wraps(command)
    def run(
        *,
        rules: tuple[Path, ...],
        config: Path | None,
        jurisdictions: tuple[str, ...],
        operator_countries: tuple[str, ...],
        roles: tuple[str, ...],
        historical: bool,
        **others: Any,
    ) -> None:
        if (roles or historical) and not jurisdictions and not operator_countries:
            raise click.UsageError("--role and --historical ask localisation rules: say whose with --jurisdiction.")
        judging = Judging(
            paths=rules,
            config=config,
            jurisdictions=tuple(country.upper() for country in jurisdictions),
            operator_countries=tuple(country.upper() for country in operator_countries),
            roles=roles,
            historical=historical,
        )
        command(judging=judging, **others)

    for option in reversed(_OPTIONS):
        run = option(run)
    return rule_options(run)
