"""JUnit is valid against the schema of Jenkins' plugin, whatever was captured, and counts what it lists."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from analyzer.report.judged import Judged
from analyzer.report.junit import LINES, render_junit
from tests.report.judging import ALL, ASIDE, FEW, LOW, NEW, OPEN, hostile, item, judged
from tests.report.schemas import junit_schema


def tree(said: Judged) -> ET.Element:
    root = ET.fromstring(render_junit(said))
    junit_schema().validate(root)
    for suite in root:
        counts = {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}
        assert {name: suite.get(name) for name in counts} == {
            name: str(len(suite.findall(path))) for name, path in counts.items()
        }
    return root


def outcomes(said: Judged) -> dict[str, str]:
    """The name of each case, and the tag of what it holds."""
    return {
        f"{case.get('name')}": " ".join(part.tag for part in case) or "passes" for case in tree(said).iter("testcase")
    }


def test_each_rule_and_recipient_is_a_case() -> None:
    assert outcomes(judged(*ALL)) == {
        "clear-text: Rule clear-text": "failure",
        "sync: Rule sync": "system-out",
        "before-consent: Rule before-consent": "skipped",
        "quiet: Rule quiet": "passes",
        "Nothing new to Ads Ltd": "failure",
        "Nothing new to Shop": "passes",
        "too-few-exchanges: Rule too-few-exchanges": "failure",
    }


def test_the_schema_would_refuse_what_is_wrong() -> None:
    root = ET.fromstring(render_junit(judged(*ALL)))
    del root[0].attrib["tests"]
    assert not junit_schema().is_valid(root)


@settings(max_examples=40)
@given(hostile)
def test_captured_text_cannot_make_it_invalid(said: Judged) -> None:
    tree(said)


def test_without_a_baseline_there_is_no_suite_for_it() -> None:
    names = [suite.get("name") for suite in tree(judged(item(), compared=None))]
    assert names == ["apptells.rules", "apptells.coverage"]


def test_a_failure_says_what_and_where() -> None:
    failure = tree(judged(item())).find(".//failure")
    assert failure is not None
    assert failure.get("message") == item().message
    assert failure.get("type") == "high"
    assert "(runs/shop.har:120, request 7)" in (failure.text or "")


def test_what_is_set_aside_is_skipped_with_the_reason() -> None:
    skipped = tree(judged(ASIDE)).find(".//skipped")
    assert skipped is not None
    assert "Set aside: Agreed (by A. Person, until 2027-01-01)" in skipped.get("message", "")


@pytest.mark.parametrize(
    ("items", "expected"),
    [((LOW,), "system-out"), ((OPEN,), "skipped"), ((NEW, LOW), "failure system-out"), ((FEW,), "failure")],
)
def test_a_case_by_its_gravest_item(items: Any, expected: str) -> None:
    same = [item("one", state=each.state, why_not=each.why_not) for each in items]
    assert outcomes(judged(*same, compared=None))["one: Rule one"] == expected


def test_many_items_are_counted() -> None:
    many = [item(recipient=f"Tracker {number}") for number in range(LINES + 5)]
    failure = tree(judged(*many)).find(".//failure")
    assert failure is not None
    assert (failure.text or "").endswith("\nand 5 more")
    assert failure.get("message", "").endswith(f"(and {LINES + 4} more)")
