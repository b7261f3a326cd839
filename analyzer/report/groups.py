"""Groups of like transmissions, the recipients they went to, and the matrix of the two."""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from analyzer.capture.phases import ANSWERS
from analyzer.model import EVIDENCE_RANK, Destination, Evidence, Finding, Location, Phase
from analyzer.reported import Cell, Group, MatrixRow, Recipient
from analyzer.taxonomy import Taxonomy

EXCHANGES_SHOWN = 10
_POSITION = re.compile(r"\[\d+\]")


def is_telling(sensitivity: int, evidence: Evidence) -> bool:
    """Whether a finding belongs into a sentence: it is personal, and shown by more than a name."""
    return sensitivity >= 2 and evidence != "key"


class Kind(NamedTuple):
    """What the transmissions of a group have in common, beside their destination."""

    data_type: str
    location: Location
    path: str
    decoding: tuple[str, ...]
    transform: str
    evidence: Evidence
    seed: str | None
    phase: str | None = None
    secure: bool = True

    @classmethod
    def of(cls, finding: Finding, path: str, phase: str | None = None, secure: bool = True) -> "Kind":
        """The kind of a finding whose place is shown as `path`: positions in arrays make no difference."""
        field = finding.field
        if "[" in path:
            path = _POSITION.sub("[]", path)
        return cls(
            finding.data_type, field.location, path, field.decoding, finding.transform, finding.evidence, finding.seed,
            phase, secure,
        )  # fmt: skip


class Tally:
    """A group while it is being counted."""

    __slots__ = ("count", "exchanges", "first_time", "masked", "reasoning", "support", "transmissions")

    def __init__(self, finding: Finding, masked: str, reasoning: str, first_time: float | None = None) -> None:
        self.count = 0
        self.exchanges = array("Q")  # an eighth of a list's memory, and there may be MAX_GROUPS of them
        self.transmissions = array("Q")
        self.masked = masked
        self.reasoning = reasoning
        self.support = finding.support
        self.first_time = first_time

    def add(self, exchange: int, transmission: int) -> None:
        """Count one more, by its position; an exchange is listed once, in whatever order its transmissions come."""
        self.count += 1
        if self.count <= EXCHANGES_SHOWN:
            self.transmissions.append(transmission)
        exchanges = self.exchanges
        if len(exchanges) < EXCHANGES_SHOWN and exchange not in exchanges:
            exchanges.append(exchange)


def recipients_of(
    destinations: Sequence[Destination], tallies: Sequence[Mapping[Kind, Tally]], taxonomy: Taxonomy
) -> tuple[Recipient, ...]:
    """Destinations by party and owner (registrable domain where the owner is unknown); `tallies` of each of them.

    Recipients of recognised data come first, among them third parties, the most sensitive data first.
    """
    members: dict[tuple[str, str], list[int]] = {}
    for position, destination in enumerate(destinations):
        members.setdefault((destination.party, destination.owner or destination.domain), []).append(position)

    def weight(member: tuple[str, str]) -> tuple[bool, bool, int, int, str]:
        party, name = member
        kinds = [kind for position in members[member] for kind in tallies[position]]
        proven = {kind.data_type for kind in kinds if kind.evidence != "key"}
        worst = sum(taxonomy.get(data_type).sensitivity ** 2 for data_type in proven)
        return not kinds, party == "first", -worst, -len({kind.data_type for kind in kinds}), name

    recipients: list[Recipient] = []
    number = 0
    for member in sorted(members, key=weight):
        positions = members[member]
        found = [(kind, tally, position) for position in positions for kind, tally in tallies[position].items()]
        found.sort(
            key=lambda one: (
                -taxonomy.get(one[0].data_type).sensitivity,
                one[0].data_type,
                EVIDENCE_RANK[one[0].evidence],
            )
        )
        recipient = f"r{len(recipients) + 1}"
        groups = []
        for kind, tally, position in found:
            number += 1
            groups.append(_group(f"t{number}", recipient, position, destinations[position].host, kind, tally, taxonomy))
        first = destinations[positions[0]]
        recipients.append(
            Recipient(
                id=recipient,
                name=member[1],
                party=first.party,
                owner=first.owner,
                parent=first.parent,
                owner_country=first.owner_country,
                category=first.category,
                destinations=tuple(destinations[position] for position in positions),
                groups=tuple(groups),
                exchanges=sum(destinations[position].exchanges for position in positions),
            )
        )
    return tuple(recipients)


def _group(
    group: str, recipient: str, destination: int, host: str, kind: Kind, tally: Tally, taxonomy: Taxonomy
) -> Group:
    data_type = taxonomy.get(kind.data_type)
    return Group(
        id=group,
        recipient=recipient,
        host=host,
        data_type=kind.data_type,
        label=data_type.label,
        sensitivity=data_type.sensitivity,
        location=kind.location,
        path=kind.path,
        decoding=kind.decoding,
        transform=kind.transform,
        evidence=kind.evidence,
        seed=kind.seed,
        reasoning=tally.reasoning,
        masked_value=tally.masked,
        count=tally.count,
        exchanges=tuple(tally.exchanges),
        support=tally.support,
        phase=kind.phase,
        first_time=tally.first_time,
        secure=kind.secure,
        destination=destination,
        transmissions=tuple(tally.transmissions),
    )


def told(recipient: Recipient) -> list[Group]:
    """The groups worth telling: personal, and shown by more than a name."""
    return [group for group in recipient.groups if is_telling(group.sensitivity, group.evidence)]


def answer_of(phases: Sequence[Phase]) -> Phase | None:
    """The first answer to a consent screen."""
    return next((phase for phase in phases if phase.name in ANSWERS), None)


def is_before(group: Group, answer: Phase | None) -> bool:
    """Whether the first of these transmissions came before the answer; False where either has no time."""
    return answer is not None and group.first_time is not None and group.first_time < answer.time


def refusal_at(time: float | None, phases: Sequence[Phase]) -> Phase | None:
    """The answer to a consent screen that held at this time, where it was a refusal. `phases` are in order."""
    given = [phase for phase in phases if phase.name in ANSWERS and time is not None and phase.time <= time]
    return given[-1] if given and given[-1].name == "after-reject" else None


def told_before(recipients: Sequence[Recipient], answer: Phase | None) -> list[list[Group]]:
    """What is worth telling of what came before the answer, a list for each recipient, the most sensitive data first.

    The app's own hosts are left out unless they are all.
    """
    found = [[group for group in told(recipient) if is_before(group, answer)] for recipient in recipients]
    theirs = [groups for recipient, groups in zip(recipients, found, strict=True) if recipient.party != "first"]
    return _most_sensitive_first(theirs) or _most_sensitive_first(found)


def told_after_refusal(recipients: Sequence[Recipient], phases: Sequence[Phase]) -> list[list[Group]]:
    """The same of what came after a refusal, to other hosts than the app's own."""
    return _most_sensitive_first(
        [group for group in told(recipient) if refusal_at(group.first_time, phases)]
        for recipient in recipients
        if recipient.party != "first"
    )


def _most_sensitive_first(found: Iterable[list[Group]]) -> list[list[Group]]:
    return sorted(filter(None, found), key=lambda groups: -max(group.sensitivity for group in groups))


def matrix_of(recipients: Sequence[Recipient], taxonomy: Taxonomy) -> tuple[MatrixRow, ...]:
    """A row for each data type, a cell for each recipient with groups; the most sensitive types first."""
    columns = [recipient for recipient in recipients if recipient.groups]
    found: dict[str, dict[str, list[Group]]] = {}
    for recipient in columns:
        for group in recipient.groups:
            found.setdefault(group.data_type, {}).setdefault(recipient.id, []).append(group)
    rows = []
    for data_type, to in found.items():
        kind = taxonomy.get(data_type)
        cells = tuple(_cell(column.id, to.get(column.id)) for column in columns)
        rows.append(
            MatrixRow(
                data_type=data_type, label=kind.label, category=kind.group, sensitivity=kind.sensitivity, cells=cells
            )
        )
    rows.sort(key=lambda row: (-row.sensitivity, row.category, row.data_type))
    return tuple(rows)


def _cell(recipient: str, groups: list[Group] | None) -> Cell | None:
    if not groups:
        return None
    best = min(groups, key=lambda group: EVIDENCE_RANK[group.evidence])
    return Cell(
        recipient=recipient,
        count=sum(group.count for group in groups),
        evidence=best.evidence,
        transforms=tuple(sorted({group.transform for group in groups})),
        group=best.id,
    )
