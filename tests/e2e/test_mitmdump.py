"""Real clients through a real mitmdump to a real server: what they send is found in both files that it saves."""

import gzip
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from fixtures.captures.founding_persona import PERSONA
from tests.cli.running import SEEDS, invoke

MITMDUMP = Path(sys.executable).with_name("mitmdump")
CURL = shutil.which("curl")
EMAIL, PHONE = str(PERSONA["person.email"]), str(PERSONA["person.phone"])
WAIT = 60
"""Seconds after which the proxy counts as not coming up or not going down."""

pytestmark = pytest.mark.skipif(not MITMDUMP.exists(), reason="mitmdump is not beside this Python")


class Answers(BaseHTTPRequestHandler):
    """Takes anything and says yes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not ready():
        assert time.monotonic() < end, "the proxy did not get ready"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def by_urllib(url: str, proxy: str, body: bytes, **headers: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with opener.open(urllib.request.Request(url, body, named), timeout=WAIT) as answer:
        assert answer.read() == b"ok"


@pytest.fixture(scope="module")
def capture(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with session.flow and session.har of three requests: JSON, a gzip form, and a query."""
    folder = tmp_path_factory.mktemp("mitmdump")
    port = free_port()
    command = [
        str(MITMDUMP),
        "-q",
        "--listen-host",
        "127.0.0.1",
        "--listen-port",
        str(port),
        "--set",
        f"confdir={folder}",
    ]
    command += ["-w", str(folder / "session.flow"), "--set", f"hardump={folder / 'session.har'}"]
    proxy = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        try:
            until(lambda: running.poll() is not None or listens(port))
            body = json.dumps({"profile": {"contact": EMAIL, "first": PERSONA["person.name.given"]}})
            if CURL:
                words = [
                    CURL,
                    "-sS",
                    "--fail",
                    "--noproxy",
                    "",
                    "--proxy",
                    proxy,
                    "-H",
                    "Content-Type: application/json",
                ]
                sent = subprocess.run([*words, "-d", body, f"{server}/v1/profile"], capture_output=True, timeout=WAIT)
                assert sent.stdout == b"ok", sent.stderr
            else:
                by_urllib(f"{server}/v1/profile", proxy, body.encode(), Content_Type="application/json")
            form = gzip.compress(urlencode({"to": EMAIL, "call": PHONE}).encode())
            by_urllib(f"{server}/form", proxy, form, Content_Encoding="gzip",
                      Content_Type="application/x-www-form-urlencoded")  # fmt: skip
            by_urllib(f"{server}/q?u={EMAIL}", proxy, b"")
        finally:
            running.send_signal(signal.SIGTERM)
            said, _ = running.communicate(timeout=WAIT)
    assert (folder / "session.flow").stat().st_size, said
    return folder


def transmissions(capture: Path, folder: Path) -> list[dict[str, Any]]:
    invoke("analyze", capture, "--seeds", SEEDS, "--format", "json", "--output", folder / "report.json")
    found: list[dict[str, Any]] = json.loads((folder / "report.json").read_bytes())["transmissions"]
    return found


def facts(found: list[dict[str, Any]]) -> set[tuple[object, ...]]:
    names = ("exchange", "host", "data_type", "location", "path", "transform", "evidence")
    return {tuple(each[name] for name in names) for each in found}


def test_what_clients_sent_is_found_in_the_flow_file(capture: Path, tmp_path: Path) -> None:
    found = transmissions(capture / "session.flow", tmp_path)
    seeds = {(each["exchange"], each["location"], each["path"], each["seed"]) for each in found if each["seed"]}
    assert seeds == {
        (0, "body", "profile.contact", "person.email"),
        (0, "body", "profile.first", "person.name.given"),
        (1, "body", "to", "person.email"),
        (1, "body", "call", "person.phone"),
        (2, "query", "u", "person.email"),
    }
    assert {each["host"] for each in found} == {"127.0.0.1"}
    assert all("gzip" in each["decoding"] for each in found if each["exchange"] == 1 and each["location"] == "body")


def test_mitmdumps_har_of_the_same_session_gives_the_same(capture: Path, tmp_path: Path) -> None:
    flow, har = (facts(transmissions(capture / f"session.{form}", tmp_path)) for form in ("flow", "har"))
    assert flow == har
