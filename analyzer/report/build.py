"""From the stream of findings to the Report: everything is counted as it comes; memory depends on what was found."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from analyzer.model import (
    Capture,
    Destination,
    Exchange,
    Finding,
    Method,
    Note,
    Recipient,
    Report,
    Request,
    Transmission,
    Undecoded,
    Unread,
)
from analyzer.report.groups import GroupKey, Tally, matrix_of, recipients_of
from analyzer.report.log import SpooledLog
from analyzer.report.requests import request_of
from analyzer.report.sentences import write_sentences
from analyzer.taxonomy import Taxonomy

MAX_GROUPS = 20_000
MAX_REQUESTS = 1_000
MAX_UNDECODED = 1_000
MAX_HOSTS = 50_000
SHOWN_VALUE_CHARS = 200
NOTE_EXCHANGES = 10


class ReportBuilder:
    """Takes exchanges with their findings one by one; `finish` makes the Report."""

    def __init__(self, taxonomy: Taxonomy, show_values: bool) -> None:
        self._taxonomy = taxonomy
        self._show_values = show_values
        self._log = SpooledLog()
        self._destinations: dict[tuple[str, str | None], int] = {}
        self._exchanges_to: list[int] = []
        self._tallies: dict[GroupKey, Tally] = {}
        self._requests: dict[int, Request] = {}
        self._undecoded: list[Undecoded] = []
        self._undecoded_total = 0
        self._notes: dict[str, tuple[str, int, list[int]]] = {}

    def add(
        self,
        exchange: Exchange,
        host: str,
        findings: Sequence[Finding],
        undecoded: Sequence[Undecoded] = (),
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """Count one exchange."""
        destination = self._destination(host, exchange)
        self._exchanges_to[destination] += 1
        for finding in findings:
            self._add_finding(exchange, host, destination, finding, findings)
        if undecoded:
            self._undecoded_total += len(undecoded)
            self._undecoded += undecoded[: MAX_UNDECODED - len(self._undecoded)]
        if notes:
            for what, message in notes.items():
                self.note(what, message, exchange.index)

    def note(self, what: str, message: str, exchange: int) -> None:
        """Count trouble of one kind."""
        message, count, exchanges = self._notes.get(what, (message, 0, []))
        if len(exchanges) < NOTE_EXCHANGES:
            exchanges.append(exchange)
        self._notes[what] = (message, count + 1, exchanges)

    def _destination(self, host: str, exchange: Exchange) -> int:
        where = (host, exchange.server_ip)
        found = self._destinations.get(where)
        if found is None:
            if len(self._destinations) >= MAX_HOSTS:
                self.note("hosts", f"More than {MAX_HOSTS:,} hosts: the rest is counted as one.", exchange.index)
                where = ("(other hosts)", None)
                if where in self._destinations:
                    return self._destinations[where]
            found = self._destinations[where] = len(self._destinations)
            self._exchanges_to.append(0)
        return found

    def _add_finding(
        self, exchange: Exchange, host: str, destination: int, finding: Finding, all_findings: Sequence[Finding]
    ) -> None:
        field = finding.field
        if self._show_values:
            masked = finding.value[:SHOWN_VALUE_CHARS]
        else:
            masked = self._taxonomy.mask(finding.data_type, finding.value)
        self._log.append(
            Transmission(
                exchange=exchange.index,
                host=host,
                data_type=finding.data_type,
                location=field.location,
                path=field.path,
                decoding=field.decoding,
                transform=finding.transform,
                evidence=finding.evidence,
                seed=finding.seed,
                reasoning=finding.reasoning,
                masked_value=masked,
                phase=exchange.phase,
                destination=destination,
                support=finding.support,
            )
        )
        key = GroupKey.of(destination, finding)
        tally = self._tallies.get(key)
        if tally is None:
            if len(self._tallies) >= MAX_GROUPS:
                message = f"More than {MAX_GROUPS:,} kinds of transmission: the others are in the JSON file only."
                self.note("groups", message, exchange.index)
                return
            tally = self._tallies[key] = Tally(finding, masked)
            if exchange.index not in self._requests and len(self._requests) < MAX_REQUESTS:
                self._requests[exchange.index] = request_of(exchange, all_findings, self._show_values)
        tally.add(exchange.index)

    def finish(
        self,
        capture: Capture,
        unread: Sequence[Unread],
        method: Method,
        destination_of: Callable[[str, str | None, int], Destination],
    ) -> Report:
        """The report on everything added."""
        destinations = tuple(
            destination_of(host, ip, self._exchanges_to[position])
            for (host, ip), position in self._destinations.items()
        )
        recipients = recipients_of(destinations, self._tallies, self._taxonomy)
        return Report(
            capture=capture,
            sentences=write_sentences(capture, recipients, method.app),
            recipients=recipients,
            matrix=matrix_of(recipients, self._taxonomy),
            requests=self._requests_with_groups(recipients),
            transmissions=self._log,
            destinations=destinations,
            verdicts=(),
            unread=tuple(unread),
            undecoded=tuple(self._undecoded),
            undecoded_total=self._undecoded_total,
            notes=tuple(
                Note(what=what, message=message, count=count, exchanges=tuple(exchanges))
                for what, (message, count, exchanges) in sorted(self._notes.items())
            ),
            method=method,
        )

    def _requests_with_groups(self, recipients: Sequence[Recipient]) -> tuple[Request, ...]:
        groups: dict[int, list[str]] = {index: [] for index in sorted(self._requests)}
        for recipient in recipients:
            for group in recipient.groups:
                for index in group.exchanges:
                    if index in groups:
                        groups[index].append(group.id)
        return tuple(replace(self._requests[index], groups=tuple(ids)) for index, ids in groups.items())
