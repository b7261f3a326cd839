"""Judges a build by its runs: what its rules indicate, what is new against the baseline, whether enough was seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.cli.coverage import coverage, coverage_rules
from analyzer.cli.runs import PLACES, Demands, Run, count_of
from analyzer.model import SEVERITIES, Outcome, Verdict
from analyzer.report.judged import (
    CLEAN,
    FOUND,
    NOT_SEEN,
    STATES,
    Item,
    Judged,
    JudgedRule,
    Place,
    State,
    fingerprint,
    gravest,
)
from analyzer.reported import Group

if TYPE_CHECKING:
    from analyzer.compare.observation import Change, Comparison, Observed

_GRAVEST_OUTCOMES: tuple[Outcome, ...] = (
    "indication", "unknown", "insufficient_data", "no_indication", "allowed", "not_applicable",
)  # fmt: skip
_OPEN = ("unknown", "insufficient_data")
_CHANGES = {"new": "new-transmission", "worsened": "worsened-transmission"}
"""What is worth a word at the gate; what is gone or better is for `apptells diff`."""
_BASELINE_RULES = (
    JudgedRule(
        id="new-transmission",
        family="baseline",
        title="A transmission that the baseline does not have",
        severity="medium",
        description="The build was seen to transmit a kind of data to a recipient that did not receive it before.",
    ),
    JudgedRule(
        id="worsened-transmission",
        family="baseline",
        title="A transmission that went another way before",
        severity="medium",
        description="A known transmission is now plain instead of hashed, outside TLS, before consent, or to another "
        "country.",
    ),
)


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
    if comparison is not None:
        items += _changes(runs, demands, comparison)
        asked += _BASELINE_RULES
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
        compared=_compared(comparison) if comparison is not None else None,
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
    said: dict[tuple[str, str, str | None], list[tuple[Run, Verdict]]] = {}
    groups = {run.file: {group.id: group for group in run.groups()} for run in runs}
    for run in runs:
        names = {recipient.id: recipient.name for recipient in run.report.recipients}
        for verdict in run.report.verdicts:
            # Ids of recipients are of one report; their names are the same in all.
            about = (verdict.rule, names.get(verdict.recipient or "", ""), verdict.waived)
            said.setdefault(about, []).append((run, verdict))
    for (rule, recipient, waived), all_said in said.items():
        verdict = min((verdict for _, verdict in all_said), key=_gravity)
        if verdict.outcome != "indication" and verdict.outcome not in _OPEN:
            continue
        same = [(run, other) for run, other in all_said if _gravity(other) == _gravity(verdict)]
        labels, places = _evidence(same, groups)
        state, why_not = _state(verdict, demands)
        shown = len({id(run) for run, _ in same})
        often = f" Seen in {shown} of {len(runs)} runs." if shown < len(runs) else ""
        yield Item(
            rule=rule,
            family="rule",
            state=state,
            severity=verdict.severity,
            title=verdict.title or rule,
            message=verdict.message + often,
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


def _unlisted(runs: Sequence[Run], rules: Iterable[JudgedRule]) -> tuple[JudgedRule, ...]:
    """The rules that verdicts name and nobody listed, by what the verdicts say of them."""
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


# ---------------------------------------------------------------- builds


def _changes(runs: Sequence[Run], demands: Demands, comparison: "Comparison") -> Iterator[Item]:
    shown = _exchanges(runs)
    for change in comparison.changes:
        if change.kind not in _CHANGES or change.after is None:
            continue
        after, key = change.after, change.after.key
        why_not = _spared(change, after, demands)
        often = f" Seen in {after.runs} of {comparison.after.runs} runs." if change.is_flaky else ""
        yield Item(
            rule=_CHANGES[change.kind],
            family="baseline",
            state="warns" if why_not else "fails",
            severity=SEVERITIES[min(after.sensitivity, len(SEVERITIES) - 1)],
            title=f"{'New' if change.kind == 'new' else 'Worsened'}: {after.label} to {key.recipient}",
            message=f"{after.label} to {key.recipient}, {_way(after)}: {change.why}{often}",
            told=f"{change.why}{often} ({_way(after)})",
            recipient=key.recipient,
            labels=(after.label,),
            places=_shown_in(runs, shown, after),
            fingerprint=fingerprint(
                "baseline", change.kind, key.data_type, key.recipient, key.phase, key.transform, key.location
            ),
            why_not=why_not,
        )


def _way(seen: "Observed") -> str:
    """How it went: form, phase and place."""
    key = seen.key
    form = "" if key.transform == "plain" else key.transform
    return ", ".join(filter(None, (form, key.phase, f"server {key.location}")))


def _spared(change: "Change", after: "Observed", demands: Demands) -> str:
    """Why a change fails no build; empty where it does."""
    if change.is_flaky:
        return "seen in some of the runs only"
    if demands.fail_on_new == "none":
        return "what is new fails no build (--fail-on-new none)"
    if demands.fail_on_new == "third-party" and after.party == "first":
        return "sent to the app's own server (--fail-on-new third-party)"
    return ""


def _exchanges(runs: Sequence[Run]) -> list[dict[tuple[str, str], set[int]]]:
    """The requests of each run by data type and host."""
    found: list[dict[tuple[str, str], set[int]]] = []
    for run in runs:
        found.append({})
        for group in run.groups():
            found[-1].setdefault((group.data_type, group.host), set()).update(group.exchanges)
    return found


def _shown_in(
    runs: Sequence[Run], shown: Sequence[Mapping[tuple[str, str], set[int]]], seen: "Observed"
) -> tuple[Place, ...]:
    """The requests of what was observed, in the last run that has them all."""
    wanted = set(seen.exchanges)
    for run, exchanges in zip(reversed(runs), reversed(shown), strict=True):
        sent = set[int]().union(*(exchanges.get((seen.key.data_type, host), ()) for host in seen.hosts))
        if wanted and wanted <= sent:
            return run.places(wanted)
    return ()


def _compared(comparison: "Comparison") -> tuple[str, ...]:
    both = (*comparison.before.items, *comparison.after.items)
    return tuple(sorted({seen.key.recipient for seen in both}))


# ---------------------------------------------------------------- words


def _summary(items: Sequence[Item], runs: int) -> str:
    failing = [item for item in items if item.state == "fails"]
    fresh = sum(item.family == "baseline" for item in failing)
    parts = [
        count_of(fresh, "new or worsened transmission") if fresh else "",
        count_of(len(failing) - fresh, "indication") if len(failing) > fresh else "",
    ]
    missing = sum(item.state == "not seen" for item in items)
    seen = f"in {count_of(runs, 'run')}"
    if found := " and ".join(filter(None, parts)):
        return f"{found} {seen}" + ("; not everything was seen." if missing else ".")
    if missing:
        return f"Not enough was seen {seen} to say: {count_of(missing, 'reason')}."
    warned = sum(item.state == "warns" for item in items)
    return f"Nothing {seen} fails the build" + (f"; {count_of(warned, 'warning')}." if warned else ".")
