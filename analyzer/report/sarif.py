"""Writes what is said of a build as SARIF 2.1, which code hosts show beside the lines of the capture.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS Standard with errata 01.
"""

import re
from typing import Any
from urllib.parse import quote

from analyzer.model import Severity
from analyzer.report.json import encoded
from analyzer.report.judged import FOUND, NOT_SEEN, File, Item, Judged, JudgedRule, Place
from analyzer.report.visible import visible

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[Severity, str] = {
    "critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"
}  # fmt: skip
RESULTS = 5_000
"""The gravest so many are listed: GitHub shows no more of a run."""
_MEANINGS = {FOUND: "something is new, or indicated", NOT_SEEN: "not enough was seen to say"}
_SPECIAL = re.compile(r"[\[\]\\{}]")
_ESCAPES = {"{": "{{", "}": "}}"}


def render_sarif(judged: Judged) -> bytes:
    """The SARIF log as UTF-8 JSON: one run, its artifacts the captures; locations have lines where the file has any.

    Waived indications are suppressed results; what could not be judged is of kind `open`. What was not seen is a
    notification of the invocation and no result, for it is no statement about the app.
    """
    positions = {rule.id: position for position, rule in enumerate(judged.rules)}
    files = {file.name: position for position, file in enumerate(judged.files)}
    results = [item for item in judged.items if item.state != "not seen"]
    name, _, version = judged.tool.partition(" ")
    run = {
        "tool": {"driver": {"name": name, **_given(version=version), "rules": list(map(_rule, judged.rules))}},
        "invocations": [_invocation(judged, files)],
        "artifacts": list(map(_artifact, judged.files)),
        "results": [_result(item, positions, files) for item in results[:RESULTS]],
        "columnKind": "unicodeCodePoints",
    }
    return encoded({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}) + b"\n"


def _rule(rule: JudgedRule) -> dict[str, Any]:
    references = "".join(f"\n- {visible(reference)}" for reference in rule.references)
    return {
        "id": rule.id,
        "shortDescription": _message(rule.title),
        **_given(fullDescription=_message(rule.description) if rule.description else None),
        **_given(help={"text": f"References:{references}"} if references else None),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["privacy", rule.family], "severity": rule.severity},
    }


def _invocation(judged: Judged, files: dict[str, int]) -> dict[str, Any]:
    notifications = [
        {
            "level": "error",
            "message": _message(item.message),
            "descriptor": {"id": item.rule},
            "locations": _locations(item, files),
        }
        for item in judged.of("not seen")
    ]
    return {
        # A run that saw too little must not read as one that found nothing.
        "executionSuccessful": judged.exit_code != NOT_SEEN,
        "exitCode": judged.exit_code,
        "exitCodeDescription": _MEANINGS.get(judged.exit_code, "nothing that fails the build"),
        "toolExecutionNotifications": notifications,
    }


def _artifact(file: File) -> dict[str, Any]:
    return {
        "location": {"uri": _uri(file.name)},
        "length": file.bytes,
        "hashes": {"sha-256": file.sha256},
        "roles": ["analysisTarget"],
    }


def _result(item: Item, positions: dict[str, int], files: dict[str, int]) -> dict[str, Any]:
    is_open = item.state == "unknown"
    level = "none" if is_open else LEVELS[item.severity] if item.state != "warns" else _at_most_warning(item.severity)
    locations = _locations(item, files)
    suppressions = (
        [{"kind": "external", "status": "accepted", "justification": visible(item.waived)}] if item.waived else None
    )
    return {
        "ruleId": item.rule,
        "ruleIndex": positions[item.rule],
        "kind": "open" if is_open else "fail",
        "level": level,
        "message": _message(" ".join(filter(None, (item.message, item.cannot_show)))),
        # The other requests are examples of the same thing, not places that all have to change.
        **_given(locations=locations[:1], relatedLocations=locations[1:], suppressions=suppressions),
        "partialFingerprints": {"apptells/v1": item.fingerprint},
        "properties": {"severity": item.severity, "state": item.state, "family": item.family}
        | _given(recipient=visible(item.recipient or ""), dataTypes=list(map(visible, item.labels))),
    }


def _at_most_warning(severity: Severity) -> str:
    return "warning" if LEVELS[severity] == "error" else LEVELS[severity]


def _locations(item: Item, files: dict[str, int]) -> list[dict[str, Any]]:
    """Each once, as the schema asks: places may differ in what SARIF does not tell."""
    found: list[dict[str, Any]] = []
    for place in item.places:
        location = _location(place, files)
        if location not in found:
            found.append(location)
    return found


def _location(place: Place, files: dict[str, int]) -> dict[str, Any]:
    region = _given(startLine=place.line, endLine=place.last_line)
    if place.offset is not None and place.length is not None:
        region |= {"byteOffset": place.offset, "byteLength": place.length}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file), **_given(index=files.get(place.file))}}
    if region:
        physical["region"] = region
    message = {"message": {"text": f"Request {place.exchange}"}} if place.exchange is not None else {}
    return {"physicalLocation": physical, **message}


def _uri(name: str) -> str:
    """A relative reference; a colon in its first part would read as a scheme."""
    return quote(name.encode("utf-8", "replace"), safe="/")


def _message(text: str) -> dict[str, str]:
    """Plain text: brackets and braces, which would be links and placeholders (3.11.5, 3.11.6), are escaped."""
    return {"text": _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], f"\\{found[0]}"), visible(text))}


def _given(**members: Any) -> dict[str, Any]:
    """The members that hold something."""
    return {name: value for name, value in members.items() if value not in (None, "", [])}
