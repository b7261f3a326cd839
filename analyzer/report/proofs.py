"""What bears a sentence: the requests that together hold all it tells, and the evidence for each kind of data."""

from collections.abc import Container, Sequence

from analyzer.model import EVIDENCE, EVIDENCE_RANK, Evidence
from analyzer.reported import Group


def best_request(groups: Sequence[Group], requests: Container[int]) -> int:
    """The request that shows most of the groups, the earliest of several; one of them must be among `requests`."""
    counts: dict[int, int] = {}
    for group in groups:
        for index in group.exchanges:
            if index in requests:
                counts[index] = counts.get(index, 0) + 1
    return min(counts, key=lambda index: (-counts[index], index))


def bearing(told: Sequence[Group], first: int, requests: Container[int]) -> tuple[int, ...]:
    """Requests that hold each kind of data that one of `requests` holds: `first`, and as few as it takes."""
    found = [first]
    left = told
    while True:
        shown = {group.data_type for group in left if found[-1] in group.exchanges}
        left = [group for group in left if group.data_type not in shown]
        if not listed_in(left, requests):
            return tuple(found)
        found.append(best_request(left, requests))


def listed_in(groups: Sequence[Group], requests: Container[int]) -> bool:
    """Whether one of these groups is in one of `requests`."""
    return any(index in requests for group in groups for index in group.exchanges)


def evidence_of(groups: Sequence[Group]) -> tuple[tuple[Evidence, int], ...]:
    """How many kinds of data each level is the strongest for, strongest first."""
    best: dict[str, Evidence] = {}
    for group in sorted(groups, key=lambda group: EVIDENCE_RANK[group.evidence]):
        best.setdefault(group.data_type, group.evidence)
    levels = list(best.values())
    return tuple((level, levels.count(level)) for level in EVIDENCE if level in levels)
