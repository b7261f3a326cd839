"""What the dashboard shows: a bounded picture of the session, kept up to date by the events of its analysis."""

from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from analyzer.live.events import Event, PhaseBegan, Reached, Seen, Sent, Trouble, Unreadable
from analyzer.live.lines import line
from analyzer.model import EVIDENCE_RANK, Evidence, Party, Transmission
from analyzer.report.visible import visible

SHOWN = 200
"""Recipients, data types, phases, lines, unreadable hosts and troubles that are shown: at most so many of each."""
KEPT = 5_000
"""Hosts, recipients and data types that are remembered: at most so many of each."""
KEPT_CELLS = 20_000
TEXT_LIMIT = 120
"""Characters of one captured text that are shown."""
BEFORE_ANSWER = ("launch", "before-consent")
"""Phases in which no consent screen has been answered yet."""


class ShownRecipient(Struct, frozen=True):
    """A column of the matrix."""

    name: str
    party: Party
    seat: str | None


class ShownCell(Struct, frozen=True):
    """What one recipient received of one data type."""

    column: int
    """Position of the recipient in `Snapshot.recipients`."""
    count: int
    evidence: Evidence
    """The strongest."""
    is_strong: bool
    is_derived: bool
    """Whether some of it was a hash or another derivation."""
    before_answer: bool
    """Whether some of it was sent before an answer to a consent screen."""
    phases: tuple[str, ...]
    """Those it was sent in, in the order in which they were seen."""


class ShownRow(Struct, frozen=True):
    """A data type and the recipients that received it; those that did not have no cell."""

    data_type: str
    label: str
    sensitivity: int
    cells: tuple[ShownCell, ...]


class ShownLine(Struct, frozen=True):
    """A line on one new transmission."""

    number: int
    """Counted from 1 in the order of the events: lines that a page has shown already have lower ones."""
    time: float | None
    text: str
    place: str
    """Where in the request: `body profile.Email`."""
    masked_value: str
    evidence: Evidence
    before_answer: bool


class ShownPhase(Struct, frozen=True):
    """A phase and when it began, seconds since 1970 UTC."""

    name: str
    time: float


class ShownUnreadable(Struct, frozen=True):
    """A host that connections to could not be read, and why."""

    host: str
    kind: str
    reason: str


class Snapshot(Struct, frozen=True, kw_only=True):
    """The board as one page shows it; all its text is safe to look at."""

    recipients: tuple[ShownRecipient, ...]
    """Third parties first, the most sensitive data first, as in the report."""
    rows: tuple[ShownRow, ...]
    """The most sensitive data types first."""
    more_recipients: int
    more_data_types: int
    unplaced: int
    """Transmissions that are counted only: the board was full."""
    phases: tuple[ShownPhase, ...]
    """The newest, the last one is the phase that the session is in."""
    lines: tuple[ShownLine, ...]
    """The newest first."""
    lines_total: int
    unreadable: tuple[ShownUnreadable, ...]
    """The first ones of each host and reason."""
    unreadable_total: int
    troubles: tuple[str, ...]
    """The newest last; each message once."""
    progress: Reached


class _Cell:
    """A cell while it is being counted."""

    __slots__ = ("before_answer", "count", "evidence", "is_derived", "phases")

    def __init__(self, evidence: Evidence) -> None:
        self.count = 0
        self.evidence = evidence
        self.is_derived = False
        self.before_answer = False
        self.phases: list[str] = []

    def add(self, sent: Transmission) -> None:
        self.count += 1
        if EVIDENCE_RANK[sent.evidence] < EVIDENCE_RANK[self.evidence]:
            self.evidence = sent.evidence
        self.is_derived |= sent.transform != "plain"
        self.before_answer |= sent.phase in BEFORE_ANSWER
        phase = None if sent.phase is None else _shown(sent.phase)
        if phase is not None and phase not in self.phases and len(self.phases) < 10:
            self.phases.append(phase)


class _Recipient:
    """A recipient and its cells by data type."""

    __slots__ = ("cells", "name", "party", "seat")

    def __init__(self, sent: Sent) -> None:
        self.name = _shown(sent.recipient)
        self.party = sent.party
        self.seat = _shown(sent.seat) if sent.seat else None
        self.cells: dict[str, _Cell] = {}


class _Kind(Struct, frozen=True):
    """What is said of a data type."""

    label: str
    sensitivity: int


class Board:
    """The state of the dashboard. Whatever the events hold, it does not grow beyond its bounds, and never raises."""

    def __init__(self) -> None:
        self._recipients: dict[tuple[Party, str], _Recipient] = {}
        self._of_host: dict[str, _Recipient] = {}
        self._kinds: dict[str, _Kind] = {}
        self._cells = 0
        self._unplaced = 0
        self._phases: deque[ShownPhase] = deque(maxlen=SHOWN)
        self._lines: deque[ShownLine] = deque(maxlen=SHOWN)
        self._lines_total = 0
        self._unreadable: list[ShownUnreadable] = []
        self._unreadable_total = 0
        self._troubles: dict[str, None] = {}
        self._progress = Reached(exchanges=0, transmissions=0, unread=0, undecoded=0, behind=0)

    def apply(self, event: Event) -> None:
        """Take in what happened next."""
        match event:
            case Seen():
                for sent in event.new:
                    self._learn(sent)
                for transmission in event.transmissions:
                    self._count(transmission)
            case PhaseBegan():
                self._phases.append(ShownPhase(_shown(event.name), event.time))
            case Unreadable():
                self._unreadable_total += 1
                if len(self._unreadable) < SHOWN:
                    shown = ShownUnreadable(_shown(event.host), _shown(event.kind), visible(event.reason, 400))
                    self._unreadable.append(shown)
            case Trouble():
                message = visible(event.message, 400)
                self._troubles.pop(message, None)
                self._troubles[message] = None
                if len(self._troubles) > SHOWN:
                    del self._troubles[next(iter(self._troubles))]
            case Reached():
                self._progress = event

    def snapshot(self) -> Snapshot:
        """The board as it stands."""
        recipients = sorted((each for each in self._recipients.values() if each.cells), key=self._weight)
        found = {data_type for recipient in recipients for data_type in recipient.cells}
        data_types = sorted(found, key=lambda name: (-self._kinds[name].sensitivity, name))
        columns = recipients[:SHOWN]
        return Snapshot(
            recipients=tuple(ShownRecipient(to.name, to.party, to.seat) for to in columns),
            rows=tuple(self._row(data_type, columns) for data_type in data_types[:SHOWN]),
            more_recipients=len(recipients) - len(columns),
            more_data_types=max(0, len(data_types) - SHOWN),
            unplaced=self._unplaced,
            phases=tuple(self._phases),
            lines=tuple(self._lines),
            lines_total=self._lines_total,
            unreadable=tuple(self._unreadable),
            unreadable_total=self._unreadable_total,
            troubles=tuple(self._troubles),
            progress=self._progress,
        )

    def _learn(self, sent: Sent) -> None:
        """Note who receives what a host is sent, and what the data type is called; tell of it where it is telling."""
        key, host = (sent.party, _shown(sent.recipient)), _shown(sent.host)
        if key not in self._recipients and len(self._recipients) < KEPT:
            self._recipients[key] = _Recipient(sent)
        if key in self._recipients and (host in self._of_host or len(self._of_host) < KEPT):
            self._of_host[host] = self._recipients[key]
        if len(self._kinds) < KEPT:
            self._kinds.setdefault(sent.data_type, _Kind(_shown(sent.label), sent.sensitivity))
        if sent.telling:
            self._lines_total += 1
            self._lines.appendleft(
                ShownLine(
                    number=self._lines_total,
                    time=sent.time,
                    text=line(sent),
                    place=_shown(f"{sent.location} {sent.path}".strip()),
                    masked_value=_shown(sent.masked_value),
                    evidence=sent.evidence,
                    before_answer=sent.phase in BEFORE_ANSWER,
                )
            )

    def _count(self, sent: Transmission) -> None:
        recipient = self._of_host.get(_shown(sent.host))
        if recipient is None or sent.data_type not in self._kinds:
            self._unplaced += 1
            return
        cell = recipient.cells.get(sent.data_type)
        if cell is None:
            if self._cells >= KEPT_CELLS:
                self._unplaced += 1
                return
            self._cells += 1
            cell = recipient.cells[sent.data_type] = _Cell(sent.evidence)
        cell.add(sent)

    def _weight(self, recipient: _Recipient) -> tuple[bool, int, int, str]:
        """The order of the report: see `recipients_of` in `report/groups.py`."""
        proven = (data_type for data_type, cell in recipient.cells.items() if cell.evidence != "key")
        worst = sum(self._kinds[data_type].sensitivity ** 2 for data_type in proven)
        return recipient.party == "first", -worst, -len(recipient.cells), recipient.name

    def _row(self, data_type: str, columns: Iterable[_Recipient]) -> ShownRow:
        kind = self._kinds[data_type]
        cells = tuple(
            ShownCell(
                column=position,
                count=cell.count,
                evidence=cell.evidence,
                is_strong=EVIDENCE_RANK[cell.evidence] < EVIDENCE_RANK["key+value"],
                is_derived=cell.is_derived,
                before_answer=cell.before_answer,
                phases=tuple(cell.phases),
            )
            for position, column in enumerate(columns)
            if (cell := column.cells.get(data_type))
        )
        return ShownRow(_shown(data_type), kind.label, kind.sensitivity, cells)


def _shown(text: str) -> str:
    return visible(text, TEXT_LIMIT)
