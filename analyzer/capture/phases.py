"""Phases of a session: stretches of time that begin at a mark, and the marks that a user gives afterwards."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Literal

from msgspec import Struct

from analyzer.errors import ApptellsError
from analyzer.model import Phase

PHASES = ("launch", "before-consent", "after-accept", "after-reject", "logged-in", "logged-out", "background")
"""Names that are known; others may be used too."""
ANSWERS = ("after-accept", "after-reject")
"""Phases that begin with the answer to a consent screen."""
ALIASES = {
    "launched": "launch", "start": "launch", "started": "launch",
    "consent": "before-consent", "consent-screen": "before-consent",
    "accept": "after-accept", "accepted": "after-accept", "consented": "after-accept", "consent-given": "after-accept",
    "reject": "after-reject", "rejected": "after-reject", "refuse": "after-reject", "refused": "after-reject",
    "decline": "after-reject", "declined": "after-reject", "denied": "after-reject",
    "login": "logged-in", "log-in": "logged-in", "signed-in": "logged-in",
    "logout": "logged-out", "log-out": "logged-out", "signed-out": "logged-out",
    "backgrounded": "background",
}  # fmt: skip
MAX_MARKS = 1_000

_NAME = re.compile(r"[a-z0-9-]{1,40}")
_DAY = 86_400
_AFTER = re.compile(r"\+\d{1,9}(\.\d{1,9})?", re.ASCII)
_CLOCK = r"\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?"
_TIME = re.compile(_CLOCK, re.ASCII)
_MOMENT = re.compile(rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}", re.ASCII)


class Mark(Struct, frozen=True):
    """A mark as a user gives it: its time may be known only when the capture's first exchange is."""

    name: str
    seconds: float
    since: Literal["1970", "midnight", "first exchange"]
    """What the seconds are counted from; midnight is that of UTC, of the day that comes nearest."""

    def time(self, first: float) -> float:
        """Seconds since 1970 UTC, in a capture whose first exchange began at `first`."""
        if self.since == "midnight":
            return self.seconds + _DAY * round((first - self.seconds) / _DAY)
        return self.seconds + (first if self.since == "first exchange" else 0)


def phase_name(text: str) -> str:
    """The name of a phase as it is kept: `Consent given` -> `after-accept`.

    Raises ApptellsError where it is not 1 to 40 letters a to z, digits and hyphens.
    """
    name = re.sub(r"[ _]", "-", text.strip().lower())
    if not _NAME.fullmatch(name):
        raise ApptellsError(
            f"Phase {text[:60]!r}: a name has 1 to 40 letters a to z, digits and hyphens, such as {', '.join(PHASES)}."
        )
    return ALIASES.get(name, name)


def parse_mark(text: str) -> Mark:
    """The mark that `NAME@TIME` gives.

    TIME is a time of day (`12:01:33.5`, nearest to the first exchange), a moment (`2026-11-22T12:01:33Z`), both UTC
    where they name no offset, or seconds after the first exchange (`+12.5`). Raises ApptellsError where it is none.
    """
    name, at, when = text.partition("@")
    if not at:
        raise ApptellsError(f"Phase {text[:60]!r}: give it as NAME@TIME, such as accepted@12:01:33.")
    name, when = phase_name(name), when.strip()
    try:
        if _AFTER.fullmatch(when):
            return Mark(name, float(when), "first exchange")
        if _TIME.fullmatch(when):
            clock = time.fromisoformat(when)
            passed = timedelta(0, clock.second, clock.microsecond, 0, clock.minute, clock.hour)
            return Mark(name, (passed - (clock.utcoffset() or timedelta())).total_seconds(), "midnight")
        if _MOMENT.fullmatch(when):
            moment = datetime.fromisoformat(when)
            return Mark(name, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp(), "1970")
    except ValueError:
        pass  # the form is right, but there is no such hour, day or offset
    raise ApptellsError(
        f"Phase {text[:60]!r}: the time is none; give HH:MM:SS (UTC, or with an offset such as +05:30), "
        "YYYY-MM-DDTHH:MM:SS, or +SECONDS after the first exchange."
    )


class Timeline:
    """The marks of a session. False where there are none, so that nobody need ask for the phase of each exchange."""

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        """`marks` are the user's; each replaces those of its name that the capture file holds."""
        marks = tuple(marks)
        self._given = {mark.name for mark in marks}
        self._waiting = tuple(mark for mark in marks if mark.since != "1970")
        """Marks whose time is known only when that of the first exchange is."""
        self._times: list[float] = []
        self._names: list[str] = []
        self.dropped = 0
        """Marks of the file that are not kept: there were too many, or they have no usable name or time."""
        for mark in marks:
            if mark.since == "1970":
                self._insert(mark.name, mark.seconds)

    def __bool__(self) -> bool:
        return bool(self._times or self._waiting)

    def add(self, phase: Phase) -> None:
        """Take a mark from a capture file; in any order, and as late as after exchanges that began before it."""
        try:
            name = phase_name(phase.name)
        except ApptellsError:
            name = ""
        if not name or not isfinite(phase.time) or len(self._times) >= MAX_MARKS:
            self.dropped += 1
        elif name not in self._given:
            self._insert(name, phase.time)

    def at(self, time: float | None) -> str | None:
        """The phase of an exchange that began at `time`: that of the last mark at or before it, None before the first.

        The first time that is asked for is taken for that of the first exchange.
        """
        if time is None or not isfinite(time):
            return None
        if self._waiting:
            self._settle(time)
        position = bisect_right(self._times, time)
        return self._names[position - 1] if position else None

    def phases(self, first_time: float | None) -> tuple[Phase, ...]:
        """All marks in the order of their time.

        `first_time` is that of the first exchange, for where no exchange was asked for; marks that depend on it are
        left out where it is None.
        """
        if self._waiting and first_time is not None and isfinite(first_time):
            self._settle(first_time)
        return tuple(Phase(name=name, time=time) for name, time in zip(self._names, self._times, strict=True))

    def _settle(self, first: float) -> None:
        waiting, self._waiting = self._waiting, ()
        for mark in waiting:
            self._insert(mark.name, mark.time(first))

    def _insert(self, name: str, time: float) -> None:
        position = bisect_right(self._times, time)
        self._times.insert(position, time)
        self._names.insert(position, name)
