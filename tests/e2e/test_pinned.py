"""Connections that a real mitmdump with the addon could not read: each is told with host, reason, kind and count."""

import re
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import NamedTuple

import httpx
import pytest

from analyzer.model import Unread, UnreadKind
from tests.e2e import clients, servers
from tests.e2e.servers import ADDRESS, DOMAIN, Trust
from tests.e2e.session import Session, runs_here, session
from tests.e2e.test_mitmdump import free_port

pytestmark = runs_here


class Stage(NamedTuple):
    """The session that all clients share, and the servers that they talk to."""

    session: Session
    trust: Trust
    web: int
    untrusted: int
    breaks_off: int


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("pinned")
    trust = Trust(folder / "trust")
    with ExitStack() as stack:
        web = stack.enter_context(servers.web(trust))
        untrusted = stack.enter_context(servers.web(Trust(folder / "other")))
        breaks_off = stack.enter_context(servers.raw(breaks_off=True))
        words = ("--ignore-hosts", rf"^bank\.{re.escape(DOMAIN)}")
        quic = stack.enter_context(servers.http3(trust))
        modes = ("regular", f"reverse:http3://{ADDRESS}:{quic}")
        running = stack.enter_context(session(folder / "proxy", trust.authority, *words, modes=modes))
        yield Stage(running, trust, web, untrusted, breaks_off)


def told(stage: Stage, host: str, kind: UnreadKind, count: int) -> Unread:
    """The one thing that is told of this host: so many connections of this kind, in the capture and in the report."""
    name = f"{host}.{DOMAIN}"
    (unread,) = stage.session.unread(name, count)
    assert (unread.host, unread.kind, unread.count) == (name, kind, count)
    assert unread.reason
    assert unread.first_time
    (listed,) = [each for each in stage.session.report()["unread"] if each["host"] == name]
    assert (listed["kind"], listed["count"], listed["reason"]) == (kind, count, unread.reason)
    assert stage.session.exchanges(name) == []
    return unread


def shake_hands(stage: Stage, host: str, times: int, version: str = "TLSv1.3") -> None:
    """Connects, finishes the TLS handshake with the proxy, and goes without a request."""
    context = clients.trusting(stage.session.authority)
    context.maximum_version = ssl.TLSVersion[version.replace(".", "_")]
    for _ in range(times):
        with clients.tunnel(stage.session.proxy, f"{host}.{DOMAIN}", stage.web, context) as secure:
            assert isinstance(secure, ssl.SSLSocket)
            assert secure.version() == version


@pytest.mark.skipif(not clients.CURL, reason="no curl on the path")
def test_curl_with_a_trust_store_of_its_own(stage: Stage) -> None:
    for _ in range(2):
        sent = clients.curl(
            stage.session.proxy, stage.trust.authority, f"https://curl.{DOMAIN}:{stage.web}/", body=b"x"
        )
        assert sent.returncode == 60, sent.stderr  # the peer's certificate cannot be trusted
    assert ADDRESS in told(stage, "curl", "refused by client", 2).addresses


def test_httpx_with_a_trust_store_of_its_own(stage: Stage) -> None:
    for _ in range(3):
        with pytest.raises(httpx.ConnectError, match="certificate"):
            clients.post(stage.session.proxy, stage.trust.authority, f"https://httpx.{DOMAIN}:{stage.web}/", b"x")
    told(stage, "httpx", "refused by client", 3)


def test_http3_with_a_trust_store_of_its_own(stage: Stage) -> None:
    address = ("127.0.0.1", stage.session.ports[1])
    with pytest.raises(ConnectionError):
        clients.post_http3(address, stage.trust.authority, f"quic.{DOMAIN}", "/", b"x", [])
    told(stage, "quic", "refused by client", 1)


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_client_that_goes_after_each_handshake(stage: Stage, version: str) -> None:
    host = f"pinned-{version[-1]}"
    shake_hands(stage, host, 3, version)
    told(stage, host, "suspected pinning", 3)


def test_a_preconnect_is_not_suspected(stage: Stage) -> None:
    shake_hands(stage, "preconnect", 1)
    shake_hands(stage, "later", 3)
    stage.session.unread("later", 3)  # what came before it is on disk by now
    assert [each for each in stage.session.unread("preconnect") if each.kind == "suspected pinning"] == []


def test_a_host_that_was_read_is_not_suspected(stage: Stage) -> None:
    shake_hands(stage, "read", 3)
    url = f"https://read.{DOMAIN}:{stage.web}/"
    assert clients.post(stage.session.proxy, stage.session.authority, url, b"x").status_code == 200
    shake_hands(stage, "read", 3)
    shake_hands(stage, "later2", 3)
    stage.session.unread("later2", 3)
    assert len(stage.session.exchanges("read", 1)) == 1
    assert [each for each in stage.session.unread("read") if each.kind == "suspected pinning"] == []


@pytest.mark.parametrize("port", ["untrusted", "breaks_off"])
def test_a_server_that_the_proxy_gets_no_handshake_with(stage: Stage, port: str) -> None:
    host = port.replace("_", "-")
    context = clients.trusting(stage.session.authority)
    with suppress(OSError), clients.tunnel(stage.session.proxy, f"{host}.{DOMAIN}", getattr(stage, port), context):
        pass
    assert ADDRESS in told(stage, host, "refused by server", 1).addresses


def test_a_host_that_the_recorder_leaves_alone(stage: Stage) -> None:
    url = f"https://bank.{DOMAIN}:{stage.web}/"
    assert clients.post(stage.session.proxy, stage.trust.authority, url, b"x").json()["bytes"] == 1
    told(stage, "bank", "passed through", 1)


def test_a_port_where_nobody_listens(stage: Stage) -> None:
    with pytest.raises(OSError), clients.tunnel(stage.session.proxy, f"nobody.{DOMAIN}", free_port()):  # noqa: PT011
        pass
    told(stage, "nobody", "failed", 1)
