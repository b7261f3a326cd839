"""Sends the requests of a capture once more, through a proxy, to a server that answers as the recorded ones did."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from analyzer.model import Exchange

_OWN = ("content-length", "transfer-encoding", "connection", "proxy-connection", "host", "expect", "upgrade", "te")
WAIT = 60
NUMBER = "X-Replayed"
"""Header by which the server knows which answer is asked for; the proxy takes nothing off it."""


class _Answers(BaseHTTPRequestHandler):
    """An upstream proxy that reaches nobody."""

    protocol_version = "HTTP/1.1"
    recorded: Sequence[Exchange] = ()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        was = self.recorded[int(self.headers[NUMBER])]
        self.send_response(200)
        for name, value in was.response_headers:
            if name == "set-cookie":
                self.send_header("Set-Cookie", value.encode("latin-1", "replace").decode("latin-1"))
        if was.response_type:
            self.send_header("Content-Type", was.response_type)
        if was.response_encoding:
            self.send_header("Content-Encoding", was.response_encoding)
        self.send_header("Content-Length", str(len(was.response_body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(was.response_body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@contextmanager
def answering(recorded: Sequence[Exchange]) -> Iterator[int]:
    """The port of a server that answers each request as the exchange of that number was answered."""
    handler = type("Recorded", (_Answers,), {"recorded": recorded})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def send(proxy: int, exchanges: Sequence[Exchange]) -> None:
    """Sends each request byte for byte as far as HTTP/1.1 over a proxy allows, and waits for its answer."""
    for number, exchange in enumerate(exchanges):
        with socket.create_connection(("127.0.0.1", proxy), WAIT) as connection:
            connection.sendall(_request(number, exchange))
            while connection.recv(1 << 16):
                pass


def _request(number: int, exchange: Exchange) -> bytes:
    url = urlsplit(exchange.url)
    target = f"http://{url.netloc}{url.path or '/'}" + (f"?{url.query}" if url.query else "")
    lines = [f"{exchange.method} {target} HTTP/1.1", f"Host: {url.netloc}", f"{NUMBER}: {number}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in exchange.headers if name.lower() not in _OWN]
    lines += [f"Content-Length: {len(exchange.body)}"] if exchange.body or exchange.method == "POST" else []
    return "\r\n".join([*lines, "", ""]).encode() + exchange.body
