"""What bears a sentence: each kind of data it tells has a request that holds it, and its evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model import EVIDENCE, Party
from analyzer.report.build import MAX_REQUESTS
from analyzer.report.html import render_html
from analyzer.report.proofs import bearing, best_request, evidence_of
from analyzer.reported import Group
from tests.report.making import builder, exchange, finding, finish
from tests.report.sample import founding_report

MODEL = founding_report().recipients[0].groups[0]


def group(data_type: str, *exchanges: int) -> Group:
    return replace(MODEL, data_type=data_type, exchanges=exchanges)


groups = st.lists(
    st.builds(
        lambda kind, evidence, exchanges: replace(MODEL, data_type=kind, evidence=evidence, exchanges=tuple(exchanges)),
        st.sampled_from("abcdef"),
        st.sampled_from(EVIDENCE),
        st.lists(st.integers(0, 12), min_size=1, max_size=5, unique=True),
    ),
    min_size=1,
    max_size=12,
)


@given(groups, st.sets(st.integers(0, 12)))
def test_every_kind_that_a_listed_request_holds_is_borne_once(told: list[Group], listed: set[int]) -> None:
    listed |= set(told[0].exchanges)
    first = best_request(told, listed)
    requests = bearing(told, first, listed)
    assert requests[0] == first
    assert len(set(requests)) == len(requests)
    assert set(requests) <= listed
    provable = {each.data_type for each in told if listed & set(each.exchanges)}
    assert provable == {each.data_type for each in told if set(requests) & set(each.exchanges)}
    assert len(requests) <= len(provable)
    assert sum(count for _, count in evidence_of(told)) == len({each.data_type for each in told})


def test_no_more_requests_than_it_takes() -> None:
    told = [group("a", 1), group("b", 2, 3), group("c", 3), group("a", 3)]
    assert bearing(told, 3, {1, 2, 3}) == (3,)
    assert bearing(told, 1, {1, 2, 3}) == (1, 3)
    assert bearing(told, 1, {1, 2}) == (1, 2)


def test_the_strongest_evidence_of_a_kind_counts() -> None:
    told = [replace(group("a", 1), evidence="key+value"), replace(group("a", 1), evidence="seed"), group("b", 1)]
    told[2] = replace(told[2], evidence="key+value")
    assert evidence_of(told) == (("seed", 1), ("key+value", 1))


def test_what_the_first_request_does_not_hold_has_another() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("loc.precise")])
    made.add(exchange(1), "t.example", [finding("person.email"), finding("person.phone", evidence="key+value")])
    made.add(exchange(2), "t.example", [finding("dev.os", "Android", evidence="documented")])
    (sentence,) = finish(made).sentences
    assert "email address, phone number and precise location, with device data (OS name" in sentence.text
    assert sentence.exchange == 1
    assert sentence.requests == (1, 0, 2)
    assert sentence.evidence == (("seed", 2), ("documented", 1), ("key+value", 1))


@pytest.mark.parametrize(
    ("party", "owner", "verified", "by_one"),
    [
        ("third", "Tracker Inc.", False, True),
        ("third", "Tracker Inc.", True, False),
        ("third", None, False, False),
        ("first", "Maker Inc.", False, False),
    ],
)
def test_an_owner_that_one_source_names_is_marked(
    party: Party, owner: str | None, verified: bool, by_one: bool
) -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    report = finish(made, party, owner=owner, owner_verified=verified)
    assert [each.owner_by_one for each in report.sentences] == [by_one]
    assert ("Owner: one source" in "".join(render_html(report))) == by_one


def test_each_recipient_that_the_last_sentence_names_has_a_request() -> None:
    made = builder()
    for index in range(9):
        made.add(exchange(index), f"t{index}x.example", [finding("person.email")])
    report = finish(made)
    last = report.sentences[-1]
    assert last.text.startswith("The app transmitted personal data to 5 more recipients: ")
    assert last.requests == (4, 5, 6, 7, 8)


def test_what_is_told_of_the_last_of_very_many_requests_is_borne_too() -> None:
    made = builder()
    for index in range(MAX_REQUESTS):
        made.add(exchange(index), "noise.example", [finding("dev.os", f"Android {index}")], proves=True)
    for index in range(9):
        late = MAX_REQUESTS + index
        made.add(exchange(late), f"t{index}x.example", [finding("person.email")])
        made.add(exchange(late + 9), f"t{index}x.example", [finding("person.phone", evidence="key+value")])
    report = finish(made)
    listed = {request.exchange for request in report.requests}
    assert {index for sentence in report.sentences for index in sentence.requests} <= listed
    assert report.sentences[-1].requests == tuple(MAX_REQUESTS + index for index in range(4, 9))
    page = "".join(render_html(report))
    assert all(f'id="request-{index}"' in page for index in report.sentences[-1].requests)
