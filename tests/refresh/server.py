"""A real HTTP server on loopback that stands for DB-IP and MaxMind, and misbehaves where it is told to."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Answer:
    """What is served at one path."""

    body: bytes = b""
    status: int = 200
    etag: str | None = '"1"'
    location: str = ""
    encoding: str = ""
    """Content-Encoding, as some servers send it with .gz files."""
    user: tuple[str, str] | None = None
    """Wanted, or 401."""
    cut_after: int | None = None
    """Bytes after which the connection breaks."""
    cuts: int = 0
    """How many answers are still to be cut; -1 for all."""


@dataclass
class Server:
    """A running server and what it was asked."""

    port: int
    scheme: str = "http"
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path with query, and headers by lower-case name."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Server]:
    """A server on a port of its own, until the end of the block; over TLS with a certificate and its key (PEM)."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = server.answers.get(self.path) or server.answers.get(self.path.partition("?")[0])
            if answer is None:
                answer = Answer(b"<html>no such page</html>", status=404)
            if answer.user:
                wanted = "Basic " + base64.b64encode(":".join(answer.user).encode()).decode()
                if self.headers.get("Authorization") != wanted:
                    answer = Answer(b"no", status=401)
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            body, status, start = answer.body, answer.status, 0
            asked = self.headers.get("Range")
            if status == 200 and asked and answer.etag and self.headers.get("If-Range") == answer.etag:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
                status = 206 if start < len(body) else 416
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                body = body[start:]
            elif status == 416:
                self.send_header("Content-Range", f"bytes */{len(body)}")
                body = b""
            if answer.etag:
                self.send_header("ETag", answer.etag)
            if answer.location:
                self.send_header("Location", answer.location)
            if answer.encoding:
                self.send_header("Content-Encoding", answer.encoding)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if answer.cut_after is not None and answer.cuts:
                answer.cuts -= 1
                body = body[: answer.cut_after]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that goes in the middle is what some tests are about."""

    httpd = Quiet(("127.0.0.1", 0), Handler)
    server = Server(httpd.server_address[1], "https" if certificate else "http")
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
