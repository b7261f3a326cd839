"""A recipient whose owner became known is no new one; what may be somebody else stays somebody else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.compare.changes import compare
from analyzer.compare.observation import Observations, Observed
from analyzer.compare.recipients import owners_known, with_names
from tests.compare.building import build, builds, kinds, seen

UNKNOWN = seen(to="tracker.example", hosts=("in.tracker.example",))
KNOWN = seen(to="Example Inc.", hosts=("in.tracker.example",))


def test_an_owner_that_became_known_is_nothing_new() -> None:
    comparison = compare(build(UNKNOWN), build(KNOWN))
    assert comparison.changes == ()
    assert comparison.owners == {"tracker.example": "Example Inc."}
    assert compare(build(KNOWN), build(UNKNOWN)).changes == (), "older data after newer"


def test_a_baseline_has_registrable_names_only() -> None:
    reviewed = replace(UNKNOWN, hosts=("tracker.example",))
    assert compare(build(reviewed), build(KNOWN)).changes == ()
    assert compare(build(KNOWN), build(reviewed)).changes == ()


def test_what_it_is_sent_besides_is_new() -> None:
    more = seen("person.phone", "Example Inc.", hosts=KNOWN.hosts)
    (change,) = compare(build(UNKNOWN), build(KNOWN, more)).changes
    assert (change.kind, change.after) == ("new", more)


def test_domains_that_turn_out_to_be_of_one_owner_are_one_recipient() -> None:
    other = seen(to="other.example", hosts=("other.example",))
    both = replace(KNOWN, hosts=("in.tracker.example", "other.example"))
    assert compare(build(UNKNOWN, other), build(both)).changes == ()
    owner_of_one = build(replace(KNOWN, hosts=other.hosts), UNKNOWN)
    assert compare(owner_of_one, build(both)).changes == (), "of which one was known before"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([UNKNOWN], [seen(to="Example Inc.", hosts=("elsewhere.example",))]),
        ([UNKNOWN], [UNKNOWN, KNOWN]),
        ([UNKNOWN, seen("dev.os", "Example Inc.", hosts=("us.tracker.example",))], [KNOWN]),
        ([UNKNOWN], [KNOWN, seen("dev.os", "Other Inc.", hosts=UNKNOWN.hosts)]),
        ([seen(to="Former Inc.", hosts=UNKNOWN.hosts)], [KNOWN]),
        ([seen(to="tracker.example", hosts=("nottracker.example",))], [KNOWN]),
    ],
    ids=["another host", "the domain is still there", "the owner had a host there before", "two owners",
         "an owner instead of another", "a name that only ends alike"],
)  # fmt: skip
def test_what_may_be_somebody_else_is_new(before: list[Observed], after: list[Observed]) -> None:
    for old, new, kind in ((before, after, "new"), (after, before, "gone")):
        comparison = compare(build(*old), build(*new))
        assert comparison.owners == {}
        assert kind in kinds(comparison.changes)


def test_what_is_one_recipient_now_keeps_the_least_favourable() -> None:
    there, here = replace(UNKNOWN, secure=False), replace(KNOWN, hosts=("b.example",))
    (one,) = with_names(build(there, here), {"tracker.example": "Example Inc."}).items
    assert (one.key, one.secure, one.hosts) == (KNOWN.key, False, ("b.example", "in.tracker.example"))


@settings(max_examples=150)
@given(builds(), st.sampled_from([{"a.example": "A Ltd.", "b.example": "b.example"},
                                  {"a.example": "A Ltd.", "b.example": "B Ltd."},
                                  {"a.example": "A Ltd.", "b.example": "A Ltd."}]))  # fmt: skip
def test_finding_out_owners_makes_no_difference(one: Observations, names: dict[str, str]) -> None:
    domains = {"A": "a.example", "B": "b.example"}
    items = [
        replace(each, key=replace(each.key, recipient=to), hosts=(f"x.{to}",), runs=3)
        for each in one.items
        for to in [domains[each.key.recipient]]
    ]
    unknown = build(*items, runs=3)
    known = with_names(unknown, names)
    assert compare(unknown, known, names_too=True).changes == ()
    assert compare(known, unknown, names_too=True).changes == ()


@settings(max_examples=150)
@given(builds())
def test_what_an_owner_is_newly_sent_is_found_whether_or_not_it_was_known(one: Observations) -> None:
    """No renaming hides a recipient of data that neither it nor its domain was sent before."""
    at_home = [
        replace(each, key=replace(each.key, recipient="a.example"), hosts=("x.a.example",)) for each in one.items
    ]
    before = build(*(each for each in at_home if not each.key.data_type.startswith("person.email")))
    new = seen("person.email", "A Ltd.", hosts=("x.a.example",))
    known = with_names(before, {"a.example": "A Ltd."})
    (change,) = compare(before, build(*known.items, new), names_too=True).changes
    assert (change.kind, change.after and change.after.key.data_type) == ("new", "person.email")


def test_many_recipients_take_no_square_time() -> None:
    before = build(*(seen(to=f"t{number}.example", hosts=(f"t{number}.example",)) for number in range(8_000)))
    after = build(*(seen(to=f"Company {number}", hosts=(f"t{number}.example",)) for number in range(8_000)))
    assert len(owners_known(before, after)) == 8_000
