"""Reads mitmproxy's flow files, of every version that mitmproxy itself can read."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from mitmproxy import dns, http, tcp, udp
from mitmproxy.flow import Flow
from mitmproxy.io import FlowReader

from analyzer.capture.reader import CaptureReader
from analyzer.capture.response import NO_ANSWER, Answer, answer_of
from analyzer.model import Exchange

_BUFFER = 1 << 18
_LENGTH_DIGITS = 12
_FORMAT = re.compile(rb"7:version;\d:(\d{1,3})#")
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f]+")


class FlowFileReader(CaptureReader):
    """A flow file: HTTP flows become exchanges; other connections are counted as not read."""

    format = "mitmproxy flows"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.recorder = "mitmproxy"
        self._buffered = io.BufferedReader(self._source, _BUFFER)
        self._position = 0

    def _exchanges(self) -> Iterator[Exchange]:
        while frame := self._frame():
            if not self._entries and (found := _FORMAT.search(frame)):
                self.recorder = f"mitmproxy (flow format {found[1].decode()})"
            try:
                # mitmproxy raises whatever comes (KeyError, AssertionError, RecursionError); only this flow is lost.
                recorded = next(iter(FlowReader(io.BytesIO(frame)).stream()), None)
                exchange = self._read(recorded)
            except Exception:
                self._skip("not a flow that this mitmproxy can read")
                continue
            if exchange:
                yield exchange

    def _frame(self) -> bytes | None:
        """The next flow's bytes, `length:payload}`; None at the end of the file or where no flow begins."""
        prefix = b""
        while (byte := self._buffered.read(1)).isdigit() and len(prefix) < _LENGTH_DIGITS:
            prefix += byte
        self._position += len(prefix) + len(byte)
        if not prefix and not byte:
            return None
        # The length is checked against the file before anything of that size is asked for.
        if byte != b":" or not prefix or int(prefix) + 1 > self.bytes_total - self._position:
            self._broke_off()
            return None
        payload = self._buffered.read(int(prefix) + 1)
        self._position += len(payload)
        return prefix + b":" + payload

    def _read(self, recorded: Flow | None) -> Exchange | None:
        """The exchange of an HTTP flow; None for any other flow, which is counted."""
        if isinstance(recorded, http.HTTPFlow):
            if is_refused_tunnel(recorded):
                error = recorded.error.msg if recorded.error else "the proxy refused it"
                self._number()
                self._not_read(_host_of(recorded), f"connection could not be opened ({_one_line(error)})")
                return None
            exchange = flow_exchange(recorded, self._entries)
            self._number()
            self._count(recorded, exchange)
            return exchange
        if not isinstance(recorded, tcp.TCPFlow | udp.UDPFlow | dns.DNSFlow):
            raise TypeError("neither HTTP nor TCP, UDP or DNS")
        self._number()
        self.tally.add("not-http")
        if isinstance(recorded, tcp.TCPFlow):
            self._not_read(_host_of(recorded), "raw TCP, not HTTP")
        elif isinstance(recorded, udp.UDPFlow):
            self._not_read(_host_of(recorded), "raw UDP, not HTTP")
        return None

    def _count(self, recorded: http.HTTPFlow, exchange: Exchange) -> None:
        if recorded.request.raw_content is None and recorded.request.headers.get("content-length", "0") != "0":
            self.tally.add("request-body-dropped")
        if exchange.server_ip is None:
            self.tally.add("no-server-address")
        if exchange.time is None:
            self.tally.add("no-timings")
        if recorded.error or not recorded.response:
            self.tally.add("failed-requests")
        if exchange.status == 101 and recorded.websocket is None:
            self.tally.add("websocket-messages-not-kept")


def flow_exchange(recorded: http.HTTPFlow, index: int) -> Exchange:
    """The exchange of one HTTP flow, live or from a file: body and messages exactly as they travelled.

    Members of a wrong type, which a file may hold, are left out.
    """
    request = recorded.request
    time = request.timestamp_start
    body = request.raw_content
    status = recorded.response.status_code if recorded.response else None
    messages = recorded.websocket.messages if recorded.websocket else []
    answer = _answer(recorded.response) if recorded.response else NO_ANSWER
    return Exchange(
        index=index,
        time=float(time) if isinstance(time, int | float) else None,
        method=request.method,
        url=_url(request),
        headers=tuple((_text(name), _text(value)) for name, value in request.headers.fields if name[:1] != b":"),
        body=body if isinstance(body, bytes) else b"",
        messages=tuple(
            message.content for message in messages if message.from_client and isinstance(message.content, bytes)
        ),
        server_ip=_server_ip(recorded),
        status=status if isinstance(status, int) else None,
        response_headers=answer.headers,
        response_type=answer.type,
        response_encoding=answer.encoding,
        response_body=answer.body,
    )


def _answer(response: http.Response) -> Answer:
    body = response.raw_content
    headers = [(_text(name), _text(value)) for name, value in response.headers.fields]
    return answer_of(headers, body if isinstance(body, bytes) else b"")


def is_refused_tunnel(recorded: http.HTTPFlow) -> bool:
    """Whether this is a CONNECT that never became a tunnel, so that nothing in it could be read."""
    if recorded.request.method != "CONNECT":
        return False
    return bool(recorded.error) or recorded.response is None or recorded.response.status_code >= 400


def _url(request: http.Request) -> str:
    if request.first_line_format == "authority":
        return f"https://{_safe(request.authority)}/"
    try:
        return _safe(request.pretty_url)
    except ValueError:
        # A Host header that is no host; the address that was connected to is still known.
        return _safe(f"{request.scheme}://{request.host}:{request.port}{request.path}")


def _server_ip(recorded: Flow) -> str | None:
    peer = recorded.server_conn.peername
    address = peer[0] if peer else None
    if not isinstance(address, str):
        return None
    # Old flow files put the host name there.
    return address if re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%\w]*", address) else None


def _host_of(recorded: Flow) -> str:
    if isinstance(recorded, http.HTTPFlow):
        return _one_line(recorded.request.pretty_host)
    server = recorded.server_conn
    name = (
        server.sni
        or (server.address[0] if server.address else None)
        or (server.peername[0] if server.peername else None)
    )
    return _one_line(name) if isinstance(name, str) else "unknown host"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _safe(text: str) -> str:
    """Text without the surrogates that mitmproxy puts for bytes that are not UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", _safe(text)).strip()[:200]
