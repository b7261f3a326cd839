"""Reads the capture files of the addon, also torn ones and one that is still being written."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from analyzer.capture.certificate import der_certificate
from analyzer.capture.frame import MAGIC, Frames, never
from analyzer.capture.handshake import handshake_ms
from analyzer.capture.raw import raw_exchange
from analyzer.capture.reader import CaptureReader
from analyzer.capture.record import (
    FORMAT,
    Body,
    Ended,
    Lookup,
    Lost,
    Marked,
    Message,
    Prepared,
    Record,
    Refused,
    Request,
    Response,
    Shown,
    Started,
    Stream,
    decode,
)
from analyzer.capture.recorded_text import cut, line, text, texts
from analyzer.capture.refusals import Refusals
from analyzer.capture.request_url import request_url
from analyzer.capture.response import NO_ANSWER, Answer, answer_of
from analyzer.errors import CaptureError
from analyzer.memo import Memo
from analyzer.model import AppBuild, Certificate, Exchange, Phase, Unread, WholeBody

SWITCHING = 101
_CERTIFICATES = 10_000
_UNFINISHED = 10_000
_URL = 4_096
"""Characters that are remembered of the URL of a request of which more may come."""
_HEADERS = 16 << 10
"""Bytes of headers up to which they are remembered with it."""
_FLOWS = 10_000


class JournalReader(CaptureReader):
    """A capture file of the addon. It takes what is there: whole records before, between and after damage."""

    format = "apptells capture"

    def __init__(
        self,
        path: Path,
        *,
        wait: Callable[[], bool] = never,
        unread: Callable[[Unread], None] = lambda one: None,
        trouble: Callable[[str], None] = lambda message: None,
        marked: Callable[[Phase], None] = lambda phase: None,
    ) -> None:
        """To follow a file while it is written, `wait` is asked at its end whether there may be more; `unread` (the
        first of each host and reason), `trouble` and `marked` are called as such records come. Raises CaptureError.
        """
        super().__init__(path)
        self._tell_unread, self._trouble, self._tell_marked = unread, trouble, marked
        if self._source.read(len(MAGIC)) != MAGIC:
            self.close()
            raise CaptureError(f"{path}: no capture file of this version of apptells; use the one that recorded it.")
        self._ended = False
        self._frames = Frames(self._source, self._wait_for(wait))
        self._records = self._read_records()
        self._certificates = Memo[bytes, Certificate | None](_CERTIFICATES)
        self._unfinished = Memo[int, Exchange](_UNFINISHED)
        """Requests of which more may come: a response, messages."""
        self._flows = Memo[int, str](_FLOWS)
        self._refusals = Refusals()
        self._first_record = next(self._records, None)
        if isinstance(self._first_record, Started):
            self._start(self._first_record)

    def _wait_for(self, wait: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: not self._ended and wait()

    def flow(self, index: int) -> str | None:
        """mitmproxy's id of a flow that was read lately."""
        return self._flows.get(index)

    def _start(self, record: Started) -> None:
        self.recorder = line(record.tool) or "apptells"
        if record.app:
            self.app = cut(AppBuild(id=record.app))
        if record.format > FORMAT:
            self.close()
            raise CaptureError(f"{self._path}: recorded by a newer apptells ({record.tool}); read it with that one.")

    def _read_records(self) -> Iterator[Record]:
        for payload in self._frames:
            try:
                yield decode(payload)
            except (msgspec.DecodeError, ValueError, RecursionError):
                self.tally.add("records-damaged")

    def _exchanges(self) -> Iterator[Exchange]:
        if self._first_record is not None and not isinstance(self._first_record, Started):
            self.tally.add("records-damaged")
            yield from self._take(self._first_record)
        for record in self._records:
            yield from self._take(record)
        if self._frames.damaged:
            self.tally.add("records-damaged")
        if self._frames.torn:
            self._broke_off()
        if not self._ended:
            self.tally.add("session-not-ended")
        for refusal in self._refusals.silent():
            self._refused(*refusal)

    def _take(self, record: Record) -> Iterator[Exchange]:
        match record:
            case Request():
                if self._is_next(record.index):
                    yield self._request(record)
            case Response():
                yield from self._late_response(record)
            case Message():
                yield from self._message(record)
            case Stream():
                is_later = record.part > 0 and record.index < self._entries
                if is_later or self._is_next(record.index):
                    yield self._stream(record, is_later)
            case Lookup():
                if self._is_next(record.index):
                    source = f"DNS {'answer' if record.answered else 'query'} in record {record.index}"
                    self._lookups.add(record.name, source, record.aliases, record.addresses)
            case Refused():
                if (refusal := self._refusals.of(record)) is not None:
                    self._refused(*refusal)
            case Shown():
                if sha256(record.der).digest() == record.sha256:
                    self._certificates.keep(record.sha256, der_certificate(record.der))
            case Marked():
                phase = Phase(name=record.name, time=record.time)
                self.timeline.add(phase)
                self._tell_marked(phase)
            case Prepared():
                self.app = cut(record.app) or self.app
                self.device = cut(record.device) or self.device
            case Lost():
                self.tally.add("records-lost", max(record.count, 1))
                self._trouble(f"{record.count:,} records were lost: {record.reason}.")
            case Ended():
                self._ended = True
                if record.open > 0:
                    self.tally.add("under-way", record.open)
                if record.errors > 0:
                    self.tally.add("records-lost", record.errors)

    def _is_next(self, index: int) -> bool:
        """Entries are numbered by the recorder, in the order of the file; a number that is missing was lost."""
        if index < self._entries:
            self.tally.add("records-damaged")
            return False
        self._entries = index + 1
        return True

    # ---------------------------------------------------------------- HTTP

    def _request(self, record: Request) -> Exchange:
        answer, status = _answer(record.response), record.response.status if record.response else None
        headers = texts(record.headers)
        body, server = record.body, record.server
        exchange = Exchange(
            index=record.index,
            time=record.started,
            method=text(record.method).upper(),
            url=_url(record, headers),
            headers=tuple(pair for pair in headers if pair[0][:1] != ":"),
            body=body.kept,
            server_ip=server.ip,
            status=status,
            response_headers=answer.headers,
            response_type=answer.type,
            response_encoding=answer.encoding,
            response_body=answer.body,
            connect_ms=handshake_ms(server.connect_ms) if server.connect_ms is not None else None,
            certificate=self._certificates.get(server.leaf_sha256),
            chain_sha256=server.chain_sha256.hex(),
            tls_version=server.tls_version,
            whole_body=_whole(body),
        )
        if len(body.kept) < body.size or (record.error and not body.complete):
            self.tally.add("request-body-truncated")
        if server.ip is None:
            self.tally.add("no-server-address")
        if record.error or (record.response is not None and record.response.error):
            self.tally.add("failed-requests")
        self._refusals.reached(server.sni or record.host)
        self._flows.keep(record.index, record.flow)
        if status == SWITCHING or (not record.error and _is_unfinished(record)):
            self._unfinished.keep(
                record.index,
                msgspec.structs.replace(
                    exchange,
                    url=exchange.url[:_URL],
                    headers=exchange.headers if sum(map(_length, record.headers)) <= _HEADERS else (),
                    body=b"",
                    whole_body=None,
                    continues=True,
                    response_headers=(),
                    response_type="",
                    response_encoding="",
                    response_body=b"",
                ),
            )
        return exchange

    def _late_response(self, record: Response) -> Iterator[Exchange]:
        request = self._unfinished.get(record.index)
        if request is None:
            self.tally.add("opening-lost")
            return
        if record.error:
            self.tally.add("failed-requests")
            if record.sent is not None and not record.sent.complete:
                self.tally.add("request-body-truncated")
        answer = _answer(record)
        later = msgspec.structs.replace(
            request,
            status=record.status or None,
            response_headers=answer.headers if request.status is None else (),  # else they were there before
            response_type=answer.type,
            response_encoding=answer.encoding,
            response_body=answer.body,
        )
        if record.sent is not None:
            later = msgspec.structs.replace(later, whole_body=_whole(record.sent))
        if record.status != SWITCHING:
            self._unfinished.pop(record.index, None)
        yield later

    def _message(self, record: Message) -> Iterator[Exchange]:
        if not record.from_client:
            return
        request = self._unfinished.get(record.index)
        if request is None:
            self.tally.add("opening-lost")
            return
        if len(record.body.kept) < record.body.size:
            self.tally.add("request-body-truncated")
        yield msgspec.structs.replace(
            request, time=record.time, messages=(record.body.kept,), first_message=max(record.position, 0)
        )

    # ---------------------------------------------------------------- everything else

    def _stream(self, record: Stream, is_later: bool) -> Exchange:
        body, server = record.sent, record.server
        if not is_later:
            self.tally.add("not-http")
        if len(body.kept) < body.size:
            self.tally.add("request-body-truncated")
        self._refusals.reached(server.sni or record.host)
        exchange = raw_exchange(
            index=record.index,
            protocol="udp" if record.protocol == "udp" else "tcp",
            host=server.sni or record.host,
            port=record.port,
            time=record.sent_at if is_later and record.sent_at is not None else record.started,
            body=body.kept,
            server_ip=server.ip,
            connect_ms=handshake_ms(server.connect_ms) if server.connect_ms is not None else None,
            certificate=self._certificates.get(server.leaf_sha256),
            chain_sha256=server.chain_sha256.hex(),
            tls_version=server.tls_version,
            whole_body=_whole(body),
        )
        self._flows.keep(record.index, record.flow)
        if not is_later:
            return exchange
        return msgspec.structs.replace(
            exchange, body=b"", whole_body=None, messages=(body.kept,), first_message=record.part - 1, continues=True
        )

    def _refused(self, host: str, reason: str, record: Refused) -> None:
        is_new = (host, record.kind, reason) not in self._unread
        self._not_read(host, reason, record.kind, record.address, record.time)
        if is_new and (known := self._unread.get((host, record.kind, reason))):
            self._tell_unread(known)


def _answer(record: Response | None) -> Answer:
    if record is None:
        return NO_ANSWER
    return answer_of(texts(record.headers), record.body.kept)


def _length(header: tuple[bytes, bytes]) -> int:
    return len(header[0]) + len(header[1])


def _is_unfinished(record: Request) -> bool:
    """Whether more of its body, or of its response, was to come."""
    return not record.body.complete or record.response is None or record.response.ended is None


def _whole(body: Body) -> WholeBody | None:
    return WholeBody(bytes=body.size, sha256=body.sha256.hex()) if body.sha256 and body.complete else None


def _url(record: Request, headers: tuple[tuple[str, str], ...]) -> str:
    asked = next((value for name, value in headers if name.lower() == "host"), "")
    if record.version.startswith((b"HTTP/2", b"HTTP/3")):
        asked = text(record.authority) or asked
    return request_url(text(record.scheme), line(record.host), record.port, text(record.path), asked)
