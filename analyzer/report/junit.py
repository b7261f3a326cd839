"""Writes what is said of a build as JUnit XML, which every CI server shows as tests.

There is no standard; the form is that of the schema of Jenkins' xUnit plugin, `junit-10.xsd`.
"""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from analyzer.report.judged import Family, Item, Judged, State
from analyzer.report.text import where
from analyzer.report.visible import visible

FAILING: tuple[State, ...] = ("fails", "not seen")
LINES = 50
"""Items that one test case lists; the others are counted."""

type Case = tuple[str, Sequence[Item]]
"""Its name, and what is said of it."""


def render_junit(judged: Judged) -> bytes:
    """The XML as UTF-8: suites for rules, baseline, what is declared, and coverage, a case for each rule or recipient.

    A case fails where the build does, and where not enough was seen; it is skipped where the rule could not judge or
    all that it indicated was set aside. What only warns is told in `system-out`.
    """
    suites = [("rules", _by_rule(judged, "rule"))]
    if judged.compared is not None:
        suites.append(("baseline", _by_recipient(judged, judged.compared)))
    if any(rule.family == "declared" for rule in judged.rules):
        suites.append(("declared", _by_rule(judged, "declared")))
    suites.append(("coverage", _by_rule(judged, "coverage")))
    root = ET.Element("testsuites", name=judged.tool)
    for name, cases in suites:
        _add_suite(root, f"apptells.{name}", cases)
    totals = {count: sum(int(suite.get(count, "0")) for suite in root) for count in ("tests", "failures", "errors")}
    root.attrib.update({count: str(number) for count, number in totals.items()})
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _by_rule(judged: Judged, family: Family) -> list[Case]:
    rules = [rule for rule in judged.rules if rule.family == family]
    return [(f"{rule.id}: {rule.title}", [item for item in judged.items if item.rule == rule.id]) for rule in rules]


def _by_recipient(judged: Judged, recipients: Iterable[str]) -> list[Case]:
    about: dict[str | None, list[Item]] = {}
    for item in judged.items:
        if item.family == "baseline":
            about.setdefault(item.recipient, []).append(item)
    return [(f"Nothing new to {name}", about.get(name, [])) for name in recipients]


def _add_suite(root: ET.Element, name: str, cases: Sequence[Case]) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    failures = skipped = 0
    for title, items in cases:
        case = ET.SubElement(suite, "testcase", classname=name, name=visible(title))
        grave = [item for item in items if item.state in FAILING]
        rest = [item for item in items if item.state not in FAILING]
        if grave:
            failures += 1
            _add(case, "failure", grave).set("type", grave[0].severity)
        if rest and not grave and all(item.state != "warns" for item in rest):
            skipped += 1
            _add(case, "skipped", rest)
        elif rest:
            ET.SubElement(case, "system-out").text = _text(rest)
    counts = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}
    suite.attrib.update({count: str(number) for count, number in counts.items()})


def _add(case: ET.Element, tag: str, items: Sequence[Item]) -> ET.Element:
    more = f" (and {len(items) - 1:,} more)" if len(items) > 1 else ""
    element = ET.SubElement(case, tag, message=visible(_message(items[0])) + more)
    element.text = _text(items)
    return element


def _text(items: Sequence[Item]) -> str:
    lines = [visible(f"[{item.state}, {item.severity}] {_message(item)}{_where(item)}") for item in items[:LINES]]
    if len(items) > LINES:
        lines.append(f"and {len(items) - LINES:,} more")
    return "\n".join(lines)


def _where(item: Item) -> str:
    return f" ({where(item.places[0])})" if item.places else ""


def _message(item: Item) -> str:
    aside = f" Set aside: {item.waived}" if item.waived else f" ({item.why_not})" if item.why_not else ""
    return item.message + aside
