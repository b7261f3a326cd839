"""Every mode of mitmproxy, with the addon: what a real client sends is in the capture, with the server's address."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from analyzer.capture.open import open_capture
from analyzer.model import Exchange
from tests.conftest import ROOT
from tests.e2e import clients, servers
from tests.e2e.servers import ADDRESS, DOMAIN, Trust
from tests.e2e.session import Session, runs_here, session
from tests.e2e.test_dns import ALIAS, HOST, ask
from tests.e2e.test_dns import resolver as resolver  # a fixture
from tests.e2e.test_mitmdump import until

BODY, FORM = b"to=asha%40post.example", ("urlencoded",)

pytestmark = [*runs_here, pytest.mark.skipif(not clients.CURL, reason="no curl on the path")]


class Stage(NamedTuple):
    """A session of three modes, and another that goes through the first of them."""

    session: Session
    chained: Session
    trust: Trust
    web: int


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("modes")
    trust = Trust(folder / "trust")
    with ExitStack() as stack:
        web = stack.enter_context(servers.web(trust))
        modes = ("regular", "socks5", f"reverse:https://{ADDRESS}:{web}")
        running = stack.enter_context(session(folder / "proxy", trust.authority, modes=modes))
        chained = stack.enter_context(
            session(
                folder / "chained", trust.authority, "--set", "ssl_insecure=true", modes=[f"upstream:{running.proxy}"]
            )
        )
        yield Stage(running, chained, trust, web)


def posted(session: Session, host: str, server_ip: str | None = ADDRESS, tls_version: str = "TLSv1.3") -> Exchange:
    """The one exchange with this host, after its facts were compared with what was sent."""
    (exchange,) = session.exchanges(host, 1)
    assert (exchange.method, exchange.body, exchange.status) == ("POST", BODY, 200)
    assert (exchange.server_ip, exchange.tls_version) == (server_ip, tls_version)
    assert session.found("asha@post.example") >= {(exchange.url.split("/")[2].split(":")[0], "body", "to", FORM)}
    return exchange


def taken(sent: "subprocess.CompletedProcess[bytes]") -> None:
    """The server got the body as it was."""
    assert hashlib.sha256(BODY).hexdigest().encode() in sent.stdout, sent.stderr


def test_regular(stage: Stage) -> None:
    taken(
        clients.curl(stage.session.proxy, stage.session.authority, f"https://regular.{DOMAIN}:{stage.web}/", body=BODY)
    )
    assert posted(stage.session, "regular").chain_sha256 == stage.trust.chain_sha256


def test_socks5(stage: Stage) -> None:
    proxy = f"socks5h://127.0.0.1:{stage.session.ports[1]}"
    taken(clients.curl(proxy, stage.session.authority, f"https://socks.{DOMAIN}:{stage.web}/", body=BODY))
    assert posted(stage.session, "socks").chain_sha256 == stage.trust.chain_sha256


def test_reverse(stage: Stage) -> None:
    host, port = f"reverse.{DOMAIN}", stage.session.ports[2]
    words = ("--resolve", f"{host}:{port}:127.0.0.1")
    taken(clients.curl("", stage.session.authority, f"https://{host}:{port}/", *words, body=BODY))
    posted(stage.session, ADDRESS)


def test_upstream(stage: Stage) -> None:
    """The first of two proxies does not know the server's address; the second does."""
    url = f"https://chained.{DOMAIN}:{stage.web}/"
    taken(clients.curl(stage.chained.proxy, stage.chained.authority, url, body=BODY))
    posted(stage.chained, "chained", server_ip=None)
    posted(stage.session, "chained")


def test_dns_and_a_session_that_ends(resolver: int, tmp_path: Path) -> None:
    trust = Trust(tmp_path / "trust")
    with session(tmp_path, trust.authority, modes=["regular", f"reverse:dns://127.0.0.1:{resolver}"]) as running:
        assert ALIAS.split(".")[0].encode() in ask(running.ports[1])
    with open_capture(running.capture_path) as reader:
        assert list(reader) == []
        (lookup,) = reader.lookups()
        ended = reader.capture()
    assert (lookup.name, lookup.aliases, lookup.addresses) == (HOST, (ALIAS,), ("127.0.0.1",))
    assert (ended.complete, ended.fidelity) == (True, ())
    assert running.capture_path.stat().st_mode & 0o777 == 0o600


needs_namespaces = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("iptables"),
    reason="network namespaces need root, ip and iptables",
)
APP, GATEWAY, SERVER = "10.99.0.2", "10.99.0.1", "10.98.0.1"


class Network(NamedTuple):
    """A phone and its gateway, behind which there is a server: two network namespaces."""

    app: str
    gateway: str

    def run(self, name: str, *words: str) -> None:
        """Runs a command inside, which has to succeed."""
        subprocess.run(self.inside(name) + list(words), check=True, capture_output=True, timeout=clients.WAIT)

    def inside(self, name: str) -> list[str]:
        return ["ip", "netns", "exec", name]


@contextmanager
def network() -> Iterator[Network]:
    """Both namespaces, with a cable between them; they are gone when the block ends. Skips where none can be made."""
    made = Network(f"apptells-app-{os.getpid()}", f"apptells-gw-{os.getpid()}")
    try:
        for name in made:
            added = subprocess.run(["ip", "netns", "add", name], capture_output=True, timeout=clients.WAIT)
            if added.returncode:
                pytest.skip(f"no network namespace may be made here: {added.stderr.decode()}")
            made.run(name, "ip", "link", "set", "lo", "up")
        made.run(made.app, "ip", "link", "add", "va", "type", "veth", "peer", "name", "vg", "netns", made.gateway)
        made.run(made.app, "ip", "address", "add", f"{APP}/24", "dev", "va")
        made.run(made.gateway, "ip", "address", "add", f"{GATEWAY}/24", "dev", "vg")
        made.run(made.gateway, "ip", "address", "add", f"{SERVER}/32", "dev", "lo")
        made.run(made.app, "ip", "link", "set", "va", "up")
        made.run(made.gateway, "ip", "link", "set", "vg", "up")
        made.run(made.app, "ip", "route", "add", "default", "via", GATEWAY)
        yield made
    finally:
        for name in made:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True, timeout=clients.WAIT)


@contextmanager
def far_servers(within: Network, folder: Path) -> Iterator[tuple[int, int, Path]]:
    """The ports of a web and an HTTP/3 server on the far side of the gateway, and the authority that they go by."""
    command = [*within.inside(within.gateway), sys.executable, "-m", "tests.e2e.servers", str(folder), SERVER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        try:
            port, quic = map(int, running.stdout.readline().split())
            yield port, quic, folder / "authority.pem"
        finally:
            running.stdin.close()
            running.wait(clients.WAIT)


@needs_namespaces
def test_transparent(tmp_path: Path) -> None:
    with network() as made, far_servers(made, tmp_path / "trust") as (port, _, authority):
        within = made.inside(made.gateway)
        with session(tmp_path, authority, modes=["transparent"], listen="0.0.0.0", inside=within) as running:
            where = ["-i", "vg", "-p", "tcp", "--dport", str(port)]
            to = ["-j", "REDIRECT", "--to-port", str(running.ports[0])]
            made.run(made.gateway, "iptables", "-t", "nat", "-A", "PREROUTING", *where, *to)
            host = f"transparent.{DOMAIN}"
            words = ("--resolve", f"{host}:{port}:{SERVER}")
            inside = made.inside(made.app)
            taken(clients.curl("", running.authority, f"https://{host}:{port}/", *words, body=BODY, inside=inside))
            posted(running, "transparent", server_ip=SERVER)


@contextmanager
def wireguard(within: Network, said: str, folder: Path) -> Iterator[None]:
    """The tunnel of the configuration that mitmdump printed: the app's way to the server leads through it."""
    # The name is unique on this machine, for the tool's socket is in a folder that namespaces share.
    name = f"wg{os.getpid()}"
    lines = said[said.index("[Interface]") :].partition("---")[0].replace("0.0.0.0:", f"{GATEWAY}:").splitlines()
    configuration = folder / "wireguard.conf"
    # Address and DNS are words of wg-quick, which is not needed here.
    configuration.write_text("\n".join(line for line in lines if not line.startswith(("Address", "DNS"))))
    with subprocess.Popen(
        [*within.inside(within.app), "wireguard-go", "-f", name], stderr=subprocess.DEVNULL
    ) as tunnel:
        try:
            socket = Path(f"/var/run/wireguard/{name}.sock")
            until(socket.exists)
            within.run(within.app, "wg", "setconf", name, str(configuration))
            within.run(within.app, "ip", "address", "add", "10.0.0.1/32", "dev", name)
            within.run(within.app, "ip", "link", "set", name, "up")
            within.run(within.app, "ip", "route", "add", SERVER, "dev", name)
            yield
        finally:
            tunnel.terminate()


@needs_namespaces
@pytest.mark.skipif(
    not shutil.which("wireguard-go") or not shutil.which("wg"), reason="WireGuard needs wireguard-go and wg"
)
def test_wireguard(tmp_path: Path) -> None:
    with network() as made, far_servers(made, tmp_path / "trust") as (port, quic, authority):
        within = made.inside(made.gateway)
        with (
            session(tmp_path, authority, modes=["wireguard"], listen="0.0.0.0", inside=within) as running,
            wireguard(made, running.said(), tmp_path),
        ):
            host = f"wireguard.{DOMAIN}"
            words = ("--resolve", f"{host}:{port}:{SERVER}")
            inside = made.inside(made.app)
            taken(clients.curl("", running.authority, f"https://{host}:{port}/", *words, body=BODY, inside=inside))
            posted(running, "wireguard", server_ip=SERVER)
            command = [*inside, sys.executable, "-m", "tests.e2e.clients", SERVER, str(quic), str(running.authority)]
            subprocess.run(
                [*command, f"http3.{DOMAIN}"], cwd=ROOT, input=BODY, check=True, stdout=subprocess.DEVNULL,
                timeout=2 * clients.WAIT,
            )  # fmt: skip
            posted(running, "http3", server_ip=SERVER, tls_version="QUICv1")
