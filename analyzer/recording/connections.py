"""Watches the connections of a proxy for those that nobody could read: refused, silent, left alone."""

from collections.abc import Callable

from mitmproxy import connection, http
from mitmproxy.proxy import layer, layers, mode_specs, server_hooks
from mitmproxy.tls import ClientHelloData, TlsData

from analyzer.capture.record import Record, Refused
from analyzer.model import UnreadKind
from analyzer.recording.records import short

CLIENTS = 100_000
_ALPN = 16
_REASON = 500


class _Client:
    """A connection of the app."""

    __slots__ = ("alpn", "is_answered", "is_encrypted", "sni", "where")

    def __init__(self) -> None:
        self.is_encrypted = False
        """Whether the TLS handshake with the app succeeded."""
        self.is_answered = False
        """Whether it is accounted for: something was read from it, or a record says why not."""
        self.sni: str | None = None
        self.where: tuple[str, int] | None = None
        self.alpn: tuple[bytes, ...] = ()


class Connections:
    """Each method is one hook of the proxy. `write` takes the records."""

    def __init__(self, write: Callable[[Record], None], clock: Callable[[], float]) -> None:
        self._write, self._clock = write, clock
        self._clients: dict[str, _Client] = {}

    def connected(self, client: connection.Client) -> None:
        """The app has connected."""
        if len(self._clients) < CLIENTS:
            self._clients[client.id] = _Client()

    def read(self, client: connection.Client) -> None:
        """Something was read from a connection."""
        known = self._clients.get(client.id)
        if known is not None:
            known.is_answered = True

    def hello(self, data: ClientHelloData) -> None:
        """The app begins a TLS handshake."""
        known = self._clients.get(data.context.client.id)
        if known is None:
            return
        known.sni = data.client_hello.sni
        known.alpn = tuple(data.client_hello.alpn_protocols[:_ALPN])
        known.where = known.where or data.context.server.address
        if data.ignore_connection:
            self._refuse(known, "passed through", "the proxy was told to leave it alone")

    def encrypted(self, data: TlsData) -> None:
        """The TLS handshake with the app has succeeded."""
        known = self._clients.get(data.context.client.id)
        if known is not None:
            known.is_encrypted = True
            known.where = known.where or data.context.server.address

    def client_refused(self, data: TlsData) -> None:
        """The TLS handshake with the app has failed."""
        known = self._clients.get(data.context.client.id) or _Client()
        known.where = known.where or data.context.server.address
        self._refuse(known, "refused by client", data.conn.error or "", data.context.server)

    def server_refused(self, data: TlsData) -> None:
        """The TLS handshake with the server has failed."""
        known = self._clients.get(data.context.client.id) or _Client()
        known.where = known.where or data.context.server.address
        self._refuse(known, "refused by server", data.conn.error or "", data.context.server)

    def tunnel_failed(self, flow: http.HTTPFlow) -> None:
        """A CONNECT came to nothing."""
        known = self._clients.get(flow.client_conn.id) or _Client()
        known.where = (flow.request.host, flow.request.port)
        error = flow.error.msg if flow.error else "the proxy refused it"
        self._refuse(known, "failed", error, flow.server_conn)

    def server_failed(self, data: server_hooks.ServerConnectionHookData) -> None:
        """A server could not be connected to; of a request or a CONNECT that is said where that ends."""
        known = self._clients.get(data.client.id)
        if known is None or known.is_answered or isinstance(data.client.proxy_mode, _BY_REQUEST):
            return
        known.where = data.server.address
        self._refuse(known, "failed", data.server.error or "", data.server)

    def chosen(self, chosen: layer.NextLayer) -> None:
        """The proxy has decided what a connection speaks."""
        raw = chosen.layer
        if isinstance(raw, layers.TCPLayer | layers.UDPLayer) and raw.flow is None:
            known = self._clients.get(chosen.context.client.id) or _Client()
            known.sni = known.sni or chosen.context.client.sni
            known.where = known.where or chosen.context.server.address
            self._refuse(known, "passed through", "the proxy was told to leave it alone", chosen.context.server)

    def disconnected(self, client: connection.Client) -> None:
        """The app has closed a connection, or lost it."""
        known = self._clients.pop(client.id, None)
        if known is not None and known.is_encrypted and not known.is_answered:
            self._refuse(known, "suspected pinning", "the handshake was finished, and nothing was sent")

    def _refuse(self, known: _Client, kind: UnreadKind, reason: str, server: connection.Server | None = None) -> None:
        if known.is_answered:
            return
        known.is_answered = True
        where = known.where[0] if known.where else ""
        peer = server.peername if server is not None else None
        self._write(
            Refused(
                time=self._clock(),
                kind=kind,
                host=short(known.sni or where),
                address=peer[0] if peer else short(where) or None,
                reason=short(reason, _REASON),
                alpn=known.alpn,
            )
        )


_BY_REQUEST = (mode_specs.RegularMode, mode_specs.UpstreamMode)
