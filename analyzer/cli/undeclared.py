"""Kinds of data that were observed and that no form of the app's maker names, as items of the gate."""

from collections.abc import Iterator, Sequence

from analyzer.cli.runs import PLACES, Demands, Run, often
from analyzer.model import SEVERITIES
from analyzer.policy.wording import names_listed
from analyzer.report.judged import Item, JudgedRule, Place, State, fingerprint, gravest
from analyzer.reported import Declared, Group

UNDECLARED = JudgedRule(
    id="undeclared-data",
    family="declared",
    title="A kind of data that no form declares",
    severity="medium",
    description="The build was seen to transmit a kind of data that the store forms and manifests given with "
    "--declared do not name.",
)
CAUTION = "Traffic cannot settle whether it has to be declared, or as what: collected and shared are words of law."
_OPEN = ("mentioned", "no statement")


def undeclared(runs: Sequence[Run], demands: Demands) -> Iterator[Item]:
    """One item for each kind of data of a store's scheme, whatever number of runs shows it.

    What only names of fields tell of, and what no form given speaks of, could not be judged. It rests on the rows
    that `analyze --declared` shows: `declared/row.py`.
    """
    found: dict[tuple[str, str], list[tuple[State, Run, Declared]]] = {}
    for run in runs:
        proven = {group.id for group in run.groups() if group.evidence != "key"}
        for row in run.report.declared:
            state = _state(row, not proven.isdisjoint(row.groups), demands)
            if state != "passes":
                found.setdefault((row.scheme, row.kind), []).append((state, run, row))
    for said in found.values():
        yield _item(said, demands, len(runs))


def _state(row: Declared, is_proven: bool, demands: Demands) -> State:
    if not row.groups or row.declared not in ("not declared", *_OPEN):
        return "passes"
    if row.declared in _OPEN or not is_proven:
        return "unknown"
    return "fails" if demands.fail_on_undeclared else "warns"


def _item(said: Sequence[tuple[State, Run, Declared]], demands: Demands, runs: int) -> Item:
    """In the words of the run that shows the most recipients."""
    state = gravest(state for state, _, _ in said)
    same = [(run, row) for one, run, row in said if one == state]
    names = [_names(run, row) for run, row in same]
    most = max(range(len(same)), key=lambda number: len(names[number]))
    row, more = same[most][1], [name for each in names for name in each if name not in names[most]]
    sentences = [f"{row.label}: {row.message[:1].lower()}{row.message[1:]}"]
    sentences += [f"In other runs {names_listed(more, 'other recipients')} received it too."] if more else []
    sentences += [CAUTION] if state != "unknown" else []
    everyone = {name for each in names for name in each}
    return Item(
        rule=UNDECLARED.id,
        family=UNDECLARED.family,
        state=state,
        severity=SEVERITIES[min(max(_sensitivities(same)), len(SEVERITIES) - 1)],
        title=f"Not declared: {row.label}",
        message=" ".join(sentences) + often(len(same), runs),
        recipient=everyone.pop() if len(everyone) == 1 else None,
        labels=(row.label,),
        places=tuple(place for run, row in same for place in _places(run, row))[:PLACES],
        fingerprint=fingerprint("declared", row.scheme, row.kind),
        why_not="" if state != "warns" else "what is not declared fails a build with --fail-on-undeclared only",
    )


def _groups(run: Run, row: Declared) -> Iterator[Group]:
    return (group for group in run.groups() if group.id in row.groups)


def _sensitivities(said: Sequence[tuple[Run, Declared]]) -> Iterator[int]:
    return (group.sensitivity for run, row in said for group in _groups(run, row))


def _names(run: Run, row: Declared) -> tuple[str, ...]:
    """Who received it."""
    return tuple(recipient.name for recipient in run.report.recipients if recipient.id in row.recipients)


def _places(run: Run, row: Declared) -> tuple[Place, ...]:
    return run.places(exchange for group in _groups(run, row) for exchange in group.exchanges)
