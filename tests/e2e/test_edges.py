"""Traffic at the edges of HTTP, rules of mitmproxy's own, and terminals that go: nothing is lost, nothing changed."""

import gzip
import os
import re
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analyzer.capture.open import open_capture
from analyzer.model import Exchange, NameLookup
from tests.e2e.servers import ADDRESS, Trust
from tests.e2e.session import Session, carried, runs_here, session
from tests.e2e.test_capture import Start, children, server, start
from tests.e2e.test_mitmdump import WAIT

__all__ = ["server", "start"]
pytestmark = runs_here

ZIPPED = gzip.compress(b'{"a": "b"}' * 50, mtime=0)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ANSWERS = {
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "/empty": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/chunked": CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
    "/nothing": CHUNKED + b"0\r\n\r\n",
    "/zipped": CHUNKED.replace(b"200 OK\r\n", b"200 OK\r\nContent-Encoding: gzip\r\n")
    + b"%x\r\n%b\r\n0\r\n\r\n" % (len(ZIPPED), ZIPPED),
    "/head": CHUNKED,
    "/none": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/known": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n",
    "/large": b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000,
    "/until-close": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
    "/other": b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: demo\r\n\r\n",
    "/early": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
}
QUERY = b"\0\7\1\0\0\1\0\0\0\0\0\0\6silent\7example\0\0\1\0\1"
"""Who is silent.example?"""


class _Scripted(socketserver.StreamRequestHandler):
    """Gives each path its answer, and hears what comes."""

    def handle(self) -> None:
        assert isinstance(self.server, Scripted)
        while head := b"".join(iter(lambda: self.rfile.readline().rstrip(b"\r\n"), b"")):
            path = urlsplit(re.split(rb" ", head)[1].decode()).path
            self.server.heard += head
            if path != "/early":
                self._body(head)
            self.wfile.write(ANSWERS[path])
            if path in ("/early", "/other"):
                while piece := self.rfile.read1():
                    self.server.heard += piece
            if path == "/until-close":
                return

    def _body(self, head: bytes) -> None:
        assert isinstance(self.server, Scripted)
        if found := re.search(rb"content-length: ?(\d+)", head.lower()):
            self.server.heard += self.rfile.read(int(found[1]))
        while b"transfer-encoding" in head.lower() and (size := int(self.rfile.readline(), 16)) + 1:
            self.server.heard += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return


class Scripted(socketserver.ThreadingTCPServer):
    """A server of `ANSWERS`."""

    daemon_threads = True
    heard = b""
    """All that clients sent, line ends off the heads."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Stays quiet: clients break off."""


@pytest.fixture(scope="module")
def web() -> Iterator[Scripted]:
    with Scripted((ADDRESS, 0), _Scripted) as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture(scope="module")
def silent() -> Iterator[int]:
    """The port of a DNS server that answers nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((ADDRESS, 0))
        yield int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, silent: int) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("edges")
    modes = ("regular", f"reverse:dns://{ADDRESS}:{silent}")
    with session(folder / "proxy", Trust(folder / "trust").authority, modes=modes) as running:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(QUERY, ("127.0.0.1", running.ports[1]))  # looked for in the last test
        yield running


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory, web: Scripted) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("rules")
    rules = ["block_list=:~u blocked:444", "modify_body=:~u modified:asha:someone"]
    rules.append(f"map_remote=|//moved.example/|//{ADDRESS}:{web.server_address[1]}/")
    words = [word for rule in rules for word in ("--set", rule)]
    with session(folder / "proxy", Trust(folder / "trust").authority, *words) as running:
        yield running


@contextmanager
def client(to: Session) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", to.ports[0]), WAIT) as made:
        yield made


def request(web: Scripted, path: str, method: str = "GET", *headers: str, host: str = "") -> bytes:
    host = host or f"{ADDRESS}:{web.server_address[1]}"
    return "\r\n".join([f"{method} http://{host}{path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


def until(made: socket.socket, end: bytes) -> bytes:
    """What comes, up to this end or that of the connection."""
    got = b""
    while not got.endswith(end) and (piece := made.recv(1 << 16)):
        got += piece
    return got


def of_path(one: Session, path: str) -> Exchange:
    (found,) = (each for each in one.exchanges() if path in each.url)
    return found


def test_the_app_gets_what_the_server_said_byte_for_byte(plain: Session, web: Scripted) -> None:
    """On one connection, for none of these ends it; but the last."""
    with client(plain) as made:
        for path, answer in ANSWERS.items():
            if path in ("/other", "/early", "/until-close"):
                continue
            made.sendall(request(web, path, "HEAD" if path == "/head" else "GET"))
            assert until(made, answer) == answer, path
        made.sendall(request(web, "/until-close"))
        assert until(made, b"\0") == ANSWERS["/until-close"]
    assert len(plain.exchanges(ADDRESS, at_least=10)) >= 10


def test_what_is_sent_after_an_early_answer_is_recorded(plain: Session, web: Scripted) -> None:
    with client(plain) as made:
        made.sendall(request(web, "/early?1", "POST", "Transfer-Encoding: chunked") + b"5\r\nmail=\r\n")
        until(made, b"no")
        made.sendall(b"4\r\nasha\r\n0\r\n\r\n")
        plain.exchanges(ADDRESS, at_least=1, ready=lambda each: (carried(each), each.status) == (b"mail=asha", 403))
    assert "/early?1" in of_path(plain, "/early?1").url


def test_what_was_sent_before_the_app_broke_off_is_recorded(plain: Session, web: Scripted) -> None:
    with client(plain) as made:
        made.sendall(request(web, "/length?2", "POST", "Transfer-Encoding: chunked") + b"9\r\nmail=asha\r\n")
        end = time.monotonic() + WAIT
        while b"/length?2" not in web.heard:
            assert time.monotonic() < end
            time.sleep(0.05)
    plain.exchanges(ADDRESS, at_least=1, ready=lambda each: "/length?2" in each.url and carried(each) == b"mail=asha")


def test_an_app_that_names_mitmproxys_page_as_well_is_recorded(plain: Session, web: Scripted) -> None:
    """The server gets it, for mitmproxy looks at all names together."""
    with client(plain) as made:
        lines = ("Host: mitm.it", f"Host: {ADDRESS}", "Content-Length: 9")
        made.sendall(f"POST http://{ADDRESS}:{web.server_address[1]}/length?named HTTP/1.1\r\n".encode())
        made.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode() + b"mail=asha")
        until(made, b"hello")
    assert b"/length?named" in web.heard
    plain.exchanges(at_least=1, ready=lambda each: "/length?named" in each.url and each.body == b"mail=asha")


def test_a_connection_that_becomes_another_protocol_is_recorded(plain: Session, web: Scripted) -> None:
    with client(plain) as made:
        made.sendall(request(web, "/other", "GET", "Connection: upgrade", "Upgrade: demo"))
        until(made, ANSWERS["/other"])
        made.sendall(b"mail=asha")
        plain.exchanges(ADDRESS, at_least=1, ready=lambda each: each.method == "TCP" and each.body == b"mail=asha")


def test_rules_of_mitmproxy_hold_and_the_record_is_of_what_the_app_did(ruled: Session, web: Scripted) -> None:
    web.heard = b""
    for path, host in (("/length?blocked", ""), ("/length?modified", ""), ("/length?moved", "moved.example")):
        with client(ruled) as made:
            made.sendall(request(web, path, "POST", "Transfer-Encoding: chunked", host=host))
            made.sendall(b"9\r\nmail=asha\r\n0\r\n\r\n")
            until(made, b"hello")
    assert b"blocked" not in web.heard
    assert b"mail=someone" in web.heard
    assert b"/length?moved" in web.heard
    found = ruled.exchanges(at_least=3, ready=lambda each: each.body == b"mail=asha")
    assert [each.url.partition("/length?")[2] for each in found] == ["blocked", "modified", "moved"]
    assert found[2].url.startswith("http://moved.example/")


def test_a_recording_goes_on_when_nobody_hears_it_any_more(start: Start, server: str) -> None:
    recording = start("--file", "s.apptells", "--no-report")
    proxy = recording.proxy
    recording.until("Then open")
    (proxying,) = (one for one in children(recording.running.pid) if b"'mitmdump'" in command(one))
    assert not children(proxying), "one analysis is enough"
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, recording._own)  # the last that held the other end of the pipe
    os.close(silence)
    by_proxy(proxy, server, b"mail=asha@post.example")
    by_proxy(proxy, server, b"phone=9820098200")
    recording.running.send_signal(signal.SIGHUP)
    recording.running.wait(WAIT)
    bodies, is_whole = held(recording.folder / "s.apptells")
    assert (bodies, is_whole) == ([b"mail=asha@post.example", b"phone=9820098200"], True)


def test_a_terminal_that_is_closed_ends_nothing_by_itself(start: Start, server: str) -> None:
    recording = start("--file", "s.apptells", terminal=True)
    proxy = recording.proxy
    recording.until("Keys mark phases")
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, recording._own)
    os.close(silence)
    by_proxy(proxy, server, b"mail=asha@post.example")
    before = cpu(recording.running.pid)
    time.sleep(1)
    assert cpu(recording.running.pid) - before < 0.5, "it looks for keys again and again"
    recording.running.send_signal(signal.SIGHUP)
    recording.running.wait(WAIT)
    assert held(recording.folder / "s.apptells") == ([b"mail=asha@post.example"], True)
    assert (recording.folder / "s-report" / "report.json").exists()


def test_a_proxy_that_is_asked_to_end_ends_in_order(start: Start) -> None:
    recording = start("--file", "s.apptells", "--no-report")
    recording.until("Then open")
    (proxying,) = (one for one in children(recording.running.pid) if b"'mitmdump'" in command(one))
    os.kill(proxying, signal.SIGTERM)
    assert recording.wait() == 0
    assert "mitmdump:" not in recording.text  # as where Python aborts
    assert held(recording.folder / "s.apptells") == ([], True)


def by_proxy(proxy: str, server: str, body: bytes) -> None:
    """A POST that needs the answer 200."""
    to = urlsplit(proxy)
    with socket.create_connection((str(to.hostname), int(to.port or 0)), WAIT) as made:
        head = f"POST {server}/a HTTP/1.1\r\nHost: {urlsplit(server).netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
        made.sendall(head.encode() + body)
        assert b" 200 OK\r\n" in made.recv(1 << 16)


def held(path: Path) -> tuple[list[bytes], bool]:
    """The bodies in a capture file, and whether the session ended in order."""
    with open_capture(path) as reader:
        bodies = [each.body for each in reader]
        capture = reader.capture()
    return bodies, capture.complete and not any(note.what == "session-not-ended" for note in capture.fidelity)


def command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def cpu(process: int) -> float:
    """Seconds of processor time that a process has taken."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def test_a_name_that_nobody_answers_for_is_recorded(plain: Session) -> None:
    end = time.monotonic() + WAIT
    found: tuple[NameLookup, ...] = ()
    while not found and time.monotonic() < end:
        with open_capture(plain.capture_path) as reader:
            list(reader)
            found = reader.lookups()
    assert [(each.name, each.addresses) for each in found] == [("silent.example", ())]
