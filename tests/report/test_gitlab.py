"""GitLab's code quality: the members that it asks for, each once."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from analyzer.report.gitlab import render_gitlab
from analyzer.report.judged import Judged, Place
from tests.report.judging import ALL, ASIDE, FEW, OPEN, hostile, item, judged


def issues(said: Judged) -> Any:
    return json.loads(render_gitlab(said))


def test_an_issue() -> None:
    made = item()
    assert issues(judged(made)) == [
        {
            "description": made.message,
            "check_name": "clear-text",
            "fingerprint": made.fingerprint,
            "severity": "critical",
            "location": {"path": "runs/shop.har", "lines": {"begin": 120, "end": 140}},
        }
    ]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("critical", "blocker"), ("high", "critical"), ("medium", "major"), ("low", "minor"), ("info", "info")],
)
def test_severities(severity: str, expected: str) -> None:
    assert issues(judged(item(severity=severity)))[0]["severity"] == expected


def test_what_is_set_aside_or_open_is_left_out() -> None:
    assert issues(judged(ASIDE, OPEN)) == []
    assert len(issues(judged(*ALL))) == len(ALL) - 2


def test_without_a_line_it_is_the_first() -> None:
    flow = item(places=(Place(file="shop.flow", exchange=7),))
    assert issues(judged(flow))[0]["location"] == {"path": "shop.flow", "lines": {"begin": 1}}
    assert issues(judged(FEW))[0]["location"] == {"path": "runs/shop.har", "lines": {"begin": 1}}


@settings(max_examples=40)
@given(hostile)
def test_captured_text_stays_text(said: Judged) -> None:
    for issue in issues(said):
        assert issue["description"].isprintable()
        assert issue["location"]["lines"]["begin"] >= 1
