"""What is new or worsened against the baseline, as items of the gate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from analyzer.cli.runs import Demands, Run, often
from analyzer.model import SEVERITIES
from analyzer.report.judged import Item, JudgedRule, Place, fingerprint

if TYPE_CHECKING:
    from analyzer.compare.observation import Change, Comparison, Observed

_RULES = {"new": "new-transmission", "worsened": "worsened-transmission"}
"""What is worth a word at the gate; what is gone or better is for `apptells diff`."""
BASELINE_RULES = (
    JudgedRule(
        id="new-transmission",
        family="baseline",
        title="A transmission that the baseline does not have",
        severity="medium",
        description="The build was seen to transmit a kind of data to a recipient that did not receive it before, or "
        "not in this form, phase and place.",
    ),
    JudgedRule(
        id="worsened-transmission",
        family="baseline",
        title="A transmission that went another way before",
        severity="medium",
        description="A known transmission is now plain instead of hashed, outside TLS, before consent, to a third "
        "party, or to another country.",
    ),
    JudgedRule(
        id="owner-known",
        family="baseline",
        title="A recipient whose owner only one side knows",
        severity="info",
        description="The baseline was made with other data on owners than the build was judged with; what the "
        "recipient receives is compared all the same.",
    ),
)


def changes(runs: Sequence[Run], demands: Demands, comparison: "Comparison") -> Iterator[Item]:
    """One item for each transmission that is new or worsened, and one for each recipient whose owner became known."""
    shown = _exchanges(runs)
    for change in comparison.changes:
        if change.kind not in _RULES or change.after is None:
            continue
        after, key = change.after, change.after.key
        why_not = _spared(change, after, demands)
        seldom = often(after.runs, comparison.after.runs) if change.is_flaky else ""
        yield Item(
            rule=_RULES[change.kind],
            family="baseline",
            state="warns" if why_not else "fails",
            severity=SEVERITIES[min(after.sensitivity, len(SEVERITIES) - 1)],
            title=f"{'New' if change.kind == 'new' else 'Worsened'}: {after.label} to {key.recipient}",
            message=f"{after.label} to {key.recipient}, {_way(after)}: {change.why}{seldom}",
            told=f"{change.why}{seldom} ({_way(after)})",
            recipient=key.recipient,
            labels=(after.label,),
            places=_shown_in(runs, shown, after),
            fingerprint=fingerprint(
                "baseline", change.kind, key.data_type, key.recipient, key.phase, key.transform, key.location
            ),
            why_not=why_not,
        )
    for domain, owner in comparison.owners.items():
        yield _owner_known(domain, owner)


def _owner_known(domain: str, owner: str) -> Item:
    from analyzer.compare.told import owner_known

    said = owner_known(domain, owner)
    return Item(
        rule="owner-known",
        family="baseline",
        state="warns",
        severity="info",
        title=f"{domain} and {owner}",
        message=f"{said} Renew the baseline with `apptells baseline update`.",
        told=said,
        recipient=owner,
        fingerprint=fingerprint("baseline", "owner-known", domain, owner),
        why_not="nobody new receives anything by that",
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


def recipients(comparison: "Comparison") -> tuple[str, ...]:
    """Everyone whose transmissions are compared, sorted."""
    both = (*comparison.before.items, *comparison.after.items)
    return tuple(sorted({seen.key.recipient for seen in both}))
