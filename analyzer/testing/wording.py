"""What a failed assertion says: what, to whom, when, by which request; the value masked, never whole."""

from collections import Counter
from collections.abc import Iterable

from analyzer.english import counted
from analyzer.model import Destination, Transmission, Undecoded
from analyzer.report.visible import visible
from analyzer.taxonomy import Taxonomy
from analyzer.testing.snapshot import Snapshot

LINES = 20
"""Like transmissions that a message lists."""
_TEXT = 120
_PARTY = {"first": "first party", "third": "third party", "unknown": "party not known"}

_Likeness = tuple[str, int, str | None, str, str, str, bool]


def listed(snapshot: Snapshot, taxonomy: Taxonomy, found: Iterable[Transmission]) -> str:
    """A line for each kind of transmission, the first of them described, safe to write to a terminal."""
    counts, firsts = Counter[_Likeness](), dict[_Likeness, Transmission]()
    for one in found:
        alike = (one.data_type, one.destination, one.phase, one.transform, one.location, one.path, one.secure)
        counts[alike] += 1
        firsts.setdefault(alike, one)
    lines = [
        _line(one, snapshot.destination(one), taxonomy, counts[alike]) for alike, one in list(firsts.items())[:LINES]
    ]
    return _joined(lines, len(firsts))


def listed_destinations(found: Iterable[Destination]) -> str:
    """A line for each host."""
    all_of_them = list(found)
    lines = [
        f"{_shown(one.host)} · {recipient(one)}"
        + (f" · {counted(one.exchanges, 'request')}" if one.exchanges else " · not read")
        for one in all_of_them[:LINES]
    ]
    return _joined(lines, len(all_of_them))


def listed_undecoded(found: Iterable[Undecoded]) -> str:
    """A line for each body, or part of one."""
    all_of_them = list(found)
    lines = [
        f"{one.bytes:,} bytes that no decoder could open → {_shown(one.host)} · request {one.exchange}"
        for one in all_of_them[:LINES]
    ]
    return _joined(lines, len(all_of_them))


def recipient(destination: Destination) -> str:
    """`WizRocket (CleverTap), third party`."""
    owner = destination.owner or "owner not known"
    product = f" ({destination.product})" if destination.product and destination.product not in owner else ""
    return f"{_shown(owner + product)}, {_PARTY[destination.party]}"


def unread(snapshot: Snapshot) -> str:
    """What could not be read, as the end of a message; empty where everything could."""
    report = snapshot.report
    if not report.unread:
        return ""
    lines = [f"{_shown(one.host)} · {one.kind} · {times(one.count)}" for one in report.unread[:LINES]]
    count = sum(one.count for one in report.unread)
    return f"\n{counted(count, 'connection')} could not be read:{_joined(lines, len(report.unread))}"


def times(count: int) -> str:
    """`once`, `12 times`."""
    return "once" if count == 1 else f"{count:,} times"


def _line(one: Transmission, to: Destination, taxonomy: Taxonomy, count: int) -> str:
    parts = [
        f"{taxonomy.get(one.data_type).label} ({one.data_type}) → {_shown(one.host)}",
        recipient(to),
        f"phase {_shown(one.phase)}" if one.phase else "no phase marked yet",
        f"request {one.exchange}" + (f" and {count - 1:,} more" if count > 1 else ""),
        _shown(f"{one.location} {one.path}"),
        _shown(f"{one.masked_value} as {one.transform}" if one.transform != "plain" else one.masked_value),
        f"evidence: {one.evidence}",
    ]
    return " · ".join(parts if one.secure else [*parts, "not encrypted"])


def _joined(lines: list[str], total: int) -> str:
    more = [f"… and {total - len(lines):,} more"] if total > len(lines) else []
    return "".join(f"\n  {line}" for line in lines + more)


def _shown(text: str) -> str:
    return visible(text, _TEXT)
