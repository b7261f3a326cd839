"""What builds were seen to transmit, from the reports on their runs."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from analyzer.compare.observation import Key, Observations, Observed
from analyzer.model import EVIDENCE_RANK, Destination
from analyzer.report.json import encoded
from analyzer.report.visible import visible
from analyzer.reported import Group, Recipient, Report

if TYPE_CHECKING:
    from analyzer.compare.saved_report import SavedReport

LISTED = 10
"""Hosts and exchanges that are kept of one kind of transmission."""
MAX_TEXT = 300
UNKNOWN = "unknown"
NO_ADDRESS = "no address"
_PLACES = ("edge", "private address", NO_ADDRESS)
_PARTIES = {"first": 0, "unknown": 1, "third": 2}


class Run(NamedTuple):
    """One run of a build."""

    time: float
    """When its first request began, seconds since 1970 UTC; 0 where that is not known."""
    sha256: str
    """Of its capture."""
    observed: Observations


def observations(reports: "Iterable[Report | SavedReport]") -> Observations:
    """The runs of one build united, in whatever order they are given; the same capture given twice is one run."""
    return united_runs(map(run_of, reports))


def run_of(report: "Report | SavedReport") -> Run:
    """What a report says of a run, without the report."""
    return Run(report.capture.first_time or 0.0, report.capture.sha256, observed_in(report))


def united_runs(runs: Iterable[Run]) -> Observations:
    """The runs of one build united, as `observations` does."""
    distinct = {(run.time, run.sha256, encoded(run.observed)): run.observed for run in runs}
    return united([distinct[run] for run in sorted(distinct)])


def observed_in(report: "Report | SavedReport") -> Observations:
    """What one run was seen to transmit. What only a name tells (evidence `key`) is kept too."""
    items: dict[Key, Observed] = {}
    for recipient in report.recipients:
        for group in recipient.groups:
            one = _observed(group, recipient, report.destinations[group.destination])
            known = items.get(one.key)
            if known is not None:
                exchanges = tuple(sorted({*known.exchanges, *one.exchanges})[:LISTED])
                one = replace(joined(known, one, 1), exchanges=exchanges)
            items[one.key] = one
    app = report.capture.app
    return Observations(
        app=app_of(report),
        version=_text(app.version) if app and app.version else None,
        runs=1,
        items=tuple(one for _, one in sorted(items.items())),
        exchanges=report.capture.exchanges,
        unread=sum(unread.count for unread in report.unread),
        undecoded=report.undecoded_total,
    )


def app_of(report: "Report | SavedReport") -> str | None:
    """The app that a capture names, else the one that its user did."""
    app = report.capture.app
    name = app.id if app else report.method.app
    return _text(name) if name else None


def united(runs: Sequence[Observations], together: Callable[[int, int], int] = int.__add__) -> Observations:
    """Everything that any of them holds; `exchanges` of an item are those of the last that has some.

    `together` says in how many runs something was that was seen in so many of the one, and so many of the other.
    """
    items: dict[Key, Observed] = {}
    total = 0
    for run in runs:
        earlier, total = total, together(total, run.runs)
        for one in run.items:
            one = replace(one, seen_in=tuple(earlier + number for number in one.seen_in))
            known = items.get(one.key)
            items[one.key] = one if known is None else joined(known, one, together(known.runs, one.runs))
    return Observations(
        app=_agreed(run.app for run in runs),
        version=_agreed(run.version for run in runs),
        runs=total,
        items=tuple(one for _, one in sorted(items.items())),
        exchanges=sum(run.exchanges for run in runs),
        unread=sum(run.unread for run in runs),
        undecoded=sum(run.undecoded for run in runs),
    )


def joined(one: Observed, other: Observed, runs: int) -> Observed:
    """Two observations of the same key as one: the strongest evidence, and the least favourable of what differs."""
    return Observed(
        key=one.key,
        runs=runs,
        label=max(one.label, other.label),
        sensitivity=max(one.sensitivity, other.sensitivity),
        party=max(one.party, other.party, key=_PARTIES.__getitem__),
        seat=max(one.seat or "", other.seat or "") or None,
        secure=one.secure and other.secure,
        evidence=min(one.evidence, other.evidence, key=EVIDENCE_RANK.__getitem__),  # type: ignore[arg-type]
        hosts=tuple(sorted({*one.hosts, *other.hosts})[:LISTED]),
        exchanges=other.exchanges or one.exchanges,
        seen_in=tuple(sorted({*one.seen_in, *other.seen_in})) if one.seen_in and other.seen_in else (),
    )


def _observed(group: Group, recipient: Recipient, to: Destination) -> Observed:
    place = to.server_country or (to.server_country_method if to.server_country_method in _PLACES else UNKNOWN)
    return Observed(
        key=Key(
            data_type=_text(group.data_type),
            recipient=_text(recipient.name),
            phase=_text(group.phase or ""),
            transform=_text(group.transform),
            location=_text(place),
        ),
        runs=1,
        label=_text(group.label),
        sensitivity=group.sensitivity,
        party=recipient.party,
        seat=_text(recipient.owner_country) if recipient.owner_country else None,
        secure=group.secure,
        evidence=group.evidence,
        hosts=(_text(to.host),),
        exchanges=group.exchanges[:LISTED],
        seen_in=(0,),
    )


def runs_of(items: Iterable[Observed]) -> int:
    """In how many runs any of some items of a build was seen; at least, where it is not known which runs those are."""
    items = tuple(items)
    if all(one.seen_in for one in items):
        return len({number for one in items for number in one.seen_in})
    return max(one.runs for one in items)


def _text(captured: str) -> str:
    """Names are captured text: what of them does not print is written out here, once for all that show them."""
    return visible(captured, MAX_TEXT)


def _agreed(names: Iterable[str | None]) -> str | None:
    """The one name that all give who give one."""
    distinct = {name for name in names if name is not None}
    return distinct.pop() if len(distinct) == 1 else None
