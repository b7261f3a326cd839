"""Judges a build by its runs: what its rules indicate, what is new against the baseline, whether enough was seen."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.cli.against_baseline import BASELINE_RULES, changes, recipients
from analyzer.cli.coverage import coverage, coverage_rules
from analyzer.cli.runs import PLACES, Demands, Run, often
from analyzer.cli.undeclared import UNDECLARED, undeclared
from analyzer.english import counted
from analyzer.model import SEVERITIES, Outcome, Verdict
from analyzer.policy.wording import names_listed
from analyzer.report.judged import (
    CLEAN,
    FOUND,
    NOT_SEEN,
    STATES,
    Family,
    Item,
    Judged,
    JudgedRule,
    Place,
    State,
    fingerprint,
    gravest,
)
from analyzer.reported import Group
from analyzer.taxonomy import within_sentence

if TYPE_CHECKING:
    from analyzer.compare.observation import Comparison

_GRAVEST_OUTCOMES: tuple[Outcome, ...] = (
    "indication", "unknown", "insufficient_data", "no_indication", "allowed", "not_applicable",
)  # fmt: skip
_OPEN = ("unknown", "insufficient_data")
_LOCALISATION = JudgedRule(
    id="localisation",
    family="rule",
    title="Whether a localisation rule applies",
    severity="info",
    description="Each applies to the users, operators and roles of some country, from some day on.",
)
_NOUNS: Mapping[Family, str] = {
    "baseline": "new or worsened transmission", "rule": "indication", "declared": "undeclared data type"
}  # fmt: skip
"""What fails a build, in the order of its telling."""


def judge_build(
    runs: Sequence[Run],
    demands: Demands,
    rules: Sequence[JudgedRule] = (),
    comparison: "Comparison | None" = None,
) -> Judged:
    """What is said of a build by one run of it or more; `rules` are those that the reports' verdicts are of.

    An indication in any run counts: what was transmitted once was transmitted. What is new in some of the runs only
    may be chance, and warns.
    """
    items = [*_indications(runs, demands), *coverage(runs, demands)]
    asked = (*rules, *_unlisted(runs, rules), *coverage_rules(demands))
    if silent := _silent_regimes(runs, rules):
        items.append(silent)
        asked += (_LOCALISATION,)
    if comparison is not None:
        items += changes(runs, demands, comparison)
        asked += BASELINE_RULES
    if any(run.report.declarations for run in runs):
        items += undeclared(runs, demands)
        asked += (UNDECLARED,)
    items.sort(
        key=lambda item: (STATES.index(item.state), -SEVERITIES.index(item.severity), item.rule, item.recipient or "")
    )
    states = {item.state for item in items}
    code = FOUND if "fails" in states else NOT_SEEN if "not seen" in states else CLEAN
    first = runs[0].report
    builds = [run.report.capture.app for run in runs if run.report.capture.app is not None]
    return Judged(
        tool=first.method.tool,
        app=first.method.app or (builds[0].id if builds else None),
        version=builds[0].version if builds else None,
        exit_code=code,
        summary=_summary(items, len(runs)),
        fail_on=demands.fail_on,
        files=tuple(run.described() for run in runs),
        items=tuple(items),
        rules=tuple(
            replace(rule, state=gravest(item.state for item in items if item.rule == rule.id)) for rule in asked
        ),
        compared=recipients(comparison) if comparison is not None else None,
    )


def at_lines(judged: Judged, spans: Mapping[tuple[str, int], tuple[int, int, int, int]]) -> Judged:
    """The same with the line, last line, offset and length of each request, by file and index, where they are known."""

    def placed(place: Place) -> Place:
        span = spans.get((place.file, place.exchange)) if place.exchange is not None else None
        if span is None:
            return place
        line, last_line, offset, length = span
        return replace(place, line=line, last_line=last_line, offset=offset, length=length)

    items = [replace(item, places=tuple(map(placed, item.places))) for item in judged.items]
    return replace(judged, items=tuple(items))


# ---------------------------------------------------------------- rules


def _indications(runs: Sequence[Run], demands: Demands) -> Iterator[Item]:
    """One item for each rule and recipient, whatever number of runs shows it; what is waived of it is another."""
    said: dict[tuple[str, str, str, str | None], list[tuple[Run, Verdict]]] = {}
    groups = {run.file: {group.id: group for group in run.groups()} for run in runs}
    for run in runs:
        names = {recipient.id: recipient.name for recipient in run.report.recipients}
        for verdict in run.report.verdicts:
            # Ids of recipients are of one report; their names are the same in all. A rule may say two things of one.
            about = (verdict.rule, verdict.title, names.get(verdict.recipient or "", ""), verdict.waived)
            said.setdefault(about, []).append((run, verdict))
    for (rule, _, recipient, waived), all_said in said.items():
        gravity = min(_gravity(verdict) for _, verdict in all_said)
        same = [(run, verdict) for run, verdict in all_said if _gravity(verdict) == gravity]
        told_by = [(one, _evidence([(run, one)], groups)[0]) for run, one in same]
        verdict, told = max(told_by, key=lambda each: len(each[1]))
        if verdict.outcome != "indication" and verdict.outcome not in _OPEN:
            continue
        labels, places = _evidence(same, groups)
        state, why_not = _state(verdict, demands)
        more = [label for label in labels if label not in told]
        others = f" In other runs also: {names_listed(map(within_sentence, more), 'other data types')}." if more else ""
        yield Item(
            rule=rule,
            family="rule",
            state=state,
            severity=verdict.severity,
            title=verdict.title or rule,
            message=verdict.message + others + often(len({id(run) for run, _ in same}), len(runs)),
            recipient=recipient or None,
            labels=labels,
            places=places,
            fingerprint=fingerprint("rule", rule, recipient, *labels),
            waived=waived,
            cannot_show=verdict.cannot_show,
            why_not=why_not,
        )


def _gravity(verdict: Verdict) -> tuple[int, int]:
    return _GRAVEST_OUTCOMES.index(verdict.outcome), -SEVERITIES.index(verdict.severity)


def _state(verdict: Verdict, demands: Demands) -> tuple[State, str]:
    if verdict.outcome in _OPEN:
        return "unknown", ""
    if verdict.waived is not None:
        return "waived", ""
    if SEVERITIES.index(verdict.severity) < SEVERITIES.index(demands.fail_on):
        return "warns", f"below the severity that fails a build ({demands.fail_on})"
    return "fails", ""


def _evidence(
    said: Iterable[tuple[Run, Verdict]], groups: Mapping[str, Mapping[str, Group]]
) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """The data types, sorted, and the requests that verdicts of different runs are about."""
    labels: set[str] = set()
    places: list[Place] = []
    for run, verdict in said:
        about = [groups[run.file][name] for name in verdict.groups if name in groups[run.file]]
        labels.update(group.label for group in about)
        places += run.places(exchange for group in about for exchange in group.exchanges)
    return tuple(sorted(labels)), tuple(places[:PLACES])


def _silent_regimes(runs: Sequence[Run], rules: Iterable[JudgedRule]) -> Item | None:
    """What to say where rules on where data may go were asked and none applies: silence would read as their answer."""
    known = {rule.id for rule in rules}
    said = [verdict for run in runs for verdict in run.report.verdicts if verdict.rule not in known]
    if not said or any(verdict.outcome != "not_applicable" for verdict in said):
        return None
    count = len({verdict.rule for verdict in said})
    return Item(
        rule=_LOCALISATION.id,
        family="rule",
        state="unknown",
        severity="info",
        title=_LOCALISATION.title,
        message=f"None of {counted(count, 'localisation rule')} applies to the users, operators and roles that were "
        "named, on the day of the capture; `apptells analyze` with the same options says why.",
        fingerprint=fingerprint("rule", _LOCALISATION.id),
    )


def _unlisted(runs: Sequence[Run], rules: Iterable[JudgedRule]) -> tuple[JudgedRule, ...]:
    """The rules that verdicts name and nobody names_listed, by what the verdicts say of them."""
    known = {rule.id for rule in rules}
    found: dict[str, JudgedRule] = {}
    for run in runs:
        for verdict in run.report.verdicts:
            if verdict.rule not in known and verdict.outcome != "not_applicable":
                found[verdict.rule] = JudgedRule(
                    id=verdict.rule,
                    family="rule",
                    title=verdict.title or verdict.rule,
                    severity=verdict.severity,
                    references=verdict.references,
                )
    return tuple(found[name] for name in sorted(found))


# ---------------------------------------------------------------- words


def _summary(items: Sequence[Item], runs: int) -> str:
    families = Counter(item.family for item in items if item.state == "fails")
    parts = [counted(number, noun) for family, noun in _NOUNS.items() if (number := families[family])]
    missing = sum(item.state == "not seen" for item in items)
    seen = f"in {counted(runs, 'run')}"
    if found := ", ".join(parts[:-1]) + " and " * (len(parts) > 1) + "".join(parts[-1:]):
        return f"{found} {seen}" + ("; not everything was seen." if missing else ".")
    if missing:
        return f"Not enough was seen {seen} to say: {counted(missing, 'reason')}."
    warned = sum(item.state == "warns" for item in items)
    return f"Nothing {seen} fails the build" + (f"; {counted(warned, 'warning')}." if warned else ".")
