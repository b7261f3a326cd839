"""The measuring tool itself: it asks for answers of every kind, and its figures are in the units it says."""

import pytest

from analyzer.attribute.attribution import Maker
from analyzer.knowledge import Knowledge
from tests.bench.attribution import LOOKUPS, rate, start


def test_there_is_a_look_up_of_every_kind() -> None:
    attribution = Knowledge().attribution(Maker())
    found = [attribution.destination(host, ip) for host, ip in LOOKUPS]
    assert {answer.server_country_method for answer in found} == {"cloud region", "DB-IP Country Lite"}
    assert {":" in ip for _, ip in LOOKUPS} == {True, False}
    assert any(answer.owner for answer in found)
    assert any(answer.vendor_region for answer in found)


def test_figures_have_their_units(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = start(rounds=1)
    assert 5 < measured.fixed < 60_000  # milliseconds
    assert 5 < measured.cold < 60_000
    assert rate(count=2_000, rounds=1).attributions > 1_000  # a second
