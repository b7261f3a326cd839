"""The lines that tell, while a capture is being made, what is found in it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from analyzer.live.events import Event, Seen, Sent, Trouble, Unreadable
from analyzer.report.visible import visible
from analyzer.taxonomy import within_sentence

TEXT_LIMIT = 120
"""Characters of one captured text that a line shows."""

Kind = Literal["found", "aside", "trouble"]
"""Of a line: a new transmission, what else may be of interest, what the user must know."""


def lines(event: Event) -> Iterator[tuple[Kind, str]]:
    """What there is to say of an event, safe to write to a terminal."""
    match event:
        case Seen():
            for sent in event.new:
                if sent.telling:
                    yield "found", line(sent)
        case Unreadable():
            yield "aside", f"could not see: {visible(event.host)} ({visible(event.kind)})"
        case Trouble():
            yield "trouble", visible(event.message)


def line(sent: Sent, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """`email → in.wzrkt.com · CleverTap, US · server Mumbai · before consent`, safe to write to a terminal.

    `names` gives words for country codes; a code that it lacks is shown itself. A transform is said where it is not
    plain (`email (as sha256)`); what is not known of a host of the app's own is left out.
    """
    what = within_sentence(sent.label)
    if sent.transform != "plain":
        what += f" (as {sent.transform.partition('(')[0]})"
    parts = [f"{_shown(what)} → {_shown(sent.host)}", _recipient(sent, names), f"server {_shown(sent.server)}"]
    if sent.phase is not None:
        parts.append(_shown(sent.phase.replace("-", " ")))
    return " · ".join(parts)


def _recipient(sent: Sent, names: Mapping[str, str]) -> str:
    if sent.owner is None:
        return "first party" if sent.party == "first" else "owner not known"
    seat = f", {names.get(sent.seat, sent.seat)}" if sent.seat else ""
    return _shown(sent.owner + seat)


def _shown(text: str) -> str:
    return visible(text, TEXT_LIMIT)
