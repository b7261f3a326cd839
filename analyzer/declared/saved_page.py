"""Takes a saved web page apart in one pass, in time that grows with its length: its texts by line, and its scripts."""

import html
import re
from collections.abc import Iterator

from msgspec import Struct

_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
MAX_PIECES = 300_000
"""A page that falls into more is read as far as that; real ones hold some ten thousand."""
_RAW = frozenset("script style textarea title template noscript svg".split())
"""Elements whose content is no text of the page."""
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code em font i ins kbd mark q s small span strong sub sup u wbr".split()
)
"""All other elements begin a new paragraph."""


class Piece(Struct, frozen=True):
    """A stretch of a page: text, a script, or (both empty) the end of a paragraph."""

    line: int
    """1-based line in which it begins."""
    text: str = ""
    script: str = ""


def pieces(page: str) -> Iterator[Piece]:
    """The texts, scripts and paragraph ends of a page, in order."""
    lower = _same_length_lower(page)
    at, line = 0, 1
    for _ in range(MAX_PIECES):
        if at >= len(page):
            return
        match = _MARKUP.search(page, at)
        tag = match.start() if match else len(page)
        if tag > at:
            yield Piece(line, text=html.unescape(page[at:tag]))
        end, made = _markup(page, lower, tag, line + page.count("\n", at, tag))
        if made is not None:
            yield made
        line, at = line + page.count("\n", at, end), end


def _markup(page: str, lower: str, at: int, line: int) -> tuple[int, Piece | None]:
    """Where the markup that begins at a position ends, and what it is."""
    if at >= len(page):
        return at, None
    if page.startswith("<!--", at):
        return _after(page, "-->", at + 4), None
    match = _TAG.match(page, at)
    if match is None:
        return _after(page, ">", at), None
    name, end = match[1].lower(), _after(page, ">", match.end())
    if name in _RAW and page[at + 1] != "/" and not page.endswith("/>", at, end):
        close = lower.find(f"</{name}", end)
        close = len(page) if close < 0 else close
        return close, Piece(line + page.count("\n", at, end), script=page[end:close] if name == "script" else "")
    return end, None if name in _INLINE else Piece(line)


def _after(page: str, what: str, at: int) -> int:
    found = page.find(what, at)
    return len(page) if found < 0 else found + len(what)


def _same_length_lower(text: str) -> str:
    """In lower case where that keeps every character's position; element names are ASCII anyway."""
    lower = text.lower()
    return lower if len(lower) == len(text) else re.sub("[A-Z]+", lambda match: match[0].lower(), text)
