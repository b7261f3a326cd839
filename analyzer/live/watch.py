"""Follows a capture file while it is written: the same analysis as afterwards, telling what it finds."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from analyzer.attribute.attribution import Attribution
from analyzer.capture.journal_reader import JournalReader
from analyzer.knowledge import Knowledge
from analyzer.live.events import Event, PhaseBegan, Reached, Seen, Sent, Trouble, Unreadable
from analyzer.model import Destination, Exchange, Phase, Transmission, Unread
from analyzer.pipeline import Analysis, Options
from analyzer.report.groups import is_telling
from analyzer.report.log import SpooledLog
from analyzer.report.requests import moment
from analyzer.reported import Report

POLL = 0.1
"""Seconds until the end of the file is looked at again."""
SAID = 1.0
"""Seconds between two events that say how far the analysis is."""
KINDS = 20_000
"""Kinds of transmission that are told as new; as many as the report has."""

_transmission = msgspec.json.Decoder(Transmission).decode


class _Heard(SpooledLog):
    """The log of transmissions, and those of the exchange at hand."""

    def __init__(self) -> None:
        super().__init__()
        self.now: list[bytes] = []

    def _add(self, line: bytes) -> None:
        super()._add(line)
        self.now.append(line)


class Watch:
    """One run along a capture file, from its start to the end of the session."""

    def __init__(
        self,
        path: Path,
        knowledge: Knowledge,
        options: Options,
        tell: Callable[[Event], None],
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Raises ApptellsError where the file or an option is wrong. `is_wanted` turns False when nobody listens."""
        self._tell, self._is_wanted = tell, is_wanted
        self._kinds: set[tuple[str, str, str, str | None]] = set()
        self._exchanges = self._unreadable = 0
        self._said: Reached | None = None
        self._said_at = 0.0
        self._is_open = False
        """Whether the file's first record is here."""
        self._reader = JournalReader(
            path, wait=self._wait, unread=self._unread, trouble=self._trouble, marked=self._marked
        )
        self._path = path
        self._log = _Heard()
        self._taxonomy = knowledge.taxonomy
        self._analysis = Analysis(knowledge, options, self._reader, self._log)
        self._attribution: Attribution | None = None
        self._is_open = True

    def run(self) -> Report:
        """Tells of everything until the session ends; gives the report on it, which is that of a later analysis."""
        for exchange in self._reader:
            self._exchanges = exchange.index + 1
            self._analysis.add(exchange)
            if self._log.now:
                self._tell_seen(exchange)
            self._say()
        self._say(ended=True)
        return self._analysis.report()

    def _tell_seen(self, exchange: Exchange) -> None:
        found = tuple(map(_transmission, self._log.now))
        self._log.now.clear()
        to = self._destination(exchange, found[0].host)
        new = []
        for one in found:
            kind = (one.data_type, one.host, one.transform, one.phase)
            if kind not in self._kinds and len(self._kinds) < KINDS:
                self._kinds.add(kind)
                new.append(self._sent(exchange, one, to))
        flow = self._reader.flow(exchange.index)
        self._tell(Seen(exchange=exchange.index, flow=flow, transmissions=found, new=tuple(new)))

    def _destination(self, exchange: Exchange, host: str) -> Destination:
        if self._attribution is None:
            made = moment(exchange.time)
            self._attribution = self._analysis.attribution.in_capture(made.date().isoformat() if made else None)
        return self._attribution.destination(host, exchange.server_ip)

    def _sent(self, exchange: Exchange, one: Transmission, to: Destination) -> Sent:
        kind = self._taxonomy.get(one.data_type)
        return Sent(
            exchange=one.exchange,
            time=exchange.time,
            phase=one.phase,
            data_type=one.data_type,
            label=kind.label,
            sensitivity=kind.sensitivity,
            telling=is_telling(kind.sensitivity, one.evidence),
            host=one.host,
            recipient=to.owner or to.domain,
            party=to.party,
            owner=to.owner,
            seat=to.owner_country,
            server=to.place or to.server_country or to.server_country_method,
            location=one.location,
            path=one.path,
            transform=one.transform,
            evidence=one.evidence,
            masked_value=one.masked_value,
        )

    def _marked(self, phase: Phase) -> None:
        self._tell(PhaseBegan(name=phase.name, time=phase.time))

    def _unread(self, one: Unread) -> None:
        self._unreadable += one.count
        self._tell(Unreadable(host=one.host, kind=one.kind, reason=one.reason))

    def _trouble(self, message: str) -> None:
        self._tell(Trouble(message=message))

    def _wait(self) -> bool:
        """At the end of what is written: whether there will be more."""
        if self._is_open:
            self._say()
        time.sleep(POLL)
        return self._is_wanted()

    def _say(self, ended: bool = False) -> None:
        now = time.monotonic()
        if not ended and now - self._said_at < SAID:
            return
        self._said_at = now
        size = 0
        with suppress(OSError):
            size = os.stat(self._path).st_size
        reached = Reached(
            exchanges=self._exchanges,
            transmissions=len(self._log),
            unread=self._unreadable,
            undecoded=self._analysis.undecoded,
            behind=max(size - self._reader.bytes_read, 0),
            ended=ended,
        )
        if reached != self._said:
            self._said = reached
            self._tell(reached)
