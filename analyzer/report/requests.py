"""Requests that the report points to, without the personal values in them."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import unquote

from msgspec.structs import replace

from analyzer.model import Exchange, Finding
from analyzer.report.masking import HIDDEN, Masking
from analyzer.reported import Request

MAX_URL_CHARS = 2_000
_LAST_SECOND = 253402300800  # of the year 9999
_OPAQUE = re.compile(r"([A-Za-z][\w+.-]*):(?!//|\d)")


def request_of(exchange: Exchange, findings: Sequence[Finding], masking: Masking | None) -> Request:
    """What the report says of an exchange, enough to find it in the capture; its groups are filled in at the end.

    Values are shown where there is no `masking`.
    """
    if masking is None:
        method, url = exchange.method[:MAX_URL_CHARS], exchange.url[:MAX_URL_CHARS]
    else:
        method = HIDDEN if masking.hides(exchange.method) else exchange.method
        url = mask_url(exchange.url, findings, masking)
    whole = exchange.whole_body
    return Request(
        exchange=exchange.index,
        time=iso_time(exchange.time),
        method=method,
        url=url,
        server_ip=exchange.server_ip,
        status=exchange.status,
        body_bytes=whole.bytes if whole else len(exchange.body),
        body_sha256=whole.sha256 if whole else hashlib.sha256(exchange.body).hexdigest(),
        body_is_exact=exchange.body_is_exact,
        phase=exchange.phase,
        tls_version=exchange.tls_version,
        chain_sha256=exchange.chain_sha256,
        groups=(),
    )


def completed(request: Request, later: Exchange) -> Request:
    """A request with what a later part of it tells: how it was answered, how long its body was in the end."""
    if later.status is not None:
        request = replace(request, status=later.status)
    if later.whole_body is not None:
        whole = later.whole_body
        request = replace(request, body_bytes=whole.bytes, body_sha256=whole.sha256)
    return request


def moment(time: float | None) -> datetime | None:
    """Seconds since 1970 as a moment in UTC; None where the calendar has none such."""
    return datetime.fromtimestamp(time, UTC) if time is not None and 0 <= time < _LAST_SECOND else None


def iso_time(time: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 with milliseconds, UTC."""
    at = moment(time)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def mask_url(url: str, findings: Sequence[Finding], masking: Masking) -> str:
    """A URL that may be shown: query values left out, path segments with a finding or the look of one replaced."""
    head, _, query = url.partition("#")[0].partition("?")
    if opaque := _OPAQUE.match(head):
        return f"{opaque[1][:20]}:{HIDDEN}"
    scheme, separator, rest = head.partition("://")
    if not separator:
        scheme, rest = "", head
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    paths = [finding.field.path for finding in findings if finding.field.location == "path"]
    found = {re.split(r"\D", path, maxsplit=1)[0] for path in paths}  # `3.email` lies in segment 3
    segments = [
        HIDDEN if str(position) in found or masking.hides(unquote(segment)) else segment
        for position, segment in enumerate(path.split("/"))
    ]
    names = [pair.partition("=")[0] for pair in query.split("&")[:40]] if query else []
    shown = "&".join((HIDDEN if masking.hides(unquote(name)) else name) + "=…" for name in names if name)
    origin = f"{HIDDEN if masking.hides(scheme) else scheme}{separator}{host}"[:400]
    shown = "/".join(segments)[:600] + (f"?{shown}"[:1000] if shown else "")
    # A value may hold the separators themselves, as the address of a photo does.
    return f"{origin}/{HIDDEN if masking.holds_secret(f'{origin}/{shown}') else shown}"
