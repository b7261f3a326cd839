"""Where the lines run in the drawing of shared identifiers: identifiers on the left, recipients on the right."""

from collections.abc import Sequence

from msgspec import Struct

from analyzer.reported import SharedIdentifier

MAX_DRAWN = 12
MAX_RECIPIENTS = 12
_APART = 0.09
"""Rows between the ends of two lines that join the same pair."""


class Node(Struct, frozen=True):
    """A recipient on the right."""

    recipient: str
    name: str
    assigns: bool
    """Whether it handed one of the drawn identifiers out."""


class Line(Struct, frozen=True):
    """A line between an identifier and a recipient; heights are in rows from the top."""

    start: float
    end: float
    is_assigned: bool
    """Whether it says that the recipient handed the identifier out; else, that it was sent it."""


class Drawing(Struct, frozen=True):
    """What the page draws, and how much it leaves out."""

    identifiers: tuple[SharedIdentifier, ...]
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    rows: int
    more_recipients: int


def draw(shared: Sequence[SharedIdentifier]) -> Drawing:
    """The first identifiers and their recipients, those with the most lines; each side is centred on its rows."""
    drawn = tuple(shared[:MAX_DRAWN])
    lines_of: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for row, identifier in enumerate(drawn):
        for recipient, name in zip(identifier.recipients, identifier.names, strict=True):
            lines_of.setdefault(recipient, []).append(row)
            names[recipient] = name
    shown = sorted(lines_of, key=lambda recipient: -len(lines_of[recipient]))[:MAX_RECIPIENTS]
    # Each recipient stands near the middle of its identifiers, so that fewer lines cross.
    shown.sort(key=lambda recipient: sum(lines_of[recipient]) / len(lines_of[recipient]))
    assigners = {identifier.assigner.recipient for identifier in drawn if identifier.assigner}
    rows = max(len(drawn), len(shown))
    top_left, top_right = (rows - len(drawn)) / 2 + 0.5, (rows - len(shown)) / 2 + 0.5
    lines = []
    for row, identifier in enumerate(drawn):
        assigner = identifier.assigner.recipient if identifier.assigner else None
        sent = {receiver.recipient for receiver in identifier.receivers} | set(identifier.recipients) - {assigner}
        for place, recipient in enumerate(shown):
            if recipient not in identifier.recipients:
                continue
            start, end = top_left + row, top_right + place
            apart = _APART if recipient == assigner and recipient in sent else 0
            if recipient == assigner:
                lines.append(Line(start - apart, end - apart, True))
            if recipient in sent:
                lines.append(Line(start + apart, end + apart, False))
    nodes = tuple(Node(recipient, names[recipient], recipient in assigners) for recipient in shown)
    return Drawing(drawn, nodes, tuple(lines), rows, len(lines_of) - len(shown))
