"""Encodings inside a value: recognised by their look, opened one at a time, most certain first."""

import html
import re
from collections.abc import Callable

import pybase64

from analyzer.decode import form, json_body, jwt, lines, lzstring, msgpack, protobuf, url, vcard, xml
from analyzer.decode.charset import to_text, utf16_text
from analyzer.decode.compression import sniff
from analyzer.decode.entropy import entropy
from analyzer.decode.media import SMALL, kind_of
from analyzer.decode.walk import Place, Walk

CLOSED_BYTES = 256
"""Shorter Base64 that nobody can open is mostly a token; longer may well be a payload, and is said to be closed."""
CLOSED_ENTROPY = 6.5
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n ]{7,}={0,3}\s?")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{7,}={0,2}")
_LZ_URI = re.compile(r"[A-Za-z0-9+ $-]{8,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_DATA_URL = re.compile(r"data:([\w/+.-]{0,60})(?:;[\w=-]{0,40})*;base64,", re.I)


def read(walk: Walk, at: Place, value: str) -> bool:
    """Open what a value holds. True where that replaces the value, False where the value itself is a leaf (too)."""
    first = value[0]
    if first in "{[" or (first in " \t\r\n" and value.lstrip()[:1] in ("{", "[")):
        if _read_json(walk, at, value):
            return True
    elif first == "<" and ">" in value:
        return xml.read(walk, at, value)
    if first == '"' and value[-1] == '"':
        inner = json_body.parse(value.encode("utf-8", "replace"))
        if isinstance(inner, str) and inner != value:
            walk.text(at.inside("json"), inner)
            return True
    # Before names and values are told apart: `a=1&amp;b=2` names `b`, not `amp;b`.
    if "&amp;" in value:
        walk.text(at.inside("html"), html.unescape(value))
        return True
    if "://" in value[:12] or (first == "/" and "?" in value and "=" in value):
        url.read(walk, at, value)
        return False
    # Before percent signs are looked at: `a=1%262&b=3` holds two parameters, not three.
    joins = "=" in value and ("&" in value or first == "?") and "\n" not in value
    if joins and form.looks_like_form(value.lstrip("?")):
        form.read(walk, at.inside(), value.lstrip("?"))
        return False
    # Before percent signs, which would have hidden the `&` of an entity if they were the outer encoding.
    if "&" in value and ";" in value and _ENTITY.search(value):
        plain = html.unescape(value)
        if plain != value:
            walk.text(at.inside("html"), plain)
            return True
    if "%" in value and form.is_percent_encoded(value):
        plain = form.unquote(value, plus=False)
        if plain != value:
            walk.text(at.inside("urlencoded"), plain)
            return True
    if first == "e" and jwt.read(walk, at, value):
        return False
    if first in "Bb" and vcard.is_vcard(value):
        vcard.read(walk, at, value)
        return True
    if "\n{" in value:
        return lines.read(walk, at, value.encode("utf-8", "replace"))
    match = _DATA_URL.match(value) if first in "dD" else None
    if match:
        data = _unbase64(value[match.end() :], False)
        if data:
            walk.data(at.inside("base64"), data, match[1])
            return True
    if _BASE64.fullmatch(value):
        if _HEX.fullmatch(value):
            return _read_hex(walk, at, value)
        if not _is_word(value) and _read_base64(walk, at, value, False):
            return True
        if _read_lzstring(walk, at, value, lzstring.from_base64):
            return True
        _note_closed(walk, at, value, urlsafe=False)
        return False
    base64url = _BASE64URL.fullmatch(value) is not None
    if base64url:
        if _is_word(value):
            return False
        if _read_base64(walk, at, value, True):
            return True
    if len(value) >= 16 and _LZ_URI.fullmatch(value) and _read_lzstring(walk, at, value, lzstring.from_uri_component):
        return True
    if base64url:
        _note_closed(walk, at, value, urlsafe=True)
        return False
    if not value.isascii() and sum(char > "\u0300" for char in value[:64]) * 2 > len(value[:64]):
        for alphabet in (lzstring.from_utf16, lzstring.from_string):
            if _read_lzstring(walk, at, value, alphabet):
                return True
    return False


def _read_json(walk: Walk, at: Place, value: str) -> bool:
    data = value.encode("utf-8", "replace")
    tree = json_body.parse(data)
    if tree is not None:
        json_body.read_parsed(walk, at, data, tree)
        return True
    if '"' not in value:
        return False
    return lines.read(walk, at, data) or json_body.read(walk, at, data)


def _is_word(value: str) -> bool:
    """Whether a value reads as words or a number rather than as Base64: `Checkout`, `page_view`, `1699999999`."""
    if value.isdigit() or (len(value) < 24 and value.isalpha() and (value.islower() or value.istitle())):
        return True
    return len(value) < 24 and "_" in value and value.replace("_", "").isalpha() and value == value.lower()


def _unbase64(value: str, urlsafe: bool) -> bytes | None:
    text = value.replace("\n", "").replace("\r", "").replace(" ", "+").rstrip("=")
    if len(text) % 4 == 1:
        return None
    try:
        return pybase64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if urlsafe else None, validate=True)
    except ValueError:
        return None


def _read_base64(walk: Walk, at: Place, value: str, urlsafe: bool) -> bool:
    data = _unbase64(value, urlsafe)
    if not data:
        return False
    inner = at.inside("base64url" if urlsafe else "base64")
    return _read_inner(walk, inner, data, certain=len(value) >= 24)


def _note_closed(walk: Walk, at: Place, value: str, urlsafe: bool) -> None:
    """Remember a payload that nobody can open: it is not passed over in silence."""
    data = _unbase64(value, urlsafe) if len(value) > CLOSED_BYTES else None
    if data and len(data) >= CLOSED_BYTES and entropy(data) >= CLOSED_ENTROPY:
        walk.closed.append((at.inside("base64url" if urlsafe else "base64"), data, ""))


def _read_hex(walk: Walk, at: Place, value: str) -> bool:
    data = bytes.fromhex(value)
    if not data.isascii() and (len(data) < 48 or len(data) == 64) and not sniff(data):
        return False  # an identifier or a digest
    return _read_inner(walk, at.inside("hex"), data, certain=False)


def _read_inner(walk: Walk, inner: Place, data: bytes, certain: bool) -> bool:
    """Go on with decoded bytes where they make sense; True where nobody could mean the encoded text itself."""
    if data[0] in b"{[" and (tree := json_body.parse(data)) is not None:
        json_body.read_parsed(walk, inner, data, tree)
        return True
    if len(data) >= SMALL and kind_of(data) is not None:
        walk.data(inner, data)
        return True
    if sniff(data):
        closed, was_cut = len(walk.closed), "cut" in walk.notes
        walk.data(inner, data)
        if len(walk.closed) == closed:
            return True
        del walk.closed[closed:]
        if not was_cut:  # an identifier that begins as compressed data does
            walk.notes.pop("cut", None)
    text = to_text(data) if data.isascii() or len(data) >= 12 else _few_words(data)
    if text is None:
        text = utf16_text(data)
    if text is not None and len(text) >= 4 and all(char.isprintable() or char in "\t\r\n" for char in text[:4000]):
        if len(text) < 12 and not all(char.isalnum() or char in " @.+_-:/,'" for char in text):
            return False
        walk.text(inner, text)
        return certain and len(text) >= 16
    if len(data) >= 12:
        return msgpack.read(walk, inner, data, False) or protobuf.read(walk, inner, data, False)
    return False


def _few_words(data: bytes) -> str | None:
    """A short text with letters beyond ASCII, such as a name; anything but letters there is chance."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if all(char.isalpha() or char in " .'-" for char in text) else None


def _read_lzstring(walk: Walk, at: Place, value: str, from_alphabet: Callable[[str, int], str | None]) -> bool:
    text = from_alphabet(value, lzstring.MAX_TEXT)
    if text is not None and len(text) == lzstring.MAX_TEXT:
        walk.note("cut", "Compressed data that opens to more than fits was read in part.")
    if text is None or len(text) < 4 or (len(text) < len(value) // 4 and len(value) > 64):
        return False
    # Any eight letters open to something; a text that somebody packed can be printed.
    if "\ufffd" in text or not all(char.isprintable() or char in "\t\r\n" for char in text[:400]):
        return False
    if len(value) < 24 and not text.isascii():
        return False
    walk.text(at.inside("lzstring"), text)
    return True
