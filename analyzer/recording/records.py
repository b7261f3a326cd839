"""From mitmproxy's flows, as they end, to the records of a capture file. On the path of the traffic: kept short."""

from hashlib import sha256

from mitmproxy import connection, http, tcp, udp
from msgspec import Struct

from analyzer.capture.record import Body, Headers, Request, Response, Server, Shown, Stream
from analyzer.capture.response import MAX_BODY, may_be_data
from analyzer.memo import Memo
from analyzer.recording.tee import Tee, body_of

NO_BODY = Body()
_SHOWN = 10_000
_STREAMED_TEXT = "event-stream"
_NAME, _ERROR = 255, 500
"""Characters of a host name (RFC 1035) and of an error that a record holds; clients may send more."""


class Asked(Struct):
    """A request as the app made it: mitmproxy's options and other addons may change the flow's own afterwards."""

    method: bytes
    scheme: bytes
    host: str
    port: int
    authority: bytes
    path: bytes
    version: bytes
    headers: Headers
    content: bytes | None
    """None until all of it has come, and where it passed piece by piece."""


def asked_of(flow: http.HTTPFlow) -> Asked:
    """The request of a flow as it is now."""
    data = flow.request.data
    return Asked(
        data.method,
        data.scheme,
        data.host,
        data.port,
        data.authority,
        data.path,
        data.http_version,
        data.headers.fields,
        data.content,
    )


class Servers:
    """What is said of a server connection, worked out once for each; and the certificates that were not shown yet."""

    KEPT = 1_024

    def __init__(self) -> None:
        self._known = Memo[str, Server](self.KEPT)
        self._shown: set[bytes] = set()
        self.new: list[Shown] = []
        """Certificates to be written before the next record; whoever writes them empties the list."""

    def of(self, to: connection.Server) -> Server:
        """The connection as it is; remembered once it is established."""
        known = self._known.get(to.id)
        if known is not None:
            return known
        made = self._server(to)
        return self._known.keep(to.id, made) if to.timestamp_tcp_setup and (to.tls_established or not to.tls) else made

    def _server(self, to: connection.Server) -> Server:
        peer, chain = to.peername, b""
        leaf = b""
        if to.certificate_list:
            ders = [_der(certificate) for certificate in to.certificate_list[:16]]
            chain, leaf = sha256(b"".join(ders)).digest(), sha256(ders[0]).digest()
            if leaf not in self._shown and len(self._shown) < _SHOWN:
                self._shown.add(leaf)
                self.new.append(Shown(sha256=leaf, der=ders[0]))
        address = to.address
        return Server(
            ip=peer[0] if peer else None,
            port=peer[1] if peer else address[1] if address else 0,
            sni=short(to.sni),
            tls_version=(to.tls_version or "") if to.tls_established else "",
            alpn=to.alpn or b"",
            chain_sha256=chain,
            leaf_sha256=leaf,
            connect_ms=None if to.via else _between(to.timestamp_start, to.timestamp_tcp_setup),
            tls_ms=_between(to.timestamp_tcp_setup, to.timestamp_tls_setup),
        )


def _der(certificate: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.to_cryptography().public_bytes(Encoding.DER)  # type: ignore[attr-defined,no-any-return]


def _between(start: float | None, end: float | None) -> float | None:
    return (end - start) * 1000 if start and end else None


def request_record(
    flow: http.HTTPFlow,
    index: int,
    server: Server,
    limit: int,
    sent: Tee | None = None,
    received: Tee | None = None,
    asked: Asked | None = None,
) -> Request:
    """A flow whose request is complete. `limit`: bytes kept of its body; `sent`, `received`: what heard the bodies.

    `asked` is the request as the app made it, where that may not be what the flow holds by now.
    """
    request = flow.request.data
    asked = asked or asked_of(flow)
    trailers = request.trailers
    content = request.content if asked.content is None else asked.content
    peer = flow.client_conn.peername
    return Request(
        index=index,
        flow=flow.id,
        started=request.timestamp_start,
        ended=request.timestamp_end,
        method=asked.method,
        scheme=asked.scheme,
        host=short(asked.host),
        port=asked.port,
        authority=asked.authority,
        path=asked.path,
        version=asked.version,
        headers=asked.headers + trailers.fields if trailers else asked.headers,
        body=_body(content, limit, request.timestamp_end is not None, sent),
        server=server,
        client=peer[0] if peer else None,
        response=response_record(flow, index, received) if flow.response is not None else None,
        error=_error(flow),
    )


def response_record(flow: http.HTTPFlow, index: int, received: Tee | None = None, sent: Tee | None = None) -> Response:
    """The response of a flow, as far as it is there; its body is kept where it may be data for the app.

    `sent` heard the whole request, where its record holds only the start.
    """
    whole = sent.body(flow.request.timestamp_end is not None, 0) if sent is not None else None
    if flow.response is None:
        return Response(index=index, error=_error(flow), sent=whole)
    response = flow.response.data
    headers = response.headers.fields
    kind = header(headers, b"content-type").decode("latin-1")
    limit = MAX_BODY if may_be_data(kind) or _STREAMED_TEXT in kind else 0
    return Response(
        index=index,
        status=response.status_code,
        headers=headers,
        body=_body(response.content, limit, response.timestamp_end is not None, received),
        started=response.timestamp_start,
        ended=response.timestamp_end,
        error=_error(flow),
        sent=whole,
    )


def stream_record(
    flow: tcp.TCPFlow | udp.UDPFlow,
    index: int,
    part: int,
    server: Server,
    sent: Body,
    sent_at: float | None,
    received: int,
) -> Stream:
    """What the app sent over a connection since the part before; `sent_at` is when the first of it passed."""
    to = flow.server_conn
    where = to.address or to.peername
    return Stream(
        index=index,
        part=part,
        flow=flow.id,
        protocol="tcp" if isinstance(flow, tcp.TCPFlow) else "udp",
        started=flow.timestamp_created,
        ended=to.timestamp_end,
        host=short(to.sni or (where[0] if where else "")),
        port=where[1] if where else 0,
        sent=sent,
        sent_at=sent_at,
        received=received,
        server=server,
        error=_error(flow),
    )


def short[T: (str, str | None)](text: T, limit: int = _NAME) -> T:
    """Text from outside as a record takes it: not too long, and without the surrogates that stand for odd bytes."""
    if text is None or (len(text) <= limit and text.isascii()):
        return text
    return text[:limit].encode("utf-8", "replace").decode()


def _error(flow: http.HTTPFlow | tcp.TCPFlow | udp.UDPFlow) -> str | None:
    return short(flow.error.msg, _ERROR) if flow.error else None


def header(fields: Headers, name: bytes) -> bytes:
    """The first value that a header has, empty where there is none; `name` in small letters.

    mitmproxy's own way to a header costs a third of a flow's whole time here.
    """
    for given, value in fields:
        if len(given) == len(name) and given.lower() == name:
            return value
    return b""


def _body(content: bytes | None, limit: int, complete: bool, heard: Tee | None) -> Body:
    if heard is not None and heard.size:
        return heard.body(complete, limit)
    if not content:
        return NO_BODY
    return body_of(content, limit, complete)
