"""Requests that the report points to, without the personal values in them."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from analyzer.model import Exchange, Finding, Request

MAX_URL_CHARS = 2_000
_LAST_SECOND = 253402300800  # of the year 9999


def request_of(exchange: Exchange, findings: Sequence[Finding], show_values: bool) -> Request:
    """What the report says of an exchange, enough to find it in the capture; its groups are filled in at the end."""
    return Request(
        exchange=exchange.index,
        time=iso_time(exchange.time),
        method=exchange.method,
        url=exchange.url[:MAX_URL_CHARS] if show_values else mask_url(exchange.url, findings),
        server_ip=exchange.server_ip,
        status=exchange.status,
        body_bytes=len(exchange.body),
        body_sha256=hashlib.sha256(exchange.body).hexdigest(),
        body_is_exact=exchange.body_is_exact,
        groups=(),
    )


def iso_time(time: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 with milliseconds, UTC."""
    if time is None or not 0 <= time < _LAST_SECOND:
        return None
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mask_url(url: str, findings: Sequence[Finding]) -> str:
    """A URL that may be shared: query values left out, path segments with a finding or the look of one replaced."""
    head, _, query = url.partition("#")[0].partition("?")
    scheme, found, rest = head.partition("://")
    if not found:
        return head[:40] + "…" if len(head) > 40 else head
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    personal = {finding.field.path for finding in findings if finding.field.location == "path"}
    segments = [
        "…" if str(position) in personal or _looks_personal(segment) else segment
        for position, segment in enumerate(path.split("/"))
    ]
    names = [pair.partition("=")[0] for pair in query.split("&")[:40]] if query else []
    shown = "&".join(("…" if _looks_personal(name) else name) + "=…" for name in names if name)
    return f"{scheme}://{host}/{'/'.join(segments)}"[:600] + (f"?{shown}"[:1000] if shown else "")


def _looks_personal(segment: str) -> bool:
    return len(segment) > 40 or "@" in segment or "%40" in segment or sum(char.isdigit() for char in segment) > 5
