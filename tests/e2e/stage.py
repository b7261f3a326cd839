"""The session and the servers that the tests of clients share, and what all of them check."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from analyzer.model import Exchange
from tests.e2e import servers
from tests.e2e.servers import ADDRESS, DOMAIN, Trust
from tests.e2e.session import Session, session

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
KEPT = 1_000_000
"""Bytes of a body that the session keeps."""


class Stage(NamedTuple):
    """The session that all clients share, and the servers that they talk to."""

    session: Session
    trust: Trust
    web: int
    calls: int
    raw: int
    mqtt: int

    def url(self, client: str, path: str) -> str:
        """Each client has a host of its own."""
        return f"https://{client}.{DOMAIN}:{self.web}{path}"

    @property
    def way(self) -> tuple[str, Path]:
        """What a client needs to know: the proxy, and whom to trust."""
        return self.session.proxy, self.session.authority

    def found(self, *values: str) -> set[tuple[str, str, str, tuple[str, ...]]]:
        """`Session.found`, with the client's own part of the host."""
        places = self.session.found(*values)
        return {(host.removesuffix(f".{DOMAIN}"), where, path, chain) for host, where, path, chain in places}

    def check(self, exchange: Exchange, **facts: Any) -> None:
        """The facts that every exchange with the TLS server has, and these."""
        expected = {"method": "POST", "status": 200, "server_ip": ADDRESS, "tls_version": "TLSv1.3"}
        expected |= {"body_is_exact": True, "chain_sha256": self.trust.chain_sha256} | facts
        assert {name: getattr(exchange, name) for name in expected} == expected


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("clients")
    trust = Trust(folder / "trust")
    with ExitStack() as stack:
        web = stack.enter_context(servers.web(trust))
        calls = stack.enter_context(servers.remote_calls(trust))
        raw, mqtt = (stack.enter_context(servers.raw(each)) for each in (None, trust))
        quic = stack.enter_context(servers.http3(trust))
        modes = ("regular", f"reverse:http3://{ADDRESS}:{quic}", f"reverse:https://{ADDRESS}:{quic}")
        # A reverse proxy otherwise puts the server's address for the name that the client asked for.
        words = ("--set", "keep_host_header=true", "--set", f"apptells_keep={KEPT}")
        running = stack.enter_context(session(folder / "proxy", trust.authority, *words, modes=modes))
        yield Stage(running, trust, web, calls, raw, mqtt)


def email(client: str) -> str:
    """The address that a client sends."""
    return f"asha.{client}@post.example"


def profile(client: str) -> bytes:
    """A JSON body with it."""
    return json.dumps({"profile": {"contact": email(client)}}).encode()
