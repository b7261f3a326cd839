"""What else went the same way: other data types that one recipient was sent, at any time or in the same request."""

from collections.abc import Iterable, Iterator

from analyzer.policy.truth import Truth
from analyzer.reported import Group, Recipient

EXCHANGES_LISTED = 10
"""Exchanges that a group lists at most; one with so many may have been in others, too."""


class Companions:
    """The groups of a recipient that hold certain data types, found again in constant time for each other group."""

    def __init__(self, recipient: Recipient, data_types: frozenset[str]) -> None:
        groups = [group for group in recipient.groups if group.data_type in data_types]
        self._proven = [group for group in groups if group.evidence != "key"]
        self._named_only = [group for group in groups if group.evidence == "key"]
        self._cut = [group for group in groups if len(group.exchanges) >= EXCHANGES_LISTED]
        self._proven_in = _by_exchange(self._proven)
        self._named_only_in = _by_exchange(self._named_only)

    def went_with(self, group: Group, within: str) -> Truth:
        """Whether another of them went to the recipient, or in a request with the group; None where that may be."""
        if within == "recipient":
            return True if _other(self._proven, group) else None if _other(self._named_only, group) else False
        if any(_other(self._proven_in.get(exchange, ()), group) for exchange in group.exchanges):
            return True
        may_be = any(_other(self._named_only_in.get(exchange, ()), group) for exchange in group.exchanges)
        is_cut = len(group.exchanges) >= EXCHANGES_LISTED and _other(self._cut, group)
        return None if may_be or is_cut else False

    def of(self, groups: Iterable[Group], within: str) -> Iterator[Group]:
        """Those that went with these groups, more than a name showing what they are; some may come repeatedly."""
        if within == "recipient":
            yield from self._proven
            return
        for exchange in {exchange for group in groups for exchange in group.exchanges}:
            yield from self._proven_in.get(exchange, ())


def _by_exchange(groups: Iterable[Group]) -> dict[int, list[Group]]:
    found: dict[int, list[Group]] = {}
    for group in groups:
        for exchange in group.exchanges:
            found.setdefault(exchange, []).append(group)
    return found


def _other(groups: Iterable[Group], group: Group) -> bool:
    """Whether there is one that is not the group itself: the first or the second is."""
    return any(each.id != group.id for each in groups)
