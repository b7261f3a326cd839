"""The members of a HAR entry that are used, decoded fast where they are as specified and with patience where not."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

REPAIR_LIMIT = 8 << 20
"""Bytes; parsing without a schema costs twenty times the entry in memory, so larger broken entries are skipped."""
_EMPTY = Raw(b"[]")
_NONE = Raw(b"null")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Pair(Struct, gc=False):
    name: str
    value: str


class Param(Struct, gc=False, rename={"file_name": "fileName", "content_type": "contentType"}):
    name: str = ""
    value: str | None = None
    encoding: str | None = None
    file_name: str | None = None
    content_type: str | None = None


class PostData(Struct, gc=False, rename={"mime_type": "mimeType", "file": "_file", "sha1": "_sha1"}):
    mime_type: str | None = None
    text: str | None = None
    encoding: str | None = None
    params: list[Param] | None = None
    file: str | None = None
    """Playwright: name of the file beside the HAR that holds the body."""
    sha1: str | None = None


class Content(Struct, gc=False):
    text: str | None = None
    encoding: str | None = None


_REQUEST = {"query": "queryString", "post": "postData", "size": "bodySize", "content": "_content"}
_ENTRY = {
    "started": "startedDateTime",
    "server": "serverIPAddress",
    "messages": "_webSocketMessages",
    "certificate": "_certificate",
    "certificates": "_certificates",
    "security": "_securityDetails",
    "cnames": "_cnames",
    "dns_info": "_dns_info",
}


class Request(Struct, gc=False, rename=_REQUEST):
    method: str = "GET"
    url: str = ""
    headers: list[Pair] = []
    cookies: Raw = _EMPTY
    query: Raw = _EMPTY
    post: PostData | None = None
    content: Content | None = None
    """HTTP Toolkit and pcapng-utils: a body that is no text."""
    size: float | None = None


class Answered(Struct, gc=False, rename={"type": "mimeType"}):
    """A response's content, of which only texts for the app are ever decoded."""

    type: Raw = _NONE
    encoding: Raw = _NONE
    text: Raw = _NONE


class Response(Struct, gc=False, rename={"error": "_error"}):
    status: int | None = None
    error: str | None = None
    headers: Raw = _EMPTY
    content: Answered | None = None


class Message(Struct, gc=False):
    type: str = ""
    opcode: float = 1
    data: str = ""


class Entry(Struct, gc=False, rename=_ENTRY):
    request: Request
    started: str | None = None
    response: Response | None = None
    server: str | None = None
    messages: list[Message] | UnsetType | None = UNSET
    timings: Raw = _NONE
    certificate: Raw = _NONE
    certificates: Raw = _NONE
    security: Raw = _NONE
    cnames: Raw = _NONE
    dns_info: Raw = _NONE


decode_entry = msgspec.json.Decoder(Entry).decode
"""An entry as the specification has it; msgspec's errors for any other."""

decode_pairs = msgspec.json.Decoder(list[Pair]).decode


def repair_entry(data: bytes) -> Entry:
    """An entry of any other make: loose types, NaN, lone surrogates, bytes that are not UTF-8.

    In bodies, bytes that are not UTF-8 become surrogates U+DC80 to U+DCFF, as PEP 383 has it; elsewhere U+FFFD.
    Raises ValueError with a reason where there is no request in it.
    """
    if len(data) > REPAIR_LIMIT:
        raise ValueError("not valid JSON, and too large to be repaired")
    try:
        # The trailing comma of a broken list would be all that is wrong with it.
        value = json.loads(data.decode("utf-8", "surrogateescape").strip(" \t\r\n,\x00"), strict=False)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except ValueError:
        raise ValueError("not valid JSON") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    request = value.get("request")
    if not isinstance(request, dict):
        raise ValueError("no request in it")
    messages = value.get("_webSocketMessages", UNSET)
    return Entry(
        request=_request(request),
        started=_clean(value.get("startedDateTime")) or None,
        response=_response(value.get("response")),
        server=_clean(value.get("serverIPAddress")) or None,
        messages=UNSET if messages is UNSET else _messages(messages),
        timings=_raw(value.get("timings")),
        certificate=_raw(value.get("_certificate")),
        certificates=_raw(value.get("_certificates")),
        security=_raw(value.get("_securityDetails")),
        cnames=_raw(value.get("_cnames")),
        dns_info=_raw(value.get("_dns_info")),
    )


def _request(value: Mapping[str, Any]) -> Request:
    post = value.get("postData")
    content = value.get("_content")
    return Request(
        method=_clean(value.get("method")) or "GET",
        url=_clean(value.get("url")),
        headers=_pairs(value.get("headers")),
        cookies=_encoded(_pairs(value.get("cookies"))),
        query=_encoded(_pairs(value.get("queryString"))),
        post=_post(post) if isinstance(post, dict) else PostData(text=post) if isinstance(post, str) else None,
        content=Content(_text(content.get("text")), _text(content.get("encoding")))
        if isinstance(content, dict)
        else None,
        size=_number(value.get("bodySize")),
    )


def _post(value: Mapping[str, Any]) -> PostData:
    params = value.get("params")
    items: Iterable[Any] = params if isinstance(params, list) else ()
    if isinstance(params, dict):
        items = ({"name": name, "value": item} for name, item in params.items())
    return PostData(
        mime_type=_text(value.get("mimeType")),
        text=_text(value.get("text")),
        encoding=_text(value.get("encoding")),
        params=[
            Param(
                name=_text(item.get("name")) or "",
                value=_text(item.get("value")),
                encoding=_text(item.get("encoding")),
                file_name=_text(item.get("fileName")),
                content_type=_text(item.get("contentType")),
            )
            for item in items
            if isinstance(item, dict)
        ],
        file=_text(value.get("_file")),
        sha1=_text(value.get("_sha1")),
    )


def _response(value: object) -> Response | None:
    if not isinstance(value, dict):
        return None
    status = _number(value.get("status"))
    content = value.get("content")
    return Response(
        status=None if status is None else int(status),
        error=_text(value.get("_error")),
        headers=_encoded(_pairs(value.get("headers"))),
        content=Answered(*(_encoded(_clean(content.get(name))) for name in ("mimeType", "encoding", "text")))
        if isinstance(content, dict)
        else None,
    )


def _messages(value: object) -> list[Message]:
    items = value if isinstance(value, list) else []
    return [
        Message(
            type=_text(item.get("type")) or "",
            opcode=_number(item.get("opcode")) or 1,
            data=_text(item.get("data")) or "",
        )
        for item in items
        if isinstance(item, dict)
    ]


def _pairs(value: object) -> list[Pair]:
    """Headers, cookies or parameters: a list of {name, value}, or an object of names, whose values may be lists."""
    if isinstance(value, dict):
        listed = [
            (name, item) for name, items in value.items() for item in (items if isinstance(items, list) else [items])
        ]
        return [Pair(_clean(name), _clean(item)) for name, item in listed]
    items = value if isinstance(value, list) else []
    return [Pair(_clean(item.get("name")), _clean(item.get("value"))) for item in items if isinstance(item, dict)]


def _encoded(value: list[Pair] | str) -> Raw:
    return Raw(msgspec.json.encode(value))


def _raw(value: object) -> Raw:
    """A member that is decoded later; `null` for what cannot be encoded."""
    try:
        return Raw(json.dumps(value).encode())
    except (ValueError, RecursionError):
        return _NONE


def _text(value: object) -> str | None:
    """A value as text; None stays None, a number or an object is its JSON."""
    if value is None or isinstance(value, str):
        return value
    try:
        return json.dumps(value)
    except (ValueError, RecursionError):
        return None


def _clean(value: object) -> str:
    """Text that can be encoded: surrogates, which stand for bytes that are not UTF-8, become U+FFFD."""
    return _SURROGATES.sub("\ufffd", _text(value) or "")


def _number(value: object) -> float | None:
    """A finite number that is a plausible size or status; None for anything else."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 2**53 else None
