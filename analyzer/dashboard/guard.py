"""Who may talk to the dashboard: pages and scripts of this machine that hold its token."""

from hmac import compare_digest

from msgspec import Struct
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

MAX_BODY = 4096
"""Bytes of a request body."""


class Guard(Struct, frozen=True):
    """What a request must show."""

    port: int
    token: str

    @property
    def hosts(self) -> tuple[str, str]:
        """Names that it may be asked by: any other that resolves to this machine is foreign (DNS rebinding)."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token; cookies do not know ports apart, so the name does."""
        return f"apptells-{self.port}"

    @property
    def policy(self) -> str:
        """Content-Security-Policy: the page's own script and style, its own address, nothing else."""
        sockets = " ".join(f"ws://{host}" for host in self.hosts)
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
            f"connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def is_token(self, text: str | None) -> bool:
        """Whether it is the token; takes as long for any text of its length."""
        return text is not None and compare_digest(text.encode(errors="replace"), self.token.encode())

    def refusal(self, request: HTTPServerRequest, cookie: str | None) -> str | None:
        """Why the request may not be answered, in one sentence; None where it may.

        A request that changes something, or opens a WebSocket, comes from the page itself, or from a script that
        names the token in its Authorization header: a cookie alone a foreign page could have a browser send.
        """
        if request.host.lower() not in self.hosts:
            return f"The dashboard answers at {self.hosts[0]} and {self.hosts[1]} only."
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        is_script = kind.lower() == "bearer" and self.is_token(bearer.strip())
        if not is_script and not self.is_token(cookie):
            # Where another site led to that address, the cookie comes along from the next time on: SameSite=Strict.
            return "Open the address that apptells printed, which holds the token; if you just did, reload the page."
        origin = request.headers.get("Origin")
        changes = request.method != "GET" or "Upgrade" in request.headers
        if origin is None:
            return None if is_script or not changes else "The request does not say which page it comes from."
        if origin.lower() not in [f"http://{host}" for host in self.hosts]:
            return "The request comes from another page."
        return None


class GuardedHandler(RequestHandler):
    """A route that answers nobody else, may not be kept, framed or read by another page, and lets none run script."""

    @property
    def guard(self) -> Guard:
        """Of the dashboard whose route it is."""
        guard: Guard = self.settings["guard"]
        return guard

    def set_default_headers(self) -> None:
        """Of every answer, errors included."""
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", self.guard.policy)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def prepare(self) -> None:
        """Refuse what the guard refuses, and long bodies."""
        if why := self.guard.refusal(self.request, self.get_cookie(self.guard.cookie)):
            self.refuse(403, why)
        elif len(self.request.body) > MAX_BODY:
            self.refuse(413, f"A request may have {MAX_BODY} bytes.")

    def refuse(self, status: int, why: str) -> None:
        """End with a sentence instead of what was asked for."""
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{why}\n")

    def write_error(self, status_code: int, **_: object) -> None:
        """Of Tornado's own errors, say the number's meaning and nothing of what was asked."""
        self.refuse(status_code, f"{self._reason}.")


class Nothing(GuardedHandler):
    """Every other address."""

    def prepare(self) -> None:
        """Who has no token does not learn which addresses there are."""
        super().prepare()
        if not self._finished:
            self.refuse(404, "The dashboard has no such address.")
