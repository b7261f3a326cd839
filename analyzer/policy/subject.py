"""What rules are asked of: the groups of a report, and identifiers that only their being shared makes known."""

import re
from collections.abc import Iterator

from analyzer.model import Destination
from analyzer.policy.condition import Subject
from analyzer.reported import Group, Receiver, Recipient, Report, SharedIdentifier

_POSITION = re.compile(r"\[\d+\]")


def subjects_of(report: Report) -> Iterator[Subject]:
    """Everything that can be judged: all groups, and identifiers that no detector knows."""
    received: dict[str, list[tuple[SharedIdentifier, Receiver]]] = {}
    for shared in report.shared_identifiers:
        for receiver in shared.receivers:
            received.setdefault(receiver.recipient, []).append((shared, receiver))
    for recipient in report.recipients:
        known = received.get(recipient.id, ())
        matched: set[tuple[str, str]] = set()
        for group in recipient.groups:
            ours = [(shared, receiver) for shared, receiver in known if _is_of(group, shared, receiver)]
            matched.update((shared.id, receiver.host) for shared, receiver in ours)
            shared_here = tuple(dict.fromkeys(shared for shared, _ in ours))
            yield Subject(group, recipient, _destination(group.destination, group.host, recipient, report), shared_here)
        for shared, receiver in known:
            if (shared.id, receiver.host) not in matched:
                to = _destination(-1, receiver.host, recipient, report)
                yield Subject(_made(shared, receiver, recipient), recipient, to, (shared,), is_recognised=False)


def _is_of(group: Group, shared: SharedIdentifier, receiver: Receiver) -> bool:
    """Whether the group sends this identifier: what is known of it is its first place at this host, and its mask."""
    if group.evidence == "key" or group.host != receiver.host or group.data_type not in shared.data_types:
        return False  # that a value is shared is proven, so what only a name takes it for adds nothing
    is_there = group.location == receiver.location and group.path == _POSITION.sub("[]", receiver.path)
    return is_there or group.masked_value == shared.masked_value


def _destination(position: int, host: str, recipient: Recipient, report: Report) -> Destination | None:
    if 0 <= position < len(report.destinations) and report.destinations[position].host == host:
        return report.destinations[position]
    return next((to for to in recipient.destinations if to.host == host), None)


def _made(shared: SharedIdentifier, receiver: Receiver, recipient: Recipient) -> Group:
    """A group for an identifier that is in no group of the report, and so has no anchor."""
    return Group(
        id="",
        recipient=recipient.id,
        host=receiver.host,
        data_type=shared.data_types[0] if shared.data_types else "id.other",
        label=shared.label,
        sensitivity=1,
        location=receiver.location,
        path=receiver.path,
        decoding=(),
        transform="plain",
        evidence="validated",
        seed=None,
        reasoning=shared.evidence,
        masked_value=shared.masked_value,
        count=receiver.count,
        exchanges=(receiver.exchange,),
    )
