"""Follows the flows of a proxy from first byte to last, and writes a record as soon as there is something."""

import time
from collections.abc import Callable

from mitmproxy import http, tcp, udp

from analyzer.capture.record import Body, Message, Record
from analyzer.recording.records import Servers, header, request_record, response_record, stream_record
from analyzer.recording.tee import Tee, body_of

STREAMED = 1 << 20
"""Bytes from which a body is passed on piece by piece instead of being held back until it is complete."""
LATE = 1.0
"""Seconds after which a request is written without its response, and what a connection sent without its end."""
_NO_BODY = ("GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "CONNECT")

RawFlow = tcp.TCPFlow | udp.UDPFlow


class _Exchange:
    """An HTTP flow under way."""

    __slots__ = ("flow", "from_client", "from_server", "heard", "index", "is_cut", "received", "sent")

    def __init__(self, flow: http.HTTPFlow) -> None:
        self.flow = flow
        self.sent: Tee | None = None
        self.received: Tee | None = None
        self.index: int | None = None
        """Of its record; None until that is written."""
        self.heard = 0
        """Bytes of an unfinished request body that are written."""
        self.is_cut = False
        """Whether its record was written before all of it had been sent."""
        self.from_client = self.from_server = 0
        """Messages written."""


class _Raw:
    """A TCP or UDP flow under way."""

    __slots__ = ("flow", "index", "part", "received", "since", "size", "unwritten")

    def __init__(self, flow: RawFlow) -> None:
        self.flow = flow
        self.index: int | None = None
        self.part = 0
        self.unwritten = bytearray()
        self.size = 0
        """Bytes that the app sent since the last part, kept or not."""
        self.since = 0.0
        self.received = 0


class Flows:
    """Each method is one hook of the proxy. `write` takes the records."""

    def __init__(self, write: Callable[[Record], None], keep: int) -> None:
        """`keep`: bytes that are kept of a request body, of a message, of a part of a raw connection."""
        self._write, self.keep = write, keep
        self._servers = Servers()
        self._exchanges: dict[str, _Exchange] = {}
        self._raw: dict[str, _Raw] = {}
        self.count = 0
        """Requests, connections and look-ups written; the next one's index."""

    @property
    def open(self) -> int:
        """Flows under way of which nothing is written yet."""
        return sum(one.index is None for one in self._exchanges.values()) + sum(
            one.index is None for one in self._raw.values()
        )

    def number(self) -> int:
        """The index of the next record."""
        self.count += 1
        return self.count - 1

    # ---------------------------------------------------------------- HTTP

    def request_begins(self, flow: http.HTTPFlow) -> None:
        """Its headers are here; a body that is large, or may be endless, is listened to as it passes."""
        open = self._exchanges[flow.id] = _Exchange(flow)
        request = flow.request
        if _is_long(request) and not (request.method in _NO_BODY and "content-length" not in request.headers):
            open.sent = _listen(request, self.keep)

    def response_begins(self, flow: http.HTTPFlow) -> None:
        """The headers of its response are here."""
        open = self._exchanges.get(flow.id)
        if open is not None and flow.response is not None and _is_long(flow.response):
            open.received = _listen(flow.response, STREAMED)

    def ended(self, flow: http.HTTPFlow) -> None:
        """Its response is complete, or will never be."""
        open = self._exchanges.pop(flow.id, None) or _Exchange(flow)
        if open.index is None:
            self._request(open)
        else:
            self._rest(open)
            self._write(response_record(flow, open.index, open.received, open.sent if open.is_cut else None))
        if open.sent is not None and flow.request.raw_content is None:
            flow.request.data.content = open.sent.whole()  # it has passed; this is for those who look at the flow
        if open.received is not None and flow.response is not None and flow.response.raw_content is None:
            flow.response.data.content = open.received.whole()
        if flow.websocket is not None:
            self._exchanges[flow.id] = open

    def message(self, flow: http.HTTPFlow) -> None:
        """A message of its WebSocket has come."""
        open = self._exchanges.get(flow.id)
        if open is None or open.index is None or flow.websocket is None:
            return
        message = flow.websocket.messages[-1]
        if message.from_client:
            position, open.from_client = open.from_client, open.from_client + 1
        else:
            position, open.from_server = open.from_server, open.from_server + 1
        self._write(
            Message(
                index=open.index,
                flow=flow.id,
                time=message.timestamp,
                position=position,
                from_client=message.from_client,
                body=body_of(message.content, self.keep),
            )
        )

    def socket_ended(self, flow: http.HTTPFlow) -> None:
        """Its WebSocket is closed."""
        self._exchanges.pop(flow.id, None)

    def _request(self, open: _Exchange) -> None:
        open.index = self.number()
        flow = open.flow
        server = self._servers.of(flow.server_conn)
        while self._servers.new:
            self._write(self._servers.new.pop())
        self._write(request_record(flow, open.index, server, self.keep, open.sent, open.received))
        if open.sent is not None:
            open.heard = open.sent.size
            open.is_cut = flow.request.timestamp_end is None

    def _rest(self, open: _Exchange) -> None:
        """What came of a request's body after its record."""
        if open.sent is not None and open.sent.size > open.heard and open.index is not None:
            rest = open.sent.since(open.heard)
            body = Body(
                kept=rest, size=open.sent.size - open.heard, complete=open.flow.request.timestamp_end is not None
            )
            position, open.from_client = open.from_client, open.from_client + 1
            open.heard = open.sent.size
            self._write(
                Message(
                    index=open.index,
                    flow=open.flow.id,
                    time=time.time(),
                    position=position,
                    from_client=True,
                    body=body,
                )
            )

    # ---------------------------------------------------------------- neither HTTP nor DNS

    def raw_message(self, flow: RawFlow) -> None:
        """Something passed over a raw connection."""
        open = self._raw.get(flow.id)
        if open is None:
            open = self._raw[flow.id] = _Raw(flow)
        message = flow.messages[-1]
        if not message.from_client:
            open.received += len(message.content)
            return
        if not open.size:
            open.since = message.timestamp
        open.size += len(message.content)
        room = self.keep - len(open.unwritten)
        if room > 0:
            open.unwritten += message.content[:room]

    def raw_ended(self, flow: RawFlow) -> None:
        """A raw connection is closed."""
        open = self._raw.pop(flow.id, None) or _Raw(flow)
        if open.size or open.index is None:
            self._part(open)

    def _part(self, open: _Raw) -> None:
        if open.index is None:
            open.index = self.number()
        server = self._servers.of(open.flow.server_conn)
        while self._servers.new:
            self._write(self._servers.new.pop())
        sent = Body(kept=bytes(open.unwritten), size=open.size)
        since = open.since if open.size else None
        self._write(stream_record(open.flow, open.index, open.part, server, sent, since, open.received))
        open.part += 1
        open.unwritten.clear()
        open.size = open.received = 0

    # ---------------------------------------------------------------- what lasts

    def sweep(self, now: float) -> None:
        """Writes what is complete for longer than `LATE` but does not end; called now and then."""
        for open in list(self._exchanges.values()):
            request = open.flow.request
            if open.index is None:
                begun = request.timestamp_end or (request.timestamp_start if open.sent and open.sent.size else None)
                if begun is not None and now - begun > LATE:
                    self._request(open)
            else:
                self._rest(open)
        for raw in list(self._raw.values()):
            if raw.size and (now - raw.since > LATE or raw.size >= STREAMED):
                self._part(raw)


def _is_long(message: http.Message) -> bool:
    """Whether a body is large, or nobody has said how large: then it may be endless, as gRPC and events are."""
    announced = header(message.data.headers.fields, b"content-length")
    return not announced.isdigit() or len(announced) > 7 or int(announced) > STREAMED


def _listen(message: http.Message, keep: int) -> Tee:
    # Another addon may have asked for the pieces; it still gets them.
    before = message.stream
    tee = Tee(keep, before if callable(before) else None)
    message.stream = tee
    return tee
