"""Reads a privacy policy as passages with their lines, and finds its date."""

import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice

from analyzer.declared.saved_page import Piece
from analyzer.declared.statement import Passage, Statement
from analyzer.reported import Declaration

KIND = "privacy policy"
MAX_TEXT = 2 << 20
MAX_PASSAGES = 5_000
MAX_PASSAGE = 1_200
"""Characters; a longer sentence is cut into passages of this length."""
_END = re.compile(r"[.!?;][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9•])")
_ITEM = re.compile(r"\s*(?:[-*•–·]|\(?[0-9a-z]{1,3}[.)])\s")
_ABOUT_PRIVACY = re.compile(
    r"\b(?:privacy|personal (?:data|information)|your (?:data|information)|collect(?:s|ed)?)\b", re.I
)
_DATED = re.compile(r"\b(?:updated|effective|revised|modified|dated|as of|version)\b", re.I)
_MONTHS = "january february march april may june july august september october november december".split()
_DAY = re.compile(
    r"\b(?:(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    r"|(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m1>[A-Za-z]{3,9})\.?,?\s+(?P<y1>(?:19|20)\d\d)"
    r"|(?P<m2>[A-Za-z]{3,9})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d))\b"
)
_HEADING, _NUMBERED_HEADING = 40, 70
"""Characters of a heading at most."""
_LINES = 2_000
"""Lines, or stretches of a page's text, of one paragraph at most."""
_DATE_WITHIN = 400
"""Passages in which a date may stand: at the start."""


def read_text(text: str, source: str, sha256: str) -> Statement | None:
    """A policy as text; None where the text does not speak of data, or is longer than any policy."""
    if len(text) > MAX_TEXT:
        return None
    return _statement(_text_paragraphs(text), source, sha256)


def read_page(page: Iterable[Piece], source: str, sha256: str) -> Statement | None:
    """A policy as a saved web page; None where its text does not speak of data."""
    return _statement(_page_paragraphs(page), source, sha256)


def _statement(paragraphs: Iterable[list[tuple[int, str]]], source: str, sha256: str) -> Statement | None:
    passages: list[Passage] = []
    for paragraph in paragraphs:
        passages += islice(sentences(paragraph), MAX_PASSAGES + 1 - len(passages))
        if len(passages) > MAX_PASSAGES:
            break
    more = len(passages) > MAX_PASSAGES
    passages = passages[:MAX_PASSAGES]
    if not any(_ABOUT_PRIVACY.search(passage.text) for passage in passages):
        return None
    note = f"The first {MAX_PASSAGES} passages of it." if more else ""
    return Statement(
        declaration=Declaration(kind=KIND, source=source, sha256=sha256, date=_date_of(passages), note=note),
        is_complete=False,
        passages=tuple(passages),
    )


def _text_paragraphs(text: str) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines; an empty line, one that begins a list item, or the end of a heading begins another."""
    paragraph: list[tuple[int, str]] = []
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        is_headed = len(paragraph) == 1 and _is_heading(paragraph[0][1]) and line[:1].isupper()
        if paragraph and (not line.strip() or _ITEM.match(line) or is_headed or len(paragraph) >= _LINES):
            yield paragraph
            paragraph = []
        if line.strip():
            paragraph.append((number, line))
    if paragraph:
        yield paragraph


def _is_heading(line: str) -> bool:
    """Whether a line that begins a paragraph is so short that a sentence would have gone on in it."""
    line = line.strip()
    return len(line) <= (_NUMBERED_HEADING if _ITEM.match(line) else _HEADING) and not line.endswith((".", ",", ";"))


def _page_paragraphs(page: Iterable[Piece]) -> Iterator[list[tuple[int, str]]]:
    paragraph: list[tuple[int, str]] = []
    for piece in page:
        for number, line in enumerate(io.StringIO(piece.text), piece.line):
            if line != "\n":
                paragraph.append((number, line))
            if len(paragraph) >= _LINES:
                yield paragraph
                paragraph = []
        if paragraph and not piece.text and not piece.script:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def sentences(paragraph: list[tuple[int, str]]) -> Iterator[Passage]:
    """The sentences of a paragraph of numbered lines, each with the line that it begins in.

    What stands in one line stays together as it is: `<b>E</b>-mail` is one word.
    """
    parts: list[str] = []
    starts: list[int] = []
    length, before = 0, None
    for number, line in paragraph:
        if parts and number != before:
            parts.append("\n")
            length += 1
        starts.append(length)
        parts.append(line)
        length, before = length + len(line), number
    text, begin = "".join(parts), 0
    for end in chain((match.end() for match in _END.finditer(text)), (len(text),)):
        for cut in range(begin, end, MAX_PASSAGE):
            piece = text[cut : min(end, cut + MAX_PASSAGE)]
            if (words := piece.split()) and any(map(str.isalpha, piece)):
                at = cut + piece.index(words[0])
                yield Passage(paragraph[bisect_right(starts, at) - 1][0], " ".join(words))
        begin = end


def _date_of(passages: list[Passage]) -> str | None:
    """The date that the policy says it is of; the first where it names several."""
    for passage in passages[:_DATE_WITHIN]:
        if _DATED.search(passage.text):
            for match in _DAY.finditer(passage.text):
                if found := _iso(match):
                    return found
    return None


def _iso(match: re.Match[str]) -> str | None:
    """The date in words as YYYY-MM-DD; None where no calendar has it."""
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"]).isoformat()
        month = (match["m1"] or match["m2"]).lower()
        number = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(month))
        return date(int(match["y1"] or match["y2"]), number, int(match["d1"] or match["d2"])).isoformat()
    except (ValueError, StopIteration):
        return None
