"""A server on this machine that answers for every host name, and a client that sends to it through a proxy."""

import ssl
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

EMAIL = "riya.plugin@post.example"
SEEDS = f"person.email: {EMAIL}\n"
APP = "com.kirana.demo"
OWN, TRACKER = "api.kirana.com", "in.wzrkt.com"
"""Hosts of the app's maker and of CleverTap; the tests lead both to this machine."""
NAMES = """\
# A hosts file for one process: every name leads to this machine.
import socket
def load(loader):
    ask = socket.getaddrinfo
    def answer(host, *rest, **more):
        return ask("127.0.0.1", *rest, **more)
    socket.getaddrinfo = answer
"""

runs_here = pytest.mark.skipif(sys.platform != "linux", reason="the tests look at processes in /proc")


class Answers(BaseHTTPRequestHandler):
    """Takes anything and says yes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


class Stage(NamedTuple):
    """Ports of the servers, and what mitmdump needs to be told of them."""

    plain: int
    secure: int
    words: tuple[str, ...]
    authority: Path
    """Folder of mitmproxy's certificate authority: of the tests, not of whoever runs them."""


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Servers for as long as the block lasts."""
    (folder / "names.py").write_text(NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(OWN, TRACKER).configure_cert(context)
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Answers) as plain,
        ThreadingHTTPServer(("127.0.0.1", 0), Answers) as safe,
    ):
        safe.socket = context.wrap_socket(safe.socket, server_side=True)
        for server in (plain, safe):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        words = ("-s", str(folder / "names.py"), "--set", "ssl_insecure=true")
        yield Stage(plain.server_port, safe.server_port, words, folder / "authority")
        plain.shutdown()
        safe.shutdown()


def send(proxy: str, authority: Path, url: str, body: str = "{}") -> None:
    """Posts JSON through the proxy, and waits for the answer."""
    handlers = [urllib.request.ProxyHandler({"http": proxy, "https": proxy})]
    trusted = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    urllib.request.build_opener(*handlers, trusted).open(request, timeout=60).close()
