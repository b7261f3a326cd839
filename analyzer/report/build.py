"""From the stream of findings to the Report: everything is counted as it comes; memory depends on what was found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.detect.shared_ids import SharedIds
from analyzer.memo import Memo
from analyzer.model import Capture, Contact, Destination, Exchange, Finding, Note, Transmission, Undecoded, Unread
from analyzer.report.contacts import MAX_HOSTS, OTHERS, Contacts
from analyzer.report.groups import Kind, Tally, is_telling, matrix_of, recipients_of
from analyzer.report.json import encoded
from analyzer.report.log import SpooledLog, Template, template_of
from analyzer.report.masking import HIDDEN, LONG, MIN_SECRET_CHARS, NO_REASON, Masking, without
from analyzer.report.requests import completed, request_of
from analyzer.report.sentences import write_sentences
from analyzer.report.shared import Shared
from analyzer.report.undecoded import MAX_LISTED, UndecodedLog
from analyzer.report.unknown import unknown_owners
from analyzer.reported import IndicatorMatch, Method, Recipient, Report, Request, Sentence
from analyzer.taxonomy import Taxonomy

MAX_GROUPS = 20_000
MAX_REQUESTS = 1_000
MAX_INDICATED = 10_000
"""Requests that are kept for indicators to point to: the first ten of each match are shown."""
SHOWN_VALUE_CHARS = 200
MAX_SHAPES = 5_000
NOTE_EXCHANGES = 10
MAX_NEAR = 50
"""Values found in an exchange that its names are compared with."""
PERSONAL = 2
"""Sensitivity from which a value must not show in a name."""


class _Shape(NamedTuple):
    """What transmissions have in common that differ in exchange and value only."""

    template: Template
    kind: Kind
    reasoning: str
    names: str
    """Path and reasoning in lower case, where values of the same exchange must not show."""
    holds_none_of_near: bool


class ReportBuilder:
    """Takes exchanges with their findings one by one; `finish` makes the Report."""

    def __init__(
        self, taxonomy: Taxonomy, show_values: bool, secrets: Iterable[str] = (), log: SpooledLog | None = None
    ) -> None:
        """`secrets` are values, such as the seeds, that a report with masked values must show nowhere.

        `log` takes the transmissions, for one who listens to them.
        """
        self._taxonomy = taxonomy
        self._masking = None if show_values else Masking(secrets)
        self._log = log if log is not None else SpooledLog()
        self._contacts = Contacts()
        self._hosts: list[bytes] = []
        """The destinations' hosts as JSON."""
        self._tallies: list[dict[Kind, Tally]] = []
        """For each destination."""
        self._groups = 0
        self._shapes = Memo[tuple[object, ...], _Shape](MAX_SHAPES)
        self._requests: dict[int, Request] = {}
        self._proven: set[tuple[int, str | None]] = set()
        """Destinations with a remembered request that a sentence can point to, in each phase."""
        self._indicated = 0
        self._first_unlisted: int | None = None
        self._undecoded = UndecodedLog(self._masking)
        self._notes: dict[str, tuple[str, int, list[int]]] = {}

    def add(
        self,
        exchange: Exchange,
        host: str,
        findings: Sequence[Finding],
        undecoded: Sequence[Undecoded] = (),
        notes: Mapping[str, str] | None = None,
        proves: bool = False,
        indicated: bool = False,
    ) -> None:
        """Count one exchange. `proves` says that the report lists it for more than its findings.

        `indicated` says that a list of indicators names it: then it is listed however many others are.
        """
        destination = self._destination(host, exchange)
        near = self._values_near(findings)
        secure = exchange.is_secure
        for finding in findings:
            self._add_finding(exchange, host, destination, finding, findings, near, secure)
        if indicated and self._indicated < MAX_INDICATED:
            self._indicated += 1
            self._requests.setdefault(exchange.index, request_of(exchange, findings, self._masking))
        elif proves and exchange.index not in self._requests and len(self._requests) < MAX_REQUESTS:
            self._requests[exchange.index] = request_of(exchange, findings, self._masking)
        if exchange.continues and (listed := self._requests.get(exchange.index)) is not None:
            self._requests[exchange.index] = completed(listed, exchange)
        if undecoded:
            self._undecoded.add(destination, undecoded)
            if self._undecoded.is_full:
                message = f"More than {MAX_LISTED:,} bodies or parts could not be decoded: the others are only counted."
                self.note("undecoded", message, exchange.index)
        for what, message in (notes or {}).items():
            self.note(what, message, exchange.index)

    @property
    def undecoded(self) -> int:
        """Bodies and parts that nothing could open so far."""
        return self._undecoded.total

    def note(self, what: str, message: str, exchange: int | None = None) -> None:
        """Count trouble of one kind, in an exchange or in the capture as a whole."""
        message, count, exchanges = self._notes.get(what, (message, 0, []))
        if exchange is not None and len(exchanges) < NOTE_EXCHANGES:
            exchanges.append(exchange)
        self._notes[what] = (message, count + 1, exchanges)

    def _destination(self, host: str, exchange: Exchange) -> int:
        destination = self._contacts.add(host, exchange)
        is_other = destination == self._contacts.others
        if is_other:
            self.note("hosts", f"More than {MAX_HOSTS:,} hosts: the rest is counted as one.", exchange.index)
        if destination == len(self._tallies):
            self._tallies.append({})
            self._hosts.append(encoded(OTHERS if is_other else host))
        return destination

    def _values_near(self, findings: Sequence[Finding]) -> tuple[str, ...]:
        values = {
            finding.value.lower(): None
            for finding in findings
            if len(finding.value) >= MIN_SECRET_CHARS and self._taxonomy.get(finding.data_type).sensitivity >= PERSONAL
        }
        return tuple(values)[:MAX_NEAR]

    def _add_finding(
        self,
        exchange: Exchange,
        host: str,
        destination: int,
        finding: Finding,
        all_findings: Sequence[Finding],
        near: Sequence[str],
        secure: bool,
    ) -> None:
        field = finding.field
        # Requests of one SDK differ in values only: what else a transmission says is worked out once for all of them.
        like = (
            exchange.phase, finding.data_type, field.location, field.path, field.decoding,
            finding.transform, finding.evidence, finding.seed, finding.reasoning, finding.support, secure,
        )  # fmt: skip
        shape = self._shapes.get(like)
        if shape is None or (near and any(map(shape.names.__contains__, near))):
            shape = self._shape(exchange, finding, near, secure)
            if shape.holds_none_of_near and len(field.path) <= LONG:
                self._shapes.keep(like, shape)
        masked = self._shown_value(finding, near)
        self._log.append_like(shape.template, exchange.index, self._hosts[destination], masked, destination)
        tallies = self._tallies[destination]
        tally = tallies.get(shape.kind)
        if tally is None:
            if self._groups >= MAX_GROUPS:
                message = f"More than {MAX_GROUPS:,} kinds of transmission: the others are in the JSON file only."
                self.note("groups", message, exchange.index)
                return
            self._groups += 1
            tally = tallies[shape.kind] = Tally(finding, masked, shape.reasoning, exchange.time)
            self._remember_request(exchange, destination, finding, all_findings)
        tally.add(exchange.index, len(self._log) - 1)

    def _remember_request(
        self, exchange: Exchange, destination: int, finding: Finding, all_findings: Sequence[Finding]
    ) -> None:
        """Keep the first requests, and beyond them one for each destination and phase that a sentence can tell of."""
        if exchange.index in self._requests:
            return
        telling = is_telling(self._taxonomy.get(finding.data_type).sensitivity, finding.evidence)
        full = len(self._requests) >= MAX_REQUESTS
        if full and self._first_unlisted is None:
            self._first_unlisted = exchange.index
        if not full or (telling and (destination, exchange.phase) not in self._proven):
            self._requests[exchange.index] = request_of(exchange, all_findings, self._masking)
            if telling:
                self._proven.add((destination, exchange.phase))

    def _shown_value(self, finding: Finding, near: Sequence[str]) -> str:
        if self._masking is None:
            return finding.value[:SHOWN_VALUE_CHARS]
        masked = self._taxonomy.mask(finding.data_type, finding.value)
        if len(masked) < MIN_SECRET_CHARS:
            return masked
        masked = without(near, masked)
        return HIDDEN if self._masking.holds_secret(masked) else masked

    def _shape(self, exchange: Exchange, finding: Finding, near: Sequence[str], secure: bool) -> "_Shape":
        field, path, reasoning = finding.field, finding.field.path, finding.reasoning
        if self._masking is not None:
            path = without(near, self._masking.path(path))
            reasoning = without(near, self._masking.reasoning(reasoning), NO_REASON)
        transmission = Transmission(
            exchange=exchange.index,
            host="",
            data_type=finding.data_type,
            location=field.location,
            path=path,
            decoding=field.decoding,
            transform=finding.transform,
            evidence=finding.evidence,
            seed=finding.seed,
            reasoning=reasoning,
            masked_value="",
            phase=exchange.phase,
            destination=0,
            support=finding.support,
            secure=secure,
        )
        names = f"{field.path}\n{finding.reasoning}".lower()
        return _Shape(
            template_of(transmission),
            Kind.of(finding, path, exchange.phase, secure),
            reasoning,
            names if self._masking is not None else "",
            not any(value in names for value in near),
        )

    def finish(
        self,
        capture: Capture,
        unread: Sequence[Unread],
        method: Method,
        destinations_of: Callable[[Sequence[Contact]], tuple[Destination, ...]],
        shared_ids: SharedIds | None = None,
        indicator_matches: Sequence[IndicatorMatch] = (),
    ) -> Report:
        """The report on everything added, and on the identifiers that were followed through it.

        `destinations_of` answers for all contacts at once, a destination for each, in their order.
        """
        destinations = destinations_of(self._contacts.contacts())
        recipients = recipients_of(destinations, self._tallies, self._taxonomy)
        ids = shared_ids or SharedIds()
        if ids.passed_over:
            self.note(
                "shared-ids", "There are so many identifiers that not all were followed from recipient to recipient."
            )
        shared = Shared(recipients, self._taxonomy, self._masking, ids.known())
        sentences = write_sentences(capture, recipients, method.app, self._requests, shared.identifiers, shared.total)
        requests = self._shown_requests(recipients, sentences, indicator_matches)
        return Report(
            capture=capture,
            sentences=sentences,
            recipients=recipients,
            matrix=matrix_of(recipients, self._taxonomy),
            requests=requests,
            transmissions=self._log,
            destinations=destinations,
            verdicts=(),
            unread=tuple(unread),
            undecoded=tuple(self._undecoded.listed),
            undecoded_total=self._undecoded.total,
            notes=tuple(
                Note(what=what, message=message, count=count, exchanges=tuple(exchanges))
                for what, (message, count, exchanges) in sorted(self._notes.items())
            ),
            method=method,
            indicator_matches=tuple(indicator_matches),
            unknown_owners=unknown_owners(recipients),
            undecoded_by_host=self._undecoded.by_host(
                [to.host for to in destinations], {to.host: each.id for each in recipients for to in each.destinations}
            ),
            shared_identifiers=shared.identifiers,
            shared_total=shared.total,
            returned_total=ids.returned() + shared.returned,
        )

    def _shown_requests(
        self, recipients: Sequence[Recipient], sentences: Sequence[Sentence], matches: Sequence[IndicatorMatch]
    ) -> tuple[Request, ...]:
        """The first requests and those that prove a sentence or a match, with the groups that each holds."""
        if self._first_unlisted is not None:
            message = f"More than {MAX_REQUESTS:,} requests: the others are not listed."
            self.note("requests", message, self._first_unlisted)
        proofs = {index for sentence in sentences for index in sentence.requests}
        proofs |= {index for match in matches for index in match.exchanges}
        shown = sorted(self._requests)
        shown = shown[:MAX_REQUESTS] + [index for index in shown[MAX_REQUESTS:] if index in proofs]
        groups: dict[int, list[str]] = {index: [] for index in shown}
        for recipient in recipients:
            for group in recipient.groups:
                for index in group.exchanges:
                    if index in groups:
                        groups[index].append(group.id)
        return tuple(replace(self._requests[index], groups=tuple(ids)) for index, ids in groups.items())
