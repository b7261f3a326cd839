"""Writes what is said of a build as Markdown, short enough for a comment on a pull request."""

import re
from collections.abc import Iterator, Sequence

from analyzer.report.judged import CLEAN, FOUND, Item, Judged
from analyzer.report.visible import visible

ROWS = 40
"""Rows of one table; a comment may hold 65,536 characters."""
CELL = 500
NAME = 200
_HEADINGS = {FOUND: "The build was stopped", CLEAN: "Nothing that stops the build"}
_STARTS = re.compile(r"[@#!$%&~:](?=\S)|(?<=www)(?=\.)|(?<=gh)-", re.I)
"""What begins a mention, a reference or an emoji on a code host, and where an address would go on."""
_PARTED = "\u200b"
_ESCAPES = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]|~$"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", _PARTED: "&#8203;"}
)

type Row = tuple[str, ...]


def render_markdown(judged: Judged) -> bytes:
    """The Markdown as UTF-8. Captured text can add no markup, link, mention or reference to it."""
    return ("\n".join(_lines(judged)) + "\n").encode()


def _lines(judged: Judged) -> Iterator[str]:
    yield f"### apptells: {_HEADINGS.get(judged.exit_code, 'Not enough was seen to say')}"
    yield ""
    app = " ".join(plain(part, NAME) for part in (judged.app, judged.version) if part)
    yield f"{plain(judged.summary)}{f' App: {app}.' if app else ''}"
    stopping = judged.of("fails")
    yield from _table("New or worsened", ("severity", "to", "data", "what", "request"), _changed(stopping))
    for heading, family in (("Indicated", "rule"), ("Not declared", "declared")):
        yield from _table(heading, ("severity", "what was seen", "request"), _messages(stopping, family))
    missing = judged.of("not seen")
    if missing:
        yield from ("", "**What could not be seen**", "")
        yield from (f"- {item.severity}: {plain(item.message, CELL)}" for item in missing[:ROWS])
    for heading, items in (
        ("Worth a look, but nothing that stops the build", judged.of("warns")),
        ("Could not be judged", judged.of("unknown")),
        ("Set aside", judged.of("waived")),
    ):
        yield from _details(heading, items)
    yield from _captures(judged)


def _changed(items: Sequence[Item]) -> list[Row]:
    """A row for what differs in the data type only."""
    alike: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        if item.family == "baseline":
            alike.setdefault((item.severity, item.recipient or "", item.told), []).append(item)
    return [
        (
            severity,
            recipient,
            "; ".join(dict.fromkeys(label for item in found for label in item.labels)),
            told,
            _where(found),
        )
        for (severity, recipient, told), found in alike.items()
    ]


def _messages(items: Sequence[Item], family: str) -> list[Row]:
    return [(item.severity, item.message, _where([item])) for item in items if item.family == family]


def _table(heading: str, columns: Row, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield from ("", f"**{heading}**", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}")
    for row in rows[:ROWS]:
        yield f"| {' | '.join(plain(cell, CELL) for cell in row)} |"
    if len(rows) > ROWS:
        yield f"| {len(rows) - ROWS:,} more |{' |' * (len(columns) - 1)}"


def _details(heading: str, items: Sequence[Item]) -> Iterator[str]:
    if not items:
        return
    yield from ("", f"<details><summary>{heading} ({len(items):,})</summary>", "")
    for item in items[:ROWS]:
        aside = f" Set aside: {item.waived}" if item.waived else f" ({item.why_not})" if item.why_not else ""
        yield f"- {item.severity}: {plain(item.message + aside, CELL)}"
    if len(items) > ROWS:
        yield f"- {len(items) - ROWS:,} more"
    yield from ("", "</details>")


def _captures(judged: Judged) -> Iterator[str]:
    yield from ("", f"<details><summary>What was read ({len(judged.files):,})</summary>", "")
    yield from (
        "| capture | exchanges | connections not read | bodies not decoded | SHA-256 |",
        "|---|--:|--:|--:|---|",
    )
    for file in judged.files[:ROWS]:
        counts = f"{file.exchanges:,} | {file.unread:,} | {file.undecoded:,}"
        yield f"| {plain(file.name, NAME)} | {counts} | `{file.sha256[:12]}` |"
    yield from ("", f"Indications fail the build from {judged.fail_on} on. An indication is what traffic shows; it is")
    yield from ("not a judgement of law, and what is stored is not seen.", "", "</details>")


def _where(items: Sequence[Item]) -> str:
    """The first request: its number, and the line where the file has lines."""
    places = [place for item in items for place in item.places if place.exchange is not None]
    if not places:
        return ""
    first = min(places, key=lambda place: (place.file, place.exchange or 0))
    more = len({(place.file, place.exchange) for place in places}) - 1
    return f"{first.exchange}{f', line {first.line}' if first.line else ''}{f' and {more:,} more' if more else ''}"


def plain(text: str, limit: int | None = None) -> str:
    """Text that shows as itself within a line or a table's cell, on GitHub, GitLab and in plain Markdown.

    Markup is escaped, and what would begin a mention or a link is parted from what follows by a zero-width space:
    code hosts look for those after the escapes are gone.
    """
    return _STARTS.sub(rf"\g<0>{_PARTED}", visible(text, limit)).translate(_ESCAPES)
