"""Kinds of services that no adapter describes: how much of what their requests hold is recognised without seeds."""

from collections.abc import Iterator

import pytest

from analyzer.decode.exchange import Decoder
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Finding
from analyzer.pipeline import Detection
from fixtures.kinds.requests import REQUESTS, WORDS, Request
from tests.accuracy.labels import JUDGED

DETECTION = Detection(Knowledge(), None)
KINDS = sorted({request.kind for request in REQUESTS})
RECALL, PRECISION = 0.95, 0.98
"""The least that every kind has to reach."""
PARTS = frozenset(("person.name.given", "person.name.family"))


def of_kind(kind: str) -> Iterator[tuple[Request, set[str], list[Finding]]]:
    """The requests of a kind, the data types that each holds, and what is found in it."""
    for index, request in enumerate(REQUESTS):
        if request.kind == kind:
            exchange = Exchange(
                index=index,
                url=f"https://service-{index}.example{request.path}?{request.query}",
                method="POST" if request.body else "GET",
                headers=request.headers,
                body=request.body,
            )
            holds = {WORDS[word] for word in request.holds.split()}
            yield request, holds, DETECTION.find(exchange, Decoder().decode(exchange))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "clean"])
def test_what_a_kind_of_service_sends_is_recognised(kind: str) -> None:
    expected = judged = 0
    missed: list[tuple[str, str]] = []
    false: list[tuple[str, str, str]] = []
    for request, holds, findings in of_kind(kind):
        found = {one.data_type for one in findings}
        # A full name holds its parts.
        named = holds | PARTS if "person.name.full" in holds else holds
        expected += len(holds)
        missed += [(request.name, one) for one in sorted(holds - found)]
        claims = [one for one in findings if one.data_type in JUDGED]
        judged += len(claims)
        false += [(request.name, one.data_type, one.value) for one in claims if one.data_type not in named]
    assert expected >= 4
    assert len(missed) <= (1 - RECALL) * expected, missed
    assert len(false) <= (1 - PRECISION) * judged, false


def test_nothing_of_a_person_is_found_above_level_key_where_there_is_none() -> None:
    cases = list(of_kind("clean"))
    assert len(cases) >= 8
    found = [(request.name, one.data_type, one.value) for request, _, findings in cases for one in findings
             if one.evidence != "key"]  # fmt: skip
    assert found == []


def test_the_requests_are_of_many_kinds() -> None:
    assert len(KINDS) >= 12
    assert len(REQUESTS) >= 60
    used = {word for request in REQUESTS for word in request.holds.split()}
    assert used <= set(WORDS)
    assert len(used) >= 30
