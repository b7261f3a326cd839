"""Says what is said of a build in plain lines, for a terminal and the log of a CI server."""

from collections.abc import Iterator

from analyzer.report.judged import Item, Judged, Place, State
from analyzer.report.visible import visible

TEXT = 1000
LISTED = 50
"""Items of one state; the others are counted."""
_HEADINGS: dict[State, str] = {
    "fails": "Fails the build",
    "not seen": "Not seen",
    "warns": "Worth a look",
    "unknown": "Could not be judged",
    "waived": "Set aside",
}


def render_text(judged: Judged) -> bytes:
    """The lines as UTF-8; captured text cannot style a terminal or command it."""
    return "".join(f"{line}\n" for line in _lines(judged)).encode()


def _lines(judged: Judged) -> Iterator[str]:
    for state, heading in _HEADINGS.items():
        items = judged.of(state)
        if not items:
            continue
        yield f"{heading}:"
        for item in items[:LISTED]:
            yield from _said(item)
        if len(items) > LISTED:
            yield f"  and {len(items) - LISTED:,} more"
        yield ""
    yield f"{judged.summary} Exit code {judged.exit_code}."


def _said(item: Item) -> Iterator[str]:
    yield f"  {item.severity:<8} {visible(item.rule)}: {visible(item.message, TEXT)}"
    if item.cannot_show and item.state == "fails":
        yield f"           Not shown by traffic: {visible(item.cannot_show, TEXT)}"
    if item.waived or item.why_not:
        yield f"           {visible(item.waived or item.why_not, TEXT)}"
    if item.places and item.places[0].exchange is not None:
        more = f" and {len(item.places) - 1} more" if len(item.places) > 1 else ""
        yield f"           {visible(where(item.places[0]))}{more}"


def where(place: Place) -> str:
    """`runs/shop.har:120, request 7`."""
    line = f":{place.line}" if place.line else ""
    request = f", request {place.exchange}" if place.exchange is not None else ""
    return f"{place.file}{line}{request}"
