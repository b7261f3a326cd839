"""Follows the flows of a proxy from first byte to last, and writes a record as soon as there is something."""

import time
from collections.abc import Callable
from typing import Any

from mitmproxy import http, tcp, udp

from analyzer.capture.record import Body, Message, Record
from analyzer.recording.records import Servers, asked_of, header, request_record, response_record, stream_record
from analyzer.recording.tee import Tee, body_of

STREAMED = 1 << 20
"""Bytes from which a body is passed on piece by piece instead of being held back until it is complete."""
LATE = 1.0
"""Seconds after which a request is written without its response, and what a connection sent without its end."""
LINGER = 10.0
"""Seconds that a request may still say something after its response has ended, or its client has gone."""
_NO_BODY = (b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"TRACE", b"CONNECT")

RawFlow = tcp.TCPFlow | udp.UDPFlow


class _Exchange:
    """An HTTP flow under way."""

    __slots__ = (
        "answered",
        "asked",
        "flow",
        "from_client",
        "from_server",
        "heard",
        "index",
        "is_cut",
        "received",
        "sent",
    )

    def __init__(self, flow: http.HTTPFlow) -> None:
        self.flow = flow
        self.asked = asked_of(flow)
        self.answered: float | None = None
        """When its response ended, or something more was sent after that, where the request had not ended."""
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
        self.passes_requests = self.passes_responses = True
        """Whether long bodies are passed on piece by piece; not where mitmproxy is to act on whole ones."""
        self.keeps_messages = True
        """Whether flows keep the messages that have passed; where nobody else looks at them, they only fill memory."""
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
        # mitmproxy breaks down where a request is passed on piece by piece that another addon has answered.
        is_free = self.passes_requests and flow.response is None
        if request.stream or (is_free and _is_long(request) and _may_have_body(request)):
            open.sent = _listen(request, self.keep)

    def request_ends(self, flow: http.HTTPFlow) -> None:
        """All of it is here, or has passed."""
        open = self._exchanges.get(flow.id)
        if open is None:
            return
        open.asked.content = flow.request.data.content
        is_all = not flow.live and flow.response is None and flow.error is None  # of one that is read from a file
        if is_all or open.answered is not None:
            self._finish(open)

    def response_begins(self, flow: http.HTTPFlow) -> None:
        """The headers of its response are here."""
        open = self._exchanges.get(flow.id)
        response = flow.response
        if open is None or response is None:
            return
        if response.stream or (self.passes_responses and _is_long(response)):
            open.received = _listen(response, STREAMED)

    def ended(self, flow: http.HTTPFlow) -> None:
        """Its response is complete."""
        open = self._exchanges.get(flow.id) or _Exchange(flow)
        if open.sent is not None and flow.request.timestamp_end is None and flow.error is None:
            _show(open)
            # Before the request has: it may go on.
            open.answered = (flow.response.timestamp_end if flow.response is not None else None) or time.time()
        else:
            self._finish(open)

    def broke_off(self, flow: http.HTTPFlow) -> None:
        """Its request or its response will never be complete."""
        # A flow from a file may have a complete response and an error, and is told of twice then.
        if flow.live or flow.id in self._exchanges:
            self._finish(self._exchanges.get(flow.id) or _Exchange(flow))

    def _finish(self, open: _Exchange) -> None:
        flow = open.flow
        self._exchanges.pop(flow.id, None)
        if open.index is None:
            self._request(open)
        else:
            self._rest(open)
            self._write(response_record(flow, open.index, open.received, open.sent if open.is_cut else None))
        _show(open)
        if flow.websocket is not None:
            self._exchanges[flow.id] = open

    def message(self, flow: http.HTTPFlow) -> None:
        """A message of its WebSocket has come."""
        if flow.websocket is None:
            return
        message = flow.websocket.messages[-1]
        self._forget(flow.websocket.messages)
        if message.injected:
            return
        open = self._exchanges.get(flow.id)
        if open is None:  # it was there before the addon
            open = self._exchanges[flow.id] = _Exchange(flow)
        if open.index is None:
            self._request(open)
            assert open.index is not None
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
        self._write(request_record(flow, open.index, server, self.keep, open.sent, open.received, open.asked))
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
            now = time.time()
            if open.answered is not None:
                open.answered = now
            self._write(
                Message(
                    index=open.index,
                    flow=open.flow.id,
                    time=now,
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
        self._forget(flow.messages)
        if not message.from_client:
            open.received += len(message.content)
            return
        if not open.size:
            open.since = message.timestamp
        open.size += len(message.content)
        room = self.keep - len(open.unwritten)
        if room > 0:
            open.unwritten += message.content[:room]

    def _forget(self, messages: list[Any]) -> None:
        if not self.keeps_messages:
            del messages[:-1]

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
            if not open.flow.live:  # it is read from a file, or its end is being told of
                continue
            request = open.flow.request
            if open.index is None:
                # Where it goes on piece by piece, its headers are on their way as soon as there is a connection.
                is_on_its_way = open.sent is not None and open.flow.server_conn.timestamp_tcp_setup
                begun = request.timestamp_end or (request.timestamp_start if is_on_its_way else None)
                if begun is not None and _is_past(begun, now, LATE):
                    self._request(open)
            else:
                self._rest(open)
            if open.answered is not None and _is_past(open.answered, now, LINGER):
                self._finish(open)
            elif _is_left(open.flow, now):
                if open.index is None:
                    self._request(open)
                self._exchanges.pop(open.flow.id, None)
        for raw in list(self._raw.values()):
            if raw.size and (_is_past(raw.since, now, LATE) or raw.size >= STREAMED):
                self._part(raw)
            if _is_left(raw.flow, now):
                self.raw_ended(raw.flow)


def _show(open: _Exchange) -> None:
    """Puts bodies that have passed where those look who look at the flow."""
    request, response = open.flow.request, open.flow.response
    has_ended = request.timestamp_end is not None or open.flow.error is not None
    if open.sent is not None and request.raw_content is None and has_ended:
        request.data.content = open.sent.whole()
    if open.received is not None and response is not None and response.raw_content is None:
        response.data.content = open.received.whole()


def _is_past(moment: float, now: float, seconds: float) -> bool:
    """Whether a moment is longer ago; or in the future, for a clock that was set back says nothing of how long."""
    return not 0 <= now - moment <= seconds


def _is_left(flow: http.HTTPFlow | RawFlow, now: float) -> bool:
    """Whether the client went and mitmproxy never told of the flow's end, as where it breaks down (HTTP trailers)."""
    gone = flow.client_conn.timestamp_end
    return flow.live and not flow.client_conn.connected and gone is not None and _is_past(gone, now, LINGER)


def _is_long(message: http.Message) -> bool:
    """Whether a body is large, or nobody has said how large: then it may be endless, as gRPC and events are."""
    announced = header(message.data.headers.fields, b"content-length")
    return not announced.isdigit() or len(announced) > 7 or int(announced) > STREAMED


def _may_have_body(request: http.Request) -> bool:
    data = request.data
    if data.method not in _NO_BODY:
        return True
    return bool(header(data.headers.fields, b"content-length") or header(data.headers.fields, b"transfer-encoding"))


def _listen(message: http.Message, keep: int) -> Tee:
    # Another addon may have asked for the pieces; it still gets them.
    before = message.stream
    tee = Tee(keep, before if callable(before) else None)
    message.stream = tee
    return tee
