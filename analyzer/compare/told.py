"""Tells a comparison: rows for a table, a page of Markdown, and one line that sums it up."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from analyzer.compare.observation import Change, Comparison, Key, Observations, Observed
from analyzer.english import counted
from analyzer.report.markdown import CELL, plain
from analyzer.report.visible import visible

COLUMNS = ("change", "data type", "recipient", "form", "phase", "server", "why", "requests")
MARKDOWN_ROWS = 200
LABELS_SHOWN = 8
REQUESTS_SHOWN = 10
OWNERS_SHOWN = 10


def rows(changes: Iterable[Change], *, together: bool = False) -> Iterator[tuple[str, ...]]:
    """One row of plain text for each change, under `COLUMNS`; what is captured of it has no invisible character.

    `together` makes one row of changes that differ in the data type only.
    """
    alike: dict[object, list[Change]] = {}
    for number, change in enumerate(changes):
        alike.setdefault(_cells(change, "") if together else number, []).append(change)
    for found in alike.values():
        labels = [_told(change).label for change in found]
        more = len(labels) - LABELS_SHOWN
        shown = "; ".join(labels[:LABELS_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
        requests = sorted({request for change in found for request in _told(change).exchanges})[:REQUESTS_SHOWN]
        cells = (*_cells(found[0], shown), ", ".join(map(str, requests)))
        yield tuple(visible(cell, CELL) for cell in cells)


def _cells(change: Change, labels: str) -> tuple[str, ...]:
    """All cells but the last."""
    flaky = " (flaky)" if change.is_flaky else ""
    steps = (_step(change, attrgetter(name)) for name in ("transform", "phase", "location"))
    return change.kind + flaky, labels, _told(change).key.recipient, *steps, change.why


def _told(change: Change) -> Observed:
    one = change.after or change.before
    assert one is not None
    return one


def markdown(comparison: Comparison) -> str:
    """A heading, the sums and a table in GitHub's Markdown. Captured text cannot mark up, link or mention anything."""
    lines = ["## What the app transmits, before and after", "", plain(summary(comparison)), ""]
    found = list(rows(comparison.changes, together=True))
    if found:
        lines += [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
        lines += [f"| {' | '.join(map(plain, cells))} |" for cells in found[:MARKDOWN_ROWS]]
        lines.append("")
    if len(found) > MARKDOWN_ROWS:
        lines += [f"{len(found) - MARKDOWN_ROWS:,} more rows are not listed.", ""]
    return "\n".join([*lines, "  \n".join(map(plain, builds(comparison))), ""])


def summary(comparison: Comparison) -> str:
    """How many changes there are of each kind, and how many of them may be chance."""
    counts = Counter(change.kind for change in comparison.changes)
    if not counts:
        return "No difference in what is transmitted."
    parts = [f"{counts[kind]:,} {kind}" for kind in ("new", "worsened", "gone", "better") if counts[kind]]
    flaky = sum(change.is_flaky for change in comparison.changes)
    maybe = f" ({flaky:,} seen in some of the runs only, and maybe chance)" if flaky else ""
    return f"{', '.join(parts)}{maybe}."


def builds(comparison: Comparison) -> list[str]:
    """What was compared with what, and why that may say little."""
    before, after = comparison.before, comparison.after
    lines = [f"Before: {_build(before)}", f"After: {_build(after)}"]
    if before.app and after.app and before.app != after.app:
        lines.append(f"These are different apps: {before.app} and {after.app}.")
    owners = [owner_known(*pair) for pair in comparison.owners.items()]
    more = [f"So are {len(owners) - OWNERS_SHOWN:,} more pairs."] if len(owners) > OWNERS_SHOWN else []
    return lines + owners[:OWNERS_SHOWN] + more


def owner_known(domain: str, owner: str) -> str:
    """That a recipient is compared by the name of an owner that only one of the builds knew."""
    return f"{domain} and {owner} are compared as one recipient: only one of the two builds knows who owns the hosts."


def _step(change: Change, member: Callable[[Key], str]) -> str:
    """One member of the key, before and after where they differ."""
    both = [member(one.key) for one in (change.before, change.after) if one is not None]
    if len(set(both)) == 1:
        return both[0]
    return " → ".join(text or "not marked" for text in both)


def _build(build: Observations) -> str:
    name = " ".join(filter(None, (build.app, build.version))) or "app not named"
    if not build.exchanges:  # of a capture, or of a baseline, which holds facts only
        seen = f"baseline of {counted(len(build.items), 'fact')}" if build.items else "nothing was seen"
        return f"{name}, {seen}"
    missing = f", {counted(build.unread, 'unread connection')}" if build.unread else ""
    return f"{name}, {counted(build.exchanges, 'exchange')} in {counted(build.runs, 'run')}{missing}"
