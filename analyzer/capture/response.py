"""The few parts of a response that can hand an identifier to the app: cookies, a redirect, the start of a text."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

KEPT_HEADERS = frozenset(("set-cookie", "location"))
MAX_HEADERS = 100
MAX_HEADER_CHARS = 4096
MAX_BODY = 64 << 10
"""Bytes that are kept of a response body: an answer that names its reader does so early."""

_DATA = re.compile(r"json|^\s*text/plain|x-www-form-urlencoded", re.I)
_SCRIPT = re.compile(r"javascript|ecmascript", re.I)
_CALLBACK = re.compile(rb"\s*(?:/\*\*/\s*)?[\w.$]{1,80}\s*\(\s*[{\[]")

Headers = tuple[tuple[str, str], ...]


class Answer(Struct, frozen=True, gc=False):
    """What is kept of a response; the members are those of `Exchange`."""

    headers: Headers = ()
    type: str = ""
    encoding: str = ""
    body: bytes = b""


NO_ANSWER = Answer()


def may_be_data(content_type: str) -> bool:
    """Whether a body of this type may be data for the app; pages, styles and pictures are the same for everyone."""
    return bool(_DATA.search(content_type) or _SCRIPT.search(content_type))


def is_data(content_type: str, body: bytes) -> bool:
    """Whether a body is data: of scripts only those that are one call with an object in it (JSONP)."""
    return bool(_DATA.search(content_type) or (_SCRIPT.search(content_type) and _CALLBACK.match(body)))


def kept_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Set-Cookie and Location, at most `MAX_HEADERS`; Chrome writes several cookies into one header, line by line."""
    kept = [
        (lower, line[:MAX_HEADER_CHARS])
        for name, value in headers
        if (lower := name.lower()) in KEPT_HEADERS
        for line in value.split("\n")
    ]
    return tuple(kept[:MAX_HEADERS])


def answer_of(headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
    """What is kept of a response as it travelled, Content-Encoding still on it."""
    content_type = encoding = ""
    for name, value in headers:
        lower = name.lower()
        if lower == "content-type":
            content_type = value
        elif lower == "content-encoding":
            encoding = value
    kept = kept_headers(headers)
    # Whether an encoded script is a call is seen only when it is decoded.
    if body and may_be_data(content_type) and (encoding or is_data(content_type, body)):
        return Answer(kept, content_type[:200], encoding[:200], body[:MAX_BODY])
    return Answer(kept)
