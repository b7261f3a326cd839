"""From the stream of findings to the Report: counts, groups, matrix and sentences, in memory that depends on what was found."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from analyzer.model import (
    EVIDENCE,
    Capture,
    Cell,
    Destination,
    Exchange,
    Finding,
    Group,
    MatrixRow,
    Method,
    Note,
    Recipient,
    Report,
    Request,
    Transmission,
    Undecoded,
    Unread,
)
from analyzer.report.log import SpooledLog
from analyzer.report.sentences import write_sentences
from analyzer.taxonomy import Taxonomy

MAX_GROUPS = 20_000
MAX_REQUESTS = 1_000
MAX_UNDECODED = 1_000
EXCHANGES_SHOWN = 20
SHOWN_VALUE_CHARS = 200

_POSITION = re.compile(r"\[\d+\]")
_RANK = {level: rank for rank, level in enumerate(EVIDENCE)}

type GroupKey = tuple[int, str, str, str, tuple[str, ...], str, str, str | None]


class _Tally:
    """A group while it is being counted."""

    __slots__ = ("count", "exchanges", "masked", "reasoning", "support")

    def __init__(self, finding: Finding, masked: str) -> None:
        self.count = 0
        self.exchanges: list[int] = []
        self.masked = masked
        self.reasoning = finding.reasoning
        self.support = finding.support


class ReportBuilder:
    """Takes exchanges with their findings one by one; `finish` makes the Report."""

    def __init__(self, taxonomy: Taxonomy, show_values: bool) -> None:
        self._taxonomy = taxonomy
        self._show_values = show_values
        self._log = SpooledLog()
        self._destinations: dict[tuple[str, str | None], int] = {}
        self._exchanges_to: list[int] = []
        self._groups: dict[GroupKey, _Tally] = {}
        self._requests: dict[int, Request] = {}
        self._undecoded: list[Undecoded] = []
        self._undecoded_total = 0
        self._notes: dict[str, tuple[str, int, list[int]]] = {}
        self._paths: dict[str, str] = {}

    def add(
        self,
        exchange: Exchange,
        host: str,
        findings: Sequence[Finding],
        undecoded: Sequence[Undecoded] = (),
        notes: dict[str, str] | None = None,
    ) -> None:
        """Count one exchange."""
        where = (host, exchange.server_ip)
        destination = self._destinations.get(where)
        if destination is None:
            destination = self._destinations[where] = len(self._destinations)
            self._exchanges_to.append(0)
        self._exchanges_to[destination] += 1
        for finding in findings:
            self._add_finding(exchange, host, destination, finding, findings)
        if undecoded:
            self._undecoded_total += len(undecoded)
            self._undecoded += undecoded[: MAX_UNDECODED - len(self._undecoded)]
        for what, message in (notes or {}).items():
            self.note(what, message, exchange.index)

    def note(self, what: str, message: str, exchange: int | None = None, count: int = 1) -> None:
        """Count trouble of one kind."""
        message, seen, exchanges = self._notes.get(what, (message, 0, []))
        if exchange is not None and len(exchanges) < 10:
            exchanges.append(exchange)
        self._notes[what] = (message, seen + count, exchanges)

    def _add_finding(
        self, exchange: Exchange, host: str, destination: int, finding: Finding, all_findings: Sequence[Finding]
    ) -> None:
        field = finding.field
        masked = (
            finding.value[:SHOWN_VALUE_CHARS]
            if self._show_values
            else self._taxonomy.mask(finding.data_type, finding.value)
        )
        self._log.append(
            Transmission(
                exchange=exchange.index, host=host, data_type=finding.data_type, location=field.location, path=field.path,
                decoding=field.decoding, transform=finding.transform, evidence=finding.evidence, seed=finding.seed,
                reasoning=finding.reasoning, masked_value=masked, phase=exchange.phase, destination=destination,
                support=finding.support,
            )
        )  # fmt: skip
        path = field.path
        if "[" in path:
            path = _POSITION.sub("[]", path)
        key = (destination, finding.data_type, field.location, path, field.decoding, finding.transform, finding.evidence, finding.seed)
        tally = self._groups.get(key)
        if tally is None:
            if len(self._groups) >= MAX_GROUPS:
                self.note(
                    "groups", f"More than {MAX_GROUPS:,} different kinds of transmission: the rest is in the JSON file only.",
                    exchange.index,
                )  # fmt: skip
                return
            tally = self._groups[key] = _Tally(finding, masked)
            if exchange.index not in self._requests and len(self._requests) < MAX_REQUESTS:
                self._requests[exchange.index] = self._request(exchange, all_findings)
        tally.count += 1
        if len(tally.exchanges) < EXCHANGES_SHOWN and exchange.index not in tally.exchanges[-1:]:
            tally.exchanges.append(exchange.index)

    def _request(self, exchange: Exchange, findings: Sequence[Finding]) -> Request:
        return Request(
            exchange=exchange.index,
            time=_iso(exchange.time),
            method=exchange.method,
            url=exchange.url[:2000] if self._show_values else mask_url(exchange.url, findings),
            server_ip=exchange.server_ip,
            status=exchange.status,
            body_bytes=len(exchange.body),
            body_sha256=hashlib.sha256(exchange.body).hexdigest(),
            body_is_exact=exchange.body_is_exact,
            groups=(),
        )

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
        recipients = self._recipients(destinations)
        of_exchange: dict[int, list[str]] = {}
        for recipient in recipients:
            for group in recipient.groups:
                for index in group.exchanges:
                    if index in self._requests:
                        of_exchange.setdefault(index, []).append(group.id)
        requests = tuple(
            _with_groups(request, tuple(of_exchange.get(index, ()))) for index, request in sorted(self._requests.items())
        )
        return Report(
            capture=capture,
            sentences=write_sentences(capture, recipients, method.app),
            recipients=recipients,
            matrix=self._matrix(recipients),
            requests=requests,
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

    def _recipients(self, destinations: Sequence[Destination]) -> tuple[Recipient, ...]:
        """Destinations by party and owner (registrable domain where the owner is unknown), most sensitive data first."""
        members: dict[tuple[str, str], list[int]] = {}
        for position, destination in enumerate(destinations):
            name = destination.owner or destination.domain
            members.setdefault((destination.party, name), []).append(position)
        keys_of: dict[int, list[GroupKey]] = {}
        for key in self._groups:
            keys_of.setdefault(key[0], []).append(key)

        def weight(item: tuple[tuple[str, str], list[int]]) -> tuple[int, int, int, int, str]:
            (party, name), positions = item
            keys = [key for position in positions for key in keys_of.get(position, ())]
            strong = [key for key in keys if _RANK[key[6]] < _RANK["key"]]  # type: ignore[index]
            types = {key[1] for key in strong}
            worst = sum(self._taxonomy.get(data_type).sensitivity ** 2 for data_type in types)
            return (not keys, party == "first", -worst, -len({key[1] for key in keys}), name)  # type: ignore[return-value]

        recipients: list[Recipient] = []
        number = 0
        for (party, name), positions in sorted(members.items(), key=weight):
            first = destinations[positions[0]]
            recipient_id = f"r{len(recipients) + 1}"
            keys = [key for position in positions for key in keys_of.get(position, ())]
            keys.sort(key=lambda key: (-self._taxonomy.get(key[1]).sensitivity, key[1], _RANK[key[6]], self._groups[key].exchanges))  # type: ignore[index]
            groups = []
            for key in keys:
                number += 1
                groups.append(self._group(f"t{number}", recipient_id, key, destinations))
            recipients.append(
                Recipient(
                    id=recipient_id, name=name, party=first.party, owner=first.owner, parent=first.parent,
                    owner_country=first.owner_country, category=first.category,
                    destinations=tuple(destinations[position] for position in positions), groups=tuple(groups),
                    exchanges=sum(destinations[position].exchanges for position in positions),
                )
            )  # fmt: skip
        return tuple(recipients)

    def _group(self, group_id: str, recipient: str, key: GroupKey, destinations: Sequence[Destination]) -> Group:
        destination, data_type, location, path, decoding, transform, evidence, seed = key
        tally, kind = self._groups[key], self._taxonomy.get(data_type)
        return Group(
            id=group_id, recipient=recipient, host=destinations[destination].host, data_type=data_type, label=kind.label,
            sensitivity=kind.sensitivity, location=location, path=path, decoding=decoding, transform=transform,  # type: ignore[arg-type]
            evidence=evidence, seed=seed, reasoning=tally.reasoning, masked_value=tally.masked, count=tally.count,  # type: ignore[arg-type]
            exchanges=tuple(tally.exchanges), support=tally.support,
        )  # fmt: skip

    def _matrix(self, recipients: Sequence[Recipient]) -> tuple[MatrixRow, ...]:
        by_type: dict[str, dict[str, list[Group]]] = {}
        for recipient in recipients:
            for group in recipient.groups:
                by_type.setdefault(group.data_type, {}).setdefault(recipient.id, []).append(group)
        rows = []
        for data_type, of_recipient in by_type.items():
            kind = self._taxonomy.get(data_type)
            cells = tuple(_cell(recipient.id, of_recipient.get(recipient.id)) for recipient in recipients if recipient.groups)
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
    best = min(groups, key=lambda group: _RANK[group.evidence])
    return Cell(
        recipient=recipient, count=sum(group.count for group in groups), evidence=best.evidence,
        transforms=tuple(sorted({group.transform for group in groups})), group=best.id,
    )  # fmt: skip


def _with_groups(request: Request, groups: tuple[str, ...]) -> Request:
    from msgspec.structs import replace

    return replace(request, groups=groups)


def _iso(time: float | None) -> str | None:
    if time is None or not 0 <= time < 253402300800:
        return None
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mask_url(url: str, findings: Sequence[Finding]) -> str:
    """A URL that may be shared: query values left out, path segments with a finding or a look of one replaced."""
    head, _, query = url.partition("#")[0].partition("?")
    scheme, found, rest = head.partition("://")
    if not found:
        return head[:40] + "…" if len(head) > 40 else head
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2]
    personal = {finding.field.path for finding in findings if finding.field.location == "path"}
    segments = [
        "…" if str(position) in personal or _looks_personal(segment) else segment
        for position, segment in enumerate(path.split("/"))
    ]
    names = [pair.partition("=")[0] for pair in query.split("&")[:40]] if query else []
    shown = "&".join(("…" if _looks_personal(name) else name) + "=…" for name in names if name)
    return f"{scheme}://{host}/{'/'.join(segments)}"[:600] + (f"?{shown}"[:1000] if shown else "")


def _looks_personal(segment: str) -> bool:
    return len(segment) > 40 or "@" in segment or "%40" in segment or sum(char.isdigit() for char in segment) > 5
