"""Names and values joined by `&`: URL queries, form bodies, cookies."""

import html
import re
from urllib.parse import unquote_to_bytes

from analyzer.decode.walk import Place, Walk, may_be_a_value

_LIKE_FORM = re.compile(r"[\w.$%+~:@!*()\[\]-]{1,200}=")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
MANY = 16
_COMMON = tuple((f"%{ord(char):02X}", char) for char in '":,{}[]/ @=&+')
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def unquote(text: str, plus: bool = True) -> str:
    """Take percent-encoding off, once."""
    if plus and "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    if text.count("%") < MANY:
        return _unescape(text)
    # JSON in a parameter is full of the same few escapes; %25 must not make new ones.
    pieces = text.split("%25")
    for position, piece in enumerate(pieces):
        for escape, char in _COMMON:
            piece = piece.replace(escape, char)
        pieces[position] = _unescape(piece) if "%" in piece else piece
    return "%".join(pieces)


def _unescape(text: str) -> str:
    # JSON may hold half a surrogate pair, which has no bytes.
    return unquote_to_bytes(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def is_percent_encoded(text: str) -> bool:
    """Whether a percent sign starts an escape."""
    return _PERCENT.search(text) is not None


def looks_like_form(text: str) -> bool:
    """Whether text starts as `name=`, and is not just Base64 padding."""
    match = _LIKE_FORM.match(text)
    return match is not None and match.end() < len(text) and text[match.end()] != "="


def place_of(at: Place, name: str) -> Place:
    """The place of a parameter; `address[city]` is the member `city` of `address`."""
    if name.endswith("]") and "[" in name:
        head = name[: name.index("[")]
        members = [member for member in _BRACKET.findall(name) if member]
        keys = [member for member in members if not member.isdigit()]
        path = head + "".join(f"[{member}]" if member.isdigit() else f".{member}" for member in members)
        return at.at(path, keys[-1] if keys else head)
    return at.at(name)


def read(walk: Walk, at: Place, text: str) -> None:
    """Record every parameter. A `+` that is Base64's own is told from a space when the value is opened."""
    chain = at.chain
    if "&amp;" in text:  # a link copied out of a page
        text, chain = html.unescape(text), (*chain, "html")
    inner = Place(at.location, at.path, at.key, (*chain, "urlencoded"), at.depth)
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if not value:
            if name and len(name) >= 8:
                walk.text(inner.at("", ""), unquote(name))
            continue
        name = unquote(name)
        here = place_of(inner, name)
        plain = unquote(value)
        walk.text(here, plain)
        if may_be_a_value(name):
            walk.text(inner.at("{name}", ""), name)


def read_cookies(walk: Walk, header: str) -> None:
    """Record the cookies of a Cookie header."""
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if value:
            walk.text(Place("cookie", name, name, (), 0), value.strip('"'))
