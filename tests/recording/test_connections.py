"""Connections that nobody could read, as mitmproxy's hooks tell of them."""

import ssl
from collections.abc import Callable
from typing import cast

import pytest
from mitmproxy import connection
from mitmproxy.options import Options
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.tls import parse_client_hello
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow, tutils
from mitmproxy.tls import ClientHelloData, TlsData

from analyzer.capture.record import Refused, decode, encode
from analyzer.recording import connections
from analyzer.recording.connections import Connections

HOST, ADDRESS, NOW = "pinned.bank.example", "192.0.2.7", 42.0


class Client:
    """A client connection, the hooks that tell of it, and what they wrote."""

    def __init__(self, mode: str = "transparent") -> None:
        self.written: list[Refused] = []
        self.watched = Connections(cast("Callable[[object], None]", self.written.append), lambda: NOW)
        self.client = tflow.tclient_conn()
        self.client.sni, self.client.proxy_mode = None, ProxyMode.parse(mode)
        self.context = Context(self.client, Options())
        self.context.server.address = (ADDRESS, 443)
        self.watched.connected(self.client)

    def hello(self, name: str | None = HOST, ignored: bool = False) -> None:
        outgoing, settings = ssl.MemoryBIO(), ssl.create_default_context()
        settings.set_alpn_protocols(["h2", "http/1.1"])
        settings.check_hostname = False
        tls = settings.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        sent = parse_client_hello(outgoing.read())
        assert sent
        data = ClientHelloData(self.context, sent)
        data.ignore_connection = ignored
        self.watched.hello(data)

    def tls(self, error: str | None = None, server: bool = False) -> TlsData:
        conn: connection.Connection = self.context.server if server else self.client
        conn.error = error
        return TlsData(conn, self.context)

    def gone(self) -> list[Refused]:
        self.watched.disconnected(self.client)
        return self.written


def test_a_client_that_does_not_accept_the_certificate() -> None:
    client = Client()
    client.hello()
    client.watched.client_refused(client.tls("unknown ca"))
    assert client.gone() == [
        Refused(
            time=NOW, kind="refused by client", host=HOST, address=ADDRESS, reason="unknown ca",
            alpn=(b"h2", b"http/1.1"),
        )
    ]  # fmt: skip


def test_without_a_name_the_address_stands() -> None:
    client = Client()
    client.hello(None)
    client.watched.client_refused(client.tls())
    assert [(each.host, each.reason) for each in client.gone()] == [(ADDRESS, "")]


def test_a_handshake_after_which_nothing_is_sent_is_suspected() -> None:
    client = Client()
    client.hello()
    client.watched.encrypted(client.tls())
    assert client.written == []
    assert [(each.kind, each.host) for each in client.gone()] == [("suspected pinning", HOST)]


def test_a_connection_of_which_something_was_read_is_well() -> None:
    client = Client()
    client.hello()
    client.watched.encrypted(client.tls())
    client.watched.read(client.client)
    client.watched.server_refused(client.tls("late trouble", server=True))
    assert client.gone() == []


def test_a_client_that_connects_and_leaves_says_nothing() -> None:
    assert Client().gone() == []


def test_a_server_that_breaks_the_handshake_off() -> None:
    client = Client()
    client.hello()
    client.context.server.peername = ("192.0.2.99", 443)
    client.watched.server_refused(client.tls("certificate verify failed", server=True))
    client.watched.client_refused(client.tls("eof"))  # what follows from it
    (only,) = client.gone()
    assert (only.kind, only.address, only.reason) == ("refused by server", "192.0.2.99", "certificate verify failed")


def test_what_the_proxy_was_told_to_leave_alone() -> None:
    client = Client()
    client.hello(ignored=True)
    assert [(each.kind, each.host) for each in client.gone()] == [("passed through", HOST)]


@pytest.mark.parametrize("kind", [layers.TCPLayer, layers.UDPLayer])
def test_a_layer_without_flow_is_left_alone(kind: type[layers.TCPLayer | layers.UDPLayer]) -> None:
    for ignored, expected in ((True, [("passed through", ADDRESS)]), (False, [])):
        client = Client()
        chosen = layer.NextLayer(client.context)
        chosen.layer = kind(client.context, ignore=ignored)
        client.watched.chosen(chosen)
        assert [(each.kind, each.host) for each in client.gone()] == expected


def test_a_tunnel_that_came_to_nothing() -> None:
    client = Client("regular")
    flow = tflow.tflow(
        client_conn=client.client, req=tutils.treq(method=b"CONNECT", host=HOST, port=443), err=tflow.terr("no route")
    )
    flow.server_conn.peername = None
    client.watched.tunnel_failed(flow)
    assert [(each.kind, each.host, each.address, each.reason) for each in client.gone()] == [
        ("failed", HOST, HOST, "no route")
    ]


@pytest.mark.parametrize(
    ("mode", "count"), [("transparent", 1), ("socks5", 1), ("regular", 0), ("upstream:http://a", 0)]
)
def test_a_server_that_cannot_be_reached_is_said_where_no_request_will(mode: str, count: int) -> None:
    client = Client(mode)
    server = tflow.tserver_conn()
    server.address, server.peername, server.error = (HOST, 443), None, "connection refused"
    client.watched.server_failed(ServerConnectionHookData(server, client.client))
    assert [(each.kind, each.host, each.reason) for each in client.gone()] == [
        ("failed", HOST, "connection refused")
    ] * count


def test_reasons_are_cut() -> None:
    client = Client()
    client.hello()
    client.watched.client_refused(client.tls("x" * 100_000))
    assert len(client.gone()[0].reason) == 500


def test_what_is_told_of_clients_that_are_not_known_costs_nothing() -> None:
    client = Client()
    client.watched.disconnected(client.client)
    client.hello()
    client.watched.encrypted(client.tls())
    client.watched.read(client.client)
    assert client.gone() == []
    client.watched.client_refused(client.tls("unknown ca"))
    assert [(each.kind, each.host) for each in client.written] == [("refused by client", ADDRESS)]


def test_clients_that_never_leave_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CLIENTS", 3)
    written: list[object] = []
    watched = Connections(written.append, lambda: NOW)
    clients = [tflow.tclient_conn() for _ in range(9)]
    for client in clients:
        watched.connected(client)
        watched.encrypted(TlsData(client, Context(client, Options())))
    for client in clients:
        watched.disconnected(client)
    assert len(written) == 3


def test_a_name_that_no_record_could_hold_is_cut() -> None:
    client = Client()
    client.hello()
    known = client.watched._clients[client.client.id]
    known.sni = "\udcff" + "a" * 60_000
    client.watched.client_refused(client.tls("\udcff" + "b" * 9_000))
    (refused,) = client.gone()
    assert refused.host == "?" + "a" * 254
    assert decode(encode(refused)) == refused
