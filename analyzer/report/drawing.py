"""Where the lines run in the drawings: of shared identifiers and who knows them, and of the phases of a session."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from analyzer.model import Capture
from analyzer.report.groups import answer_of, told
from analyzer.report.requests import moment
from analyzer.reported import Recipient, SharedIdentifier

MAX_DRAWN = 12
MAX_RECIPIENTS = 12
_APART = 0.09
"""Rows between the ends of two lines that join the same pair."""
MAX_ROWS = 12
MAX_TICKS = 400
MAX_BANDS = 12
WIDTH = 1_000
_EVEN = 0.4
"""Of the width of a session, that is shared out evenly among its phases."""


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
    """The first identifiers of which two recipients at least have room; each side is centred on its rows."""
    drawn: list[SharedIdentifier] = []
    lines_of: dict[str, list[int]] = {}
    """Rows of the identifiers that each recipient shown knows."""
    for identifier in shared:
        if len(drawn) == MAX_DRAWN:
            break
        new = [recipient for recipient in identifier.recipients if recipient not in lines_of]
        room = MAX_RECIPIENTS - len(lines_of)
        if len(identifier.recipients) - len(new[room:]) < 2:
            continue
        for recipient in identifier.recipients:
            if recipient not in new[room:]:
                lines_of.setdefault(recipient, []).append(len(drawn))
        drawn.append(identifier)
    names = {to: name for each in shared for to, name in zip(each.recipients, each.names, strict=True)}
    # Each recipient stands near the middle of its identifiers, so that fewer lines cross.
    shown = sorted(lines_of, key=lambda recipient: sum(lines_of[recipient]) / len(lines_of[recipient]))
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
    return Drawing(tuple(drawn), nodes, tuple(lines), rows, len(names) - len(shown))


class Band(Struct, frozen=True):
    """A phase as drawn; what came before the first mark has no name."""

    name: str | None
    since: float
    """Seconds since 1970 UTC."""
    start: int
    end: int


class Track(Struct, frozen=True):
    """When one recipient was sent something worth telling."""

    recipient: str
    name: str
    ticks: tuple[int, ...]
    moments: tuple[tuple[str | None, int], ...]
    """How many there are in each phase that has any, those without a tick of their own included."""


class Session(Struct, frozen=True):
    """The phases side by side, and what was transmitted in them; places are from 0 to `WIDTH`."""

    bands: tuple[Band, ...]
    tracks: tuple[Track, ...]
    answer: int | None
    """Where the consent screen was answered."""
    more_phases: int
    """Later than the last band begins; it stands for them too."""
    more_tracks: int
    more_ticks: int


def draw_session(capture: Capture, recipients: Sequence[Recipient]) -> Session | None:
    """A track for each recipient with a tick for the first of like transmissions in a phase; None without phases.

    Times that no calendar has are left out.
    """
    phases = [phase for phase in capture.phases if moment(phase.time)]
    if not phases:
        return None
    times = {
        recipient.id: sorted(set(_drawable(group.first_time for group in told(recipient)))) for recipient in recipients
    }
    drawn = [recipient for recipient in recipients if times[recipient.id]]
    known = [*_drawable((capture.first_time, capture.last_time)), *(phase.time for phase in phases)]
    known += [time for recipient in drawn for time in times[recipient.id]]
    marks: list[tuple[str | None, float]] = [(phase.name, phase.time) for phase in phases[:MAX_BANDS]]
    if min(known) < marks[0][1]:
        marks.insert(0, (None, min(known)))
    scale = _Scale([time for _, time in marks], max(known))
    bands = [Band(name, time, *scale.band(number)) for number, (name, time) in enumerate(marks)]
    tracks, more_ticks = [], 0
    for recipient in drawn[:MAX_ROWS]:
        ticks = sorted({scale.place(time) for time in times[recipient.id]})
        room = MAX_TICKS // len(drawn[:MAX_ROWS])
        more_ticks += len(ticks[room:])
        counts = Counter(scale.band_of(time) for time in times[recipient.id])
        moments = tuple((bands[number].name, count) for number, count in sorted(counts.items()))
        tracks.append(Track(recipient.id, recipient.name, tuple(ticks[:room]), moments))
    answer = answer_of(phases)
    return Session(
        bands=tuple(bands),
        tracks=tuple(tracks),
        answer=scale.place(answer.time) if answer else None,
        more_phases=len(phases[MAX_BANDS:]),
        more_tracks=len(drawn[MAX_ROWS:]),
        more_ticks=more_ticks,
    )


class _Scale:
    """Where moments lie. A part of the width is shared out evenly: a phase of seconds is seen beside one of hours."""

    def __init__(self, starts: Sequence[float], end: float) -> None:
        self._starts, self._ends = starts, [*starts[1:], end]
        lasted = end - starts[0]
        even = (_EVEN if lasted else 1) * WIDTH
        each = (WIDTH - even) / (lasted or 1)
        widths = [even / len(starts) + each * (until - since) for since, until in zip(starts, self._ends, strict=True)]
        self._places = [0, *map(round, accumulate(widths))]

    def band_of(self, time: float) -> int:
        return max(0, bisect_right(self._starts, time) - 1)

    def band(self, number: int) -> tuple[int, int]:
        return self._places[number], self._places[number + 1]

    def place(self, time: float) -> int:
        number = self.band_of(time)
        since, until = self._starts[number], self._ends[number]
        start, end = self.band(number)
        passed = (time - since) / (until - since) if until > since else 0
        return start + int(passed * (end - start))


def _drawable(times: Iterable[float | None]) -> list[float]:
    return [time for time in times if time is not None and moment(time)]
