"""The parts of a HAR response that can hand an identifier to the app, decoded only where they may."""

import msgspec
from msgspec import Raw

from analyzer.capture.har_body import from_base64
from analyzer.capture.har_members import Response, decode_pairs
from analyzer.capture.response import MAX_BODY, Answer, Headers, is_data, kept_headers

MAX_HEADER_BYTES = 1 << 20
_START = 200

_decode_text = msgspec.json.Decoder(str).decode


def har_answer(response: Response) -> Answer:
    """What is kept of a response. What is not as specified is left out: a response is no reason to lose an entry."""
    headers = _headers(bytes(response.headers))
    content = response.content
    if content is None or len(content.text) <= 2:
        return Answer(headers)
    content_type = _text(content.type)
    # Beside what a callback needs, nothing is escaped in JSON.
    if not is_data(content_type, bytes(memoryview(content.text)[1:_START]).replace(b"\\/", b"/")):
        return Answer(headers)
    return Answer(headers, content_type[:200], "", _body(content.text, _text(content.encoding)))


def _headers(data: bytes) -> Headers:
    lower = data.lower()
    if len(data) > MAX_HEADER_BYTES or not (b'"set-cookie"' in lower or b'"location"' in lower):
        return ()
    try:
        return kept_headers((pair.name, pair.value) for pair in decode_pairs(data))
    except (ValueError, RecursionError):
        return ()


def _body(raw: Raw, encoding: str) -> bytes:
    is_base64 = encoding == "base64"
    text = memoryview(raw)
    if len(text) > MAX_BODY:
        # A comma is never part of an escape, so a text may be cut there; Base64 has no escapes.
        start = bytes(text[:MAX_BODY])
        text = memoryview((start if is_base64 else start[: start.rfind(b",")]) + b'"')
    decoded = _text(text)
    if not is_base64:
        return decoded.encode("utf-8", "replace")
    whole = "".join(decoded.split())
    return from_base64(whole[: len(whole) // 4 * 4]) or b""


def _text(raw: Raw | memoryview) -> str:
    try:
        return _decode_text(raw)
    except (ValueError, RecursionError):
        return ""
