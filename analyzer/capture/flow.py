"""Reads mitmproxy's flow files, of every version that mitmproxy itself can read."""

import io
import re
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mitmproxy import connection, dns, http, tcp, udp
from mitmproxy.flow import Flow
from mitmproxy.io import FlowReader
from mitmproxy.net.dns import types as record_types

from analyzer.capture.certificate import Certificates
from analyzer.capture.handshake import handshake_ms
from analyzer.capture.lookups import follow, host_name
from analyzer.capture.raw import raw_exchange
from analyzer.capture.reader import CaptureReader
from analyzer.capture.response import NO_ANSWER, Answer, answer_of
from analyzer.model import Certificate, Exchange

_BUFFER = 1 << 18
_LENGTH_DIGITS = 12
_FORMAT = re.compile(rb"7:version;\d:(\d{1,3})#")
_RECORDS_READ = 256
"""Answers of one DNS message; a message of the protocol's own size limit holds hardly more."""
_NAME_BYTES = 255
"""Of a domain name (RFC 1035); mitmproxy would spend a second on decoding a megabyte."""
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f]+")


class FlowFileReader(CaptureReader):
    """A flow file: HTTP flows and raw connections become exchanges, DNS flows look-ups."""

    format = "mitmproxy flows"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.recorder = "mitmproxy"
        self._buffered = io.BufferedReader(self._source, _BUFFER)
        self._position = 0
        self._certificates = Certificates()

    def _exchanges(self) -> Iterator[Exchange]:
        while frame := self._frame():
            if not self._entries and (found := _FORMAT.search(frame)):
                self.recorder = f"mitmproxy (flow format {found[1].decode()})"
            try:
                # mitmproxy raises whatever comes (KeyError, AssertionError, RecursionError); only this flow is lost.
                with warnings.catch_warnings(action="ignore"):  # of certificates that no one should issue
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
            exchange = flow_exchange(recorded, self._entries, self._certificates)
            self._number()
            self._count(recorded, exchange)
            return exchange
        if isinstance(recorded, dns.DNSFlow):
            source = f"DNS {'answer' if recorded.response else 'query'} in flow {self._number()}"
            for asked in dns_lookups(recorded):
                self._lookups.add(asked.name, source, asked.aliases, asked.addresses)
            return None
        if not isinstance(recorded, tcp.TCPFlow | udp.UDPFlow):
            raise TypeError("neither HTTP nor TCP, UDP or DNS")
        self.tally.add("not-http")
        return self._raw(recorded, self._number())

    def _raw(self, recorded: tcp.TCPFlow | udp.UDPFlow, index: int) -> Exchange:
        """What the app sent over a connection that spoke neither HTTP nor DNS."""
        to, time = recorded.server_conn, recorded.timestamp_created
        where = to.address or to.peername
        sent = [message.content for message in recorded.messages if message.from_client]
        return raw_exchange(
            index=index,
            protocol="tcp" if isinstance(recorded, tcp.TCPFlow) else "udp",
            host=_host_of(recorded),
            port=where[1] if where else 0,
            time=float(time) if isinstance(time, int | float) else None,
            body=b"".join(part for part in sent if isinstance(part, bytes)),
            server_ip=_server_ip(recorded),
            connect_ms=_connect_ms(to),
            certificate=_certificate(to, self._certificates),
        )

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


def flow_exchange(recorded: http.HTTPFlow, index: int, certificates: Certificates) -> Exchange:
    """The exchange of one HTTP flow, live or from a file: body and messages exactly as they travelled.

    Members of a wrong type, which a file may hold, are left out. `certificates` is to be the same for all of a capture.
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
        connect_ms=_connect_ms(recorded.server_conn),
        certificate=_certificate(recorded.server_conn, certificates),
    )


def _answer(response: http.Response) -> Answer:
    body = response.raw_content
    headers = [(_text(name), _text(value)) for name, value in response.headers.fields]
    return answer_of(headers, body if isinstance(body, bytes) else b"")


def _connect_ms(server: connection.Server) -> float | None:
    """Of mitmproxy's own handshake; for a server known by name mitmproxy's look-up of that name is part of it."""
    start, end = server.timestamp_start, server.timestamp_tcp_setup
    if server.via or not isinstance(start, int | float) or not isinstance(end, int | float):
        return None
    return handshake_ms((end - start) * 1000)


def _certificate(server: connection.Server, certificates: Certificates) -> Certificate | None:
    try:
        return certificates.of(server.certificate_list[0].to_cryptography()) if server.certificate_list else None
    except Exception:
        # Whatever mitmproxy or cryptography raise of a hostile certificate, the request is worth more.
        return None


class Asked(NamedTuple):
    """A name that was looked up, and what came back."""

    name: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]


def dns_lookups(recorded: dns.DNSFlow) -> list[Asked]:
    """What was asked in a DNS flow, live or from a file."""
    answer = recorded.response
    canonical: dict[str, str] = {}
    addresses: list[tuple[str, str]] = []
    for record in islice(answer.answers, _RECORDS_READ) if answer else ():
        name, value = host_name(record.name), _record_value(record)
        if name is None or value is None:
            continue
        if record.type != record_types.CNAME:
            addresses.append((name, value))
        elif target := host_name(value):
            canonical.setdefault(name, target)
    found = []
    for question in islice(recorded.request.questions, _RECORDS_READ):
        if asked := host_name(question.name):
            chain = follow(asked, canonical)
            found.append(Asked(asked, chain, tuple(at for name, at in addresses if name == asked or name in chain)))
    return found


def _record_value(record: dns.ResourceRecord) -> str | None:
    """The name or address that a CNAME, A or AAAA record gives; None for any other, and for broken ones."""
    try:
        if len(record.data) > _NAME_BYTES:
            return None
        if record.type == record_types.CNAME:
            return record.domain_name
        if record.type == record_types.A:
            return str(record.ipv4_address)
        return str(record.ipv6_address) if record.type == record_types.AAAA else None
    except Exception:
        # mitmproxy raises whatever comes (struct.error, UnicodeError, AddressValueError); only this record is lost.
        return None


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
