"""Writes what is said of a build as GitLab code quality, which a merge request shows.

Source: GitLab documentation, "Code Quality", section on the report format.
"""

from typing import Any

from analyzer.model import Severity
from analyzer.report.json import encoded
from analyzer.report.judged import Item, Judged, State
from analyzer.report.visible import visible

SEVERITIES: dict[Severity, str] = {
    "info": "info", "low": "minor", "medium": "major", "high": "critical", "critical": "blocker"
}  # fmt: skip
SHOWN: tuple[State, ...] = ("fails", "not seen", "warns")
"""The format cannot say that something is set aside or undecided, so neither is in it."""


def render_gitlab(judged: Judged) -> bytes:
    """A JSON list with one object for each item; the line is that of the first request, 1 where there is none."""
    return encoded([_issue(item, judged) for item in judged.items if item.state in SHOWN]) + b"\n"


def _issue(item: Item, judged: Judged) -> dict[str, Any]:
    place = item.places[0] if item.places else None
    lines = {"begin": place.line if place and place.line else 1}
    if place and place.last_line:
        lines["end"] = place.last_line
    return {
        "description": visible(item.message),
        "check_name": item.rule,
        "fingerprint": item.fingerprint,
        "severity": SEVERITIES[item.severity],
        "location": {"path": visible(place.file if place else judged.files[0].name), "lines": lines},
    }
