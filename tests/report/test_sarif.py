"""SARIF is valid against the schema of OASIS, whatever was captured, and says where to look."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from analyzer.report.judged import Judged, Place
from analyzer.report.sarif import render_sarif
from tests.report.judging import ALL, ASIDE, AT, FEW, LOW, NEW, OPEN, hostile, item, judged
from tests.report.schemas import sarif_schema


def run_of(said: Judged) -> Any:
    log = json.loads(render_sarif(said))
    assert [error.message for error in sarif_schema().iter_errors(log)] == []
    assert log["version"] == "2.1.0"
    return log["runs"][0]


def test_all_that_can_be_said_is_valid() -> None:
    run = run_of(judged(*ALL))
    assert [result["ruleId"] for result in run["results"]] == [each.rule for each in ALL if each is not FEW]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_schema_would_refuse_what_is_wrong() -> None:
    log = json.loads(render_sarif(judged(*ALL)))
    log["runs"][0]["results"][0]["level"] = "severe"
    assert not sarif_schema().is_valid(log)


@settings(max_examples=40)
@given(hostile)
def test_captured_text_cannot_make_it_invalid(said: Judged) -> None:
    run_of(said)


def test_a_result_is_at_its_line() -> None:
    (result,) = run_of(judged(item()))["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "runs/shop.har", "index": 0},
                "region": {"startLine": 120, "endLine": 140, "byteOffset": 4096, "byteLength": 900},
            },
            "message": {"text": "Request 7"},
        }
    ]


def test_a_file_without_lines_has_no_region() -> None:
    (result,) = run_of(judged(item(places=(Place(file="runs/shop.har", exchange=7),))))["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


def test_other_requests_are_related_each_once() -> None:
    more = Place(file="runs/shop.har", exchange=9, line=300)
    (result,) = run_of(judged(item(places=(AT, more, AT, more))))["results"]
    assert len(result["locations"]) == 1
    assert [one["message"]["text"] for one in result["relatedLocations"]] == ["Request 9"]


def test_places_that_read_alike_are_one() -> None:
    alike = [Place(file="runs/shop.har", exchange=7, offset=offset) for offset in (1, 2)]
    (result,) = run_of(judged(item(places=(AT, *alike))))["results"]
    assert len(result["relatedLocations"]) == 1


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note"), ("info", "note")],
)
def test_levels(severity: str, level: str) -> None:
    (result,) = run_of(judged(item(severity=severity)))["results"]
    assert (result["kind"], result["level"]) == ("fail", level)


def test_what_only_warns_is_no_error() -> None:
    (result,) = run_of(judged(item(state="warns", why_not="seen in some of the runs only")))["results"]
    assert result["level"] == "warning"


def test_what_is_set_aside_is_suppressed_with_the_reason() -> None:
    first, second = run_of(judged(item(), ASIDE))["results"]
    assert "suppressions" not in first
    assert second["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "Agreed (by A. Person, until 2027-01-01)"}
    ]


def test_what_could_not_be_judged_is_open() -> None:
    (result,) = run_of(judged(OPEN))["results"]
    assert (result["kind"], result["level"]) == ("open", "none")


def test_too_little_seen_does_not_read_as_nothing_found() -> None:
    run = run_of(judged(FEW))
    (invocation,) = run["invocations"]
    assert run["results"] == []
    assert invocation["exitCode"] == 3
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == FEW.message


@pytest.mark.parametrize(("said", "code"), [(judged(), 0), (judged(LOW), 0), (judged(NEW, FEW), 1)])
def test_a_judged_build_is_a_successful_run(said: Judged, code: int) -> None:
    (invocation,) = run_of(said)["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (code, True)


def test_the_fingerprint_stays_when_the_request_moves() -> None:
    moved = item(places=(Place(file="runs/shop.har", exchange=9, line=3),))
    one, other = run_of(judged(item(), moved))["results"]
    assert one["partialFingerprints"] == other["partialFingerprints"]


def test_captured_text_is_no_link_and_no_placeholder() -> None:
    (result,) = run_of(judged(item(message="[here](https://tracker.example) {0} \\")))["results"]
    assert result["message"]["text"] == "\\[here\\](https://tracker.example) {{0}} \\\\"
