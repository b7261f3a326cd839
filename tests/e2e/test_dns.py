"""A name of the maker that DNS gives as a tracker's: asked through a real mitmdump, it is told in the report."""

import json
import signal
import socket
import struct
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.running import invoke
from tests.e2e.test_mitmdump import MITMDUMP, WAIT, Answers, free_port, listens, until

HOST, ALIAS = "metrics.kirana-demo.com", "kirana-demo.sc.omtrdc.net"

pytestmark = pytest.mark.skipif(not MITMDUMP.exists(), reason="mitmdump is not beside this Python")


def labels(name: str) -> bytes:
    """A name as DNS messages hold it (RFC 1035, 3.1)."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(name: bytes, kind: int, data: bytes) -> bytes:
    return name + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


QUESTION = labels(HOST) + struct.pack("!HH", 1, 1)
QUERY = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + QUESTION
ANSWER = (
    struct.pack("!HHHHHH", 7, 0x8180, 1, 2, 0, 0)
    + QUESTION
    + record(b"\xc0\x0c", 5, labels(ALIAS))
    + record(labels(ALIAS), 1, socket.inet_aton("127.0.0.1"))
)


@pytest.fixture
def resolver() -> Iterator[int]:
    """The port of a name server that knows one alias."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    query, client = server.recvfrom(512)
                    server.sendto(query[:2] + ANSWER[2:], client)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def ask(port: int) -> bytes:
    """What the proxy passes on of the name server's answer; it may take a moment to listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect(("127.0.0.1", port))
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                client.send(QUERY)
                return client.recv(512)
            except OSError:  # at once, where nobody listens
                time.sleep(0.05)
    raise AssertionError("the proxy did not answer")


def test_the_alias_is_told(resolver: int, tmp_path: Path) -> None:
    web, names = free_port(), free_port()
    command = [str(MITMDUMP), "-q", "--listen-host", "127.0.0.1", "--set", f"confdir={tmp_path}"]
    command += ["--mode", f"regular@{web}", "--mode", f"reverse:dns://127.0.0.1:{resolver}@{names}"]
    command += ["-w", str(tmp_path / "session.flow")]
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server, subprocess.Popen(command) as running:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            until(lambda: running.poll() is not None or listens(web))
            assert ALIAS.split(".")[0].encode() in ask(names)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{web}"}))
            url = f"http://127.0.0.1:{server.server_address[1]}/b/ss?email=asha%40post.example"
            with opener.open(urllib.request.Request(url, None, {"Host": HOST}), timeout=WAIT) as answer:
                assert answer.read() == b"ok"
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(WAIT)
            server.shutdown()
    invoke(
        "analyze", tmp_path / "session.flow", "--app", "com.kirana-demo.app", "--format", "json",
        "--output", tmp_path / "report.json",
    )  # fmt: skip
    (found,) = json.loads((tmp_path / "report.json").read_bytes())["destinations"]
    assert (found["host"], found["party"], found["owner"], found["aliases"]) == (HOST, "third", "Adobe Inc.", [ALIAS])
    assert found["connect_ms"] is None or found["connect_ms"] > 0
