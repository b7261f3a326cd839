"""What a capture that is still being made shows so far: the report on it, and what only assertions ask for."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from analyzer.capture.open import open_capture
from analyzer.capture.reader import CaptureReader
from analyzer.knowledge import Knowledge
from analyzer.model import Destination, FidelityNote, Note, Transmission, Undecoded
from analyzer.pipeline import Analysis, Options
from analyzer.reported import Report

INCOMPLETE = ("records-lost", "records-damaged", "not-analysed")
"""What `capture/fidelity.py` and `pipeline.py` call it when something was not recorded, or not analysed."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """The report on everything recorded so far."""

    report: Report
    exchanges: int
    """Requests, connections and WebSockets; look-ups in DNS are none."""
    in_clear_text: frozenset[int]
    """Exchanges that travelled outside TLS."""
    unread: tuple[Destination, ...]
    """The hosts of connections that could not be read, each once."""

    def destination(self, transmission: Transmission) -> Destination:
        """Where a transmission went."""
        return self.report.destinations[transmission.destination]

    def undecoded_in_clear_text(self) -> Iterator[Undecoded]:
        """What travelled outside TLS and no decoder could open; of all undecoded bodies the first thousand."""
        return (one for one in self.report.undecoded if one.exchange in self.in_clear_text)

    @property
    def incomplete(self) -> str | None:
        """Why the report is not on everything that passed; None where it is."""
        notes: tuple[FidelityNote | Note, ...] = (*self.report.capture.fidelity, *self.report.notes)
        return next((f"{one.message} ({one.count:,} times)" for one in notes if one.what in INCOMPLETE), None)


def take(path: Path, knowledge: Knowledge, options: Options) -> Snapshot:
    """Analyses a capture file as it is now. Raises CaptureError, KnowledgeError or ApptellsError."""
    with open_capture(path) as reader:
        analysis = Analysis(knowledge, options, reader)
        exchanges, in_clear_text = 0, set[int]()
        for exchange in reader:
            exchanges += not exchange.continues
            if not exchange.is_secure:
                in_clear_text.add(exchange.index)
            analysis.add(exchange)
        return Snapshot(
            report=analysis.report(),
            exchanges=exchanges,
            in_clear_text=frozenset(in_clear_text),
            unread=_unread(analysis, reader),
        )


def _unread(analysis: Analysis, reader: CaptureReader) -> tuple[Destination, ...]:
    attribution = analysis.attribution.in_capture(None, reader.lookups())
    hosts = {one.host: next(iter(one.addresses), None) for one in reader.unread()}
    return tuple(attribution.destination(host, address) for host, address in hosts.items())
