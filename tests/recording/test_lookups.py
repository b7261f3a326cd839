"""Names that are asked for, answered or not."""

import pytest
from mitmproxy.test import tflow

from analyzer.capture.record import Lookup, Record
from analyzer.recording.lookups import UNANSWERED, Lookups

ASKED = 946681200.0
"""When mitmproxy's test query was sent."""


@pytest.fixture
def recorded() -> list[Record]:
    return []


@pytest.fixture
def lookups(recorded: list[Record]) -> Lookups:
    return Lookups(recorded.append, lambda: len(recorded))


def told(recorded: list[Record]) -> list[tuple[int, str, bool, tuple[str, ...]]]:
    return [(one.index, one.name, one.answered, one.addresses) for one in recorded if isinstance(one, Lookup)]


def test_an_answer_is_written_when_it_comes(lookups: Lookups, recorded: list[Record]) -> None:
    flow = tflow.tdnsflow(resp=True)
    lookups.asked(flow)
    assert not recorded
    lookups.ended(flow)
    lookups.sweep(ASKED + 100)
    assert told(recorded) == [(0, "dns.google", True, ("8.8.8.8", "8.8.4.4"))]


def test_a_query_that_nobody_answers_is_written_once(lookups: Lookups, recorded: list[Record]) -> None:
    flow = tflow.tdnsflow()
    lookups.asked(flow)
    lookups.sweep(ASKED + UNANSWERED / 2)
    assert not recorded
    lookups.sweep(ASKED + UNANSWERED + 1)
    lookups.sweep(float("inf"))
    assert told(recorded) == [(0, "dns.google", False, ())]


def test_an_answer_that_comes_late_is_written_too(lookups: Lookups, recorded: list[Record]) -> None:
    flow = tflow.tdnsflow()
    lookups.asked(flow)
    lookups.sweep(float("inf"))
    flow.response = tflow.tdnsflow(resp=True).response
    lookups.ended(flow)
    assert [answered for _, _, answered, _ in told(recorded)] == [False, True]
