"""What a waiver covers, and until when."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from analyzer.policy.subject import subjects_of
from analyzer.policy.waiver import Waiver, Waivers
from tests.policy.rules_made import TODAY, report, words

WAIVER = Waiver(rule="made", reason="Agreed.", expires=TODAY)
(SUBJECT,) = subjects_of(
    report(
        "recipients: [{name: Example Ads, owner: Daughter, parent: Mother Inc., host: a.ads.example, groups: [id.ad]}]"
    )
)


@pytest.mark.parametrize(
    ("members", "covers"),
    [
        ({}, True), ({"rule": "other"}, False), ({"recipient": "example ads"}, True),
        ({"recipient": "MOTHER INC."}, True),
        ({"recipient": "Example"}, False), ({"host": "a.ads.example"}, True), ({"host": "ads.example"}, True),
        ({"host": "ds.example"}, False), ({"host": "b.a.ads.example"}, False), ({"data_type": "id.*"}, True),
        ({"data_type": "id.ad"}, True), ({"data_type": "person.*"}, False), ({"data_type": "@group=identifier"}, True),
        ({"recipient": "Daughter", "data_type": "person.*"}, False),
    ],
)  # fmt: skip
def test_what_it_covers(members: dict[str, str], covers: bool) -> None:
    waiver = replace(WAIVER, **members)
    assert Waivers((waiver,), words().taxonomy, TODAY).of("made", SUBJECT) == (waiver if covers else None, None)


def test_a_recipient_that_was_called_by_its_domain_is_covered_when_its_owner_is_known() -> None:
    assert SUBJECT.destination is not None
    known = SUBJECT._replace(destination=replace(SUBJECT.destination, domain="ads.example"))
    elsewhere = SUBJECT._replace(destination=replace(SUBJECT.destination, domain="other.example"))
    waivers = Waivers((waiver := replace(WAIVER, recipient="Ads.example"),), words().taxonomy, TODAY)
    assert waivers.of("made", known) == (waiver, None)
    assert waivers.of("made", elsewhere) == waivers.of("made", known._replace(destination=None)) == (None, None)


def test_the_one_that_lasts_longest_holds() -> None:
    day = timedelta(days=1)
    expired, long = replace(WAIVER, expires=TODAY - day), replace(WAIVER, expires=TODAY + day)
    for waivers, expected in (
        ((expired, WAIVER, long), (long, None)), ((WAIVER,), (WAIVER, None)), ((expired,), (None, expired)),
        ((), (None, None)), ((replace(WAIVER, rule="other"),), (None, None)),
    ):  # fmt: skip
        for order in (waivers, waivers[::-1]):
            assert Waivers(order, words().taxonomy, TODAY).of("made", SUBJECT) == expected


def test_its_words() -> None:
    assert WAIVER.words() == "Agreed (until 2026-11-22)"
    assert replace(WAIVER, by="R", expires=date(2027, 1, 2)).words() == "Agreed (by R, until 2027-01-02)"
