"""Gets the bytes of a request body back from the ways in which HAR recorders write it down."""

import re
from urllib.parse import quote_plus

import pybase64
from msgspec import Struct

from analyzer.capture.har_members import Content, Param, PostData

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BINARY_TYPES = re.compile(
    r"protobuf|grpc|octet-stream|msgpack|messagepack|cbor|thrift|avro|flatbuffer|bson|gzip|zip|zstd|^(?:image|audio|video|font)/",
    re.I,
)
_MAGIC = (
    "\x1f\x8b",
    "\x28\xb5\x2f\xfd",
    "PK\x03\x04",
    "\x89PNG",
    "\xff\xd8\xff",
    "bplist00",
    "\x00\x00\x00\x00",
    "\x04\x22\x4d\x18",
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})', re.I)


class Body(Struct, frozen=True, gc=False):
    """A recovered request body and what is to be known of it."""

    data: bytes = b""
    is_exact: bool = True
    is_decoded: bool = False
    notes: tuple[str, ...] = ()
    """Identifiers of `fidelity.MESSAGES`."""


NO_BODY = Body()


def body_from_content(content: Content) -> Body:
    """The body that HTTP Toolkit and pcapng-utils keep beside `postData`."""
    text = content.text or ""
    if content.encoding == "base64":
        data = from_base64(text)
        return Body(data) if data is not None else Body(to_bytes(text), False, False, ("body-text-guessed",))
    return Body(to_bytes(text))


def body_from_text(post: PostData, size: int, announced: int, content_type: str) -> Body:
    """The body out of its text; `size` and `announced` are bodySize and Content-Length in bytes, 0 if not known."""
    text = post.text or ""
    if post.encoding and post.encoding.lower() == "base64":
        data = from_base64(text)
        return Body(data) if data is not None else Body(to_bytes(text), False, False, ("body-text-guessed",))
    if text.isascii():
        return Body(text.encode())
    utf8 = to_bytes(text)
    if "\ufffd" in text and len(utf8) not in (size, announced):
        return Body(utf8, False, False, ("encoding-replaced",))
    try:
        latin1 = text.encode("latin-1")
    except UnicodeEncodeError:
        return Body(utf8)
    for known in (size, announced):
        if known == len(latin1):
            return Body(latin1)
        if known == len(utf8):
            return Body(utf8)
    return Body(latin1 if looks_like_latin1(text, latin1, content_type) else utf8, False, False, ("body-text-guessed",))


def body_from_params(params: list[Param], size: int, content_type: str) -> Body:
    """The body of a form of which only the parameters were kept; `size` is bodySize in bytes, 0 if not known."""
    if content_type.lower().startswith("multipart/") or any(param.file_name for param in params):
        data = _multipart(params, content_type)
    else:
        # Recorders differ in whether they decode the values; the size tells, where it is given.
        raw = "&".join(f"{param.name}={_value(param)}" for param in params)
        escaped = "&".join(
            f"{quote_plus(to_bytes(param.name))}={quote_plus(to_bytes(_value(param)))}" for param in params
        )
        data = to_bytes(raw) if len(raw) == size else escaped.encode()
    return Body(data, False, False, ("body-rebuilt-from-params",))


def _multipart(params: list[Param], content_type: str) -> bytes:
    found = _BOUNDARY.search(content_type)
    boundary = found[1] if found else "rebuilt-boundary"
    parts: list[str] = []
    for param in params:
        file_name = f'; filename="{param.file_name}"' if param.file_name else ""
        part_type = f"\r\nContent-Type: {param.content_type}" if param.content_type else ""
        disposition = f'Content-Disposition: form-data; name="{param.name}"{file_name}{part_type}'
        parts.append(f"--{boundary}\r\n{disposition}\r\n\r\n{_value(param)}\r\n")
    return to_bytes("".join(parts) + f"--{boundary}--\r\n")


def _value(param: Param) -> str:
    value = param.value or ""
    decoded = from_base64(value) if param.encoding == "base64" else None
    return value if decoded is None else decoded.decode("utf-8", "surrogateescape")


def looks_like_latin1(text: str, latin1: bytes, content_type: str) -> bool:
    """Whether text up to U+00FF stands for bytes one by one, as mitmproxy writes all that is not JSON, XML or CSS."""
    if _BINARY_TYPES.search(content_type) or text.startswith(_MAGIC) or CONTROLS.search(text):
        return True
    try:
        latin1.decode()
    except UnicodeDecodeError:
        return False
    return True  # bytes beyond ASCII that happen to be valid UTF-8 are UTF-8 that was read as Latin-1


def is_plain(data: bytes, encoding: str, by_decoding_recorder: bool) -> bool:
    """Whether a body lacks the compression that its header names; brotli has no magic, so text decides there."""
    if encoding in ("gzip", "x-gzip"):
        return not data.startswith(b"\x1f\x8b")
    if encoding == "zstd":
        return not data.startswith(b"\x28\xb5\x2f\xfd")
    if encoding == "deflate" and len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0:
        return False
    if by_decoding_recorder:
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not _CONTROL_BYTES.search(data)


def to_bytes(text: str) -> bytes:
    """UTF-8, with the bytes that surrogates stand for (PEP 383) put back."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")


def from_base64(text: str) -> bytes | None:
    """What base64 text holds, white space in it allowed; None where it is no base64."""
    try:
        return pybase64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
