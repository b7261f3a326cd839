"""What is known of the HAR dialects: who recorded, where each recorder puts a request body, and what it loses."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import UNSET, DecodeError, Raw

from analyzer.capture.har_body import (
    CONTROLS,
    NO_BODY,
    Body,
    body_from_content,
    body_from_params,
    body_from_text,
    from_base64,
    is_plain,
    to_bytes,
)
from analyzer.capture.har_members import Entry, decode_pairs

Headers = tuple[tuple[str, str], ...]

RECORDERS = {
    "webinspector": "Chrome DevTools",
    "webkit web inspector": "Safari Web Inspector",
    "charles proxy": "Charles",
    "mitmproxy har_dump": "mitmproxy",
    "insomnia rest client": "Insomnia",
    "httptoolkit": "HTTP Toolkit",
}
"""Creator names in lower case that are not what people call the recorder."""

TLS_CAUSES = {
    "cert-rejected": "the app refused the recorder's certificate",
    "closed": "closed during the TLS handshake",
    "reset": "reset during the TLS handshake",
    "handshake-timeout": "no answer in the TLS handshake",
    "no-shared-cipher": "no TLS cipher in common",
}
"""HTTP Toolkit's causes of failed handshakes, in words."""

_WEBKIT_VERSION = "537.36"
_CHROME = re.compile(r"Chrome/(\d+\.\d+)")
_MITMPROXY_COMMENT = re.compile(r"mitmproxy (\d[\w.]{0,20})$")
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


# ---------------------------------------------------------------- the recorder


def recorder_name(creator: Mapping[str, Any], browser: Mapping[str, Any], user_agent: str) -> str:
    """The recorder as people call it, with its version, and the browser where that is another program."""
    name = _word(creator.get("name"))
    version = _word(creator.get("version"))
    known = RECORDERS.get(name.lower(), name)
    if known == "Insomnia":
        version = version.rpartition(":v")[2]
    if name == "WebInspector" and version == _WEBKIT_VERSION:
        # DevTools gives the frozen version of WebKit; its own is in the requests of the page.
        chrome = _CHROME.search(user_agent)
        version = chrome[1] if chrome else ""
    older = _MITMPROXY_COMMENT.search(_word(creator.get("comment")))
    if older and known == "mitmproxy":
        version = older[1]
    title = f"{known} {version}".strip() or "unknown recorder"
    browser_title = f"{_word(browser.get('name'))} {_word(browser.get('version'))}".strip()
    return f"{title} ({browser_title})" if browser_title and browser_title != title else title


def recorder_by_traits(entry: Entry, members: frozenset[str]) -> str:
    """The recorder of a HAR without a creator, as far as its own members tell."""
    if "_tlsErrors" in members:
        return "HTTP Toolkit"
    if entry.request.content:
        return "HTTP Toolkit or pcapng-utils"
    if entry.request.post and (entry.request.post.file or entry.request.post.sha1):
        return "Playwright"
    return "unknown recorder"


def _word(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return " ".join(CONTROLS.sub(" ", text[:80].encode("utf-8", "replace").decode()).split())


def unread_of(error: object) -> tuple[str, str] | None:
    """Host and reason of one item of HTTP Toolkit's `log._tlsErrors`."""
    if not isinstance(error, dict):
        return None
    cause = _word(error.get("cause"))
    reason = TLS_CAUSES.get(cause, f"failed TLS handshake ({cause})" if cause else "failed TLS handshake")
    return _word(error.get("hostname")) or "unknown host", reason


# ---------------------------------------------------------------- the envelope


def complete_headers(entry: Entry, headers: Headers) -> Headers:
    """The headers with a `cookie` made of `request.cookies` where the recorder kept only those."""
    if len(entry.request.cookies) <= 2 or any(name.lower() == "cookie" for name, _ in headers):
        return headers
    cookies = "; ".join(f"{name}={value}" for name, value in _listed(entry.request.cookies))
    return (*headers, ("cookie", cookies)) if cookies else headers


def complete_url(url: str, query: Raw) -> str:
    """The URL with those parameters of `queryString` that it lacks."""
    if len(query) <= 2:
        return url
    listed = bytes(query).count(b'"name"')
    _, mark, after = url.partition("?")
    if listed <= (after.count("&") + 1 if mark else 0):
        return url
    try:
        present = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    except ValueError:
        return url
    lacking = [(name, value) for name, value in _listed(query) if name and name not in present]
    if not lacking:
        return url
    start, hash_mark, fragment = url.partition("#")
    joint = "&" if mark and not start.endswith(("?", "&")) else "" if mark else "?"
    return f"{start}{joint}{urlencode(lacking)}{hash_mark}{fragment}"


def _listed(pairs: Raw) -> list[tuple[str, str]]:
    try:
        return [(pair.name, pair.value) for pair in decode_pairs(pairs)]
    except (DecodeError, UnicodeDecodeError):
        return []


def server_address(text: str | None) -> str | None:
    """An IP address out of `serverIPAddress`: brackets, port and zone taken off; None where there is none."""
    if not text:
        return None
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return None


def sent_messages(entry: Entry) -> tuple[bytes, ...]:
    """The WebSocket messages of the client; opcode 2 is base64 (Chrome, Firefox, HTTP Toolkit, mitmproxy alike)."""
    if entry.messages is UNSET or not entry.messages:
        return ()
    return tuple(
        from_base64(message.data) or to_bytes(message.data) if message.opcode == 2 else to_bytes(message.data)
        for message in entry.messages
        if message.type == "send"
    )


def has_lost_messages(entry: Entry) -> bool:
    """Whether a WebSocket was opened, but the recorder keeps no messages."""
    if entry.messages is not UNSET and entry.messages is not None:
        return False
    status = entry.response.status if entry.response else None
    return status == 101 or entry.request.url[:4].lower() in ("ws:/", "wss:")


def has_failed(entry: Entry) -> bool:
    """Whether the request got no answer: status 0, or an error in the recorder's words."""
    return entry.response is None or not entry.response.status or bool(entry.response.error)


# ---------------------------------------------------------------- the body


def request_body(entry: Entry, headers: Headers) -> Body:
    """The request body as bytes, from wherever the recorder put it."""
    request = entry.request
    post = request.post
    content_type = encoding = ""
    announced = 0
    for name, value in headers:
        length = len(name)
        if length == 14 and name.lower() == "content-length":
            announced = int(value) if value.isdecimal() and len(value) < 16 else 0
        elif length == 12 and name.lower() == "content-type":
            content_type = value
        elif length == 16 and name.lower() == "content-encoding":
            encoding = value
    size = int(request.size or 0)
    if request.content and request.content.text:
        body = body_from_content(request.content)
    elif post is None:
        return _no_body(request.method, request.size, announced, content_type)
    elif post.text:
        body = body_from_text(post, size, announced, content_type or post.mime_type or "")
    elif post.params:
        return body_from_params(post.params, size, content_type or post.mime_type or "")
    elif post.file or post.sha1:
        return Body(notes=("request-body-dropped",))
    else:
        # An empty text is an empty body; none at all is one that was not kept (mitmproxy then gives size 0).
        known_size = 0 if post.text is not None else request.size or None
        return _no_body(request.method, known_size, max(announced, size), content_type)
    token = encoding.rpartition(",")[2].strip().lower()
    # Where the announced length is that of the text, the app itself named an encoding that it did not apply.
    is_encoded = token not in ("", "identity") and len(body.data) != announced
    if is_encoded and is_plain(body.data, token, request.content is not None):
        kept = tuple(note for note in body.notes if note != "body-text-guessed")
        return Body(body.data, False, True, (*kept, "body-decoded-by-recorder"))
    if len(body.data) < announced:
        return Body(body.data, False, False, (*body.notes, "request-body-truncated"))
    return body


def _no_body(method: str, size: float | None, announced: int, content_type: str) -> Body:
    if announced > 0 or (size or 0) > 0 or (size != 0 and content_type and method.upper() in _BODY_METHODS):
        return Body(notes=("request-body-dropped",))
    return NO_BODY
