"""Every difference between two builds is found, with its kind, and none is made up."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.compare.changes import compare
from analyzer.compare.observation import ChangeKind, Key, Observations, Observed
from analyzer.compare.observe import united
from tests.compare.building import PHASES, build, builds, items, kinds, seen, told

HASHED = "sha256(lower)"
MIRROR: dict[ChangeKind, ChangeKind] = {"new": "gone", "gone": "new", "worsened": "better", "better": "worsened"}


# ---------------------------------------------------------------- known differences

type Expected = tuple[ChangeKind, Observed]
type Mutation = Callable[[Observed], tuple[list[Observed], list[Observed], ChangeKind | None]]
"""From an item what the build before and the one after have of it, and the kind that the difference is of."""

MUTATIONS: dict[str, Mutation] = {
    "nothing": lambda one: ([one], [one], None),
    "new": lambda one: ([], [one], "new"),
    "gone": lambda one: ([one], [], "gone"),
    "plain now": lambda one: ([_with(one, transform=HASHED)], [_with(one, transform="plain")], "worsened"),
    "hashed now": lambda one: ([_with(one, transform="plain")], [_with(one, transform=HASHED)], "better"),
    "plain too": lambda one: (
        [_with(one, transform=HASHED)], [_with(one, transform=HASHED), _with(one, transform="plain")], "worsened"),
    "plain no more": lambda one: (
        [_with(one, transform=HASHED), _with(one, transform="plain")], [_with(one, transform=HASHED)], "better"),
    "moved": lambda one: ([_with(one, location="IN")], [_with(one, location="DE")], "worsened"),
    "country too": lambda one: (
        [_with(one, location="IN")], [_with(one, location="IN"), _with(one, location="DE")], "worsened"),
    "country no more": lambda one: (
        [_with(one, location="IN"), _with(one, location="DE")], [_with(one, location="IN")], "better"),
    "before consent": lambda one: (
        [_with(one, phase="after-accept")], [_with(one, phase="before-consent")], "worsened"),
    "at launch": lambda one: ([_with(one, phase="before-consent")], [_with(one, phase="launch")], "worsened"),
    "after a refusal": lambda one: ([_with(one, phase="after-accept")], [_with(one, phase="after-reject")], "worsened"),
    "later": lambda one: ([_with(one, phase="launch")], [_with(one, phase="after-accept")], "better"),
    "TLS lost": lambda one: ([replace(one, secure=True)], [replace(one, secure=False)], "worsened"),
    "TLS won": lambda one: ([replace(one, secure=False)], [replace(one, secure=True)], "better"),
    "third party now": lambda one: ([replace(one, party="first")], [replace(one, party="third")], "worsened"),
    "first party now": lambda one: ([replace(one, party="third")], [replace(one, party="first")], "better"),
    "address not known": lambda one: ([_with(one, location="IN")], [_with(one, location="unknown")], None),
    "address known": lambda one: ([_with(one, location="no address")], [_with(one, location="IN")], None),
}  # fmt: skip


def _with(one: Observed, **members: str) -> Observed:
    return replace(one, key=replace(one.key, **members))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Observations, Observations, list[tuple[ChangeKind, Key]]]:
    """Two builds with differences that are known: each of another recipient, beside transmissions that stay."""
    before, after, expected = [seen(to="Steady Ltd.")], [seen(to="Steady Ltd.")], []
    for number, name in enumerate(draw(st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=12))):
        one = seen(
            draw(st.sampled_from(("person.email", "id.ad", "loc.precise"))), f"Recipient {number}",
            draw(st.sampled_from(PHASES[1:])), draw(st.sampled_from(("plain", HASHED))), "IN",
            party=draw(st.sampled_from(("first", "third"))), secure=draw(st.booleans()),
        )  # fmt: skip
        old, new, kind = MUTATIONS[name](one)
        companion = seen("dev.os", one.key.recipient, draw(st.sampled_from(PHASES[1:])), place="IN")
        before += [*old, companion]
        after += [*new, companion]
        if kind is not None:
            told_of = new if kind in ("new", "worsened") else old
            expected.append((kind, told_of[-1].key))
    return build(*before), build(*after), expected


@settings(max_examples=250)
@given(pairs())
def test_known_differences_are_all_found_and_none_is_made_up(
    pair: tuple[Observations, Observations, list[tuple[ChangeKind, Key]]],
) -> None:
    before, after, expected = pair
    changes = compare(before, after).changes
    assert Counter((change.kind, told(change)) for change in changes) == Counter(expected)
    assert [change for change in changes if change.is_flaky] == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_known_difference_alone(name: str) -> None:
    one = seen(phase="after-accept")
    old, new, kind = MUTATIONS[name](one)
    steady = seen("id.ad", "Steady Ltd.")
    changes = compare(build(steady, *old), build(steady, *new)).changes
    assert kinds(changes) == ([kind] if kind else [])


# ---------------------------------------------------------------- laws


def _key(one: Observed | None) -> Key | None:
    return one.key if one is not None else None


@settings(max_examples=200)
@given(builds())
def test_a_build_does_not_differ_from_itself(one: Observations) -> None:
    assert compare(one, one, names_too=True).changes == ()


@settings(max_examples=250)
@given(builds(), builds(), st.booleans())
def test_the_mirror_has_the_mirrored_kinds(before: Observations, after: Observations, names: bool) -> None:
    """What is worse in one way and otherwise in another, or moved to another country, is worsened in both."""
    forth, back = compare(before, after, names_too=names), compare(after, before, names_too=names)
    assert len(forth.changes) == len(back.changes)
    there = Counter((_key(one.before), _key(one.after), one.kind) for one in forth.changes)
    here = Counter((_key(one.after), _key(one.before), MIRROR[one.kind]) for one in back.changes)
    both_worse = there - here
    assert {kind for _, _, kind in both_worse} <= {"worsened"}
    assert both_worse == Counter({(old, new, MIRROR[kind]): n for (old, new, kind), n in (here - there).items()})
    for old, new, _ in both_worse:
        assert old is not None
        assert new is not None
        assert old != new


@settings(max_examples=250)
@given(builds(), builds())
def test_every_fact_that_differs_is_in_one_change(before: Observations, after: Observations) -> None:
    def known(build: Observations) -> Observations:
        """With phases marked, and every place known: what is not known is not compared."""
        items = [one for one in build.items if one.key.phase and one.key.location not in ("unknown", "no address")]
        return replace(build, items=tuple(items))

    before, after = known(before), known(after)
    if not before.items or not after.items:
        return
    old, new = ({one.key: one for one in each.items} for each in (before, after))
    differing = old.keys() ^ new.keys()
    changes = compare(before, after, names_too=True).changes
    mentioned = Counter(one.key for change in changes for one in (change.before, change.after) if one)
    assert differing <= mentioned.keys()
    about = Counter(map(told, changes))
    assert set(about.values()) <= {1}
    for change in changes:
        key = told(change)
        assert key in differing or (old[key].secure, old[key].party) != (new[key].secure, new[key].party)


# ---------------------------------------------------------------- words and order


def test_what_changed_is_said() -> None:
    before = seen(phase="after-accept", form=HASHED, place="IN", party="first")
    after = seen(phase="launch", form="plain", place="US", party="third", secure=False)
    (change,) = compare(build(before), build(after)).changes
    assert (change.kind, change.before, change.after) == ("worsened", before, after)
    assert change.why == (
        "Now plain instead of sha256(lower); now at launch instead of after consent; now outside TLS instead of "
        "inside TLS; now to a third party instead of to the app's own servers; now a server in the United States "
        "instead of in India."
    )


@pytest.mark.parametrize(
    ("before", "after", "kind", "why"),
    [
        ([], ["plain IN"], "new", "This recipient was not seen to receive it before."),
        (["plain IN"], [], "gone", "This recipient was not seen to receive it any more."),
        (["md5 IN"], ["md5 IN", "plain IN"], "worsened", "Now also plain, not only md5."),
        (["md5 IN", "plain IN"], ["md5 IN"], "better", "No longer plain, only md5."),
        (["md5 IN"], ["md5 IN", "sha1 IN"], "new", "Known to this recipient, but not in this form, phase and place."),
        (["plain IN"], ["plain IN", "plain edge"], "worsened",
         "A server on an edge network (origin unknown) is new (before: in India)."),
        (["plain IN", "plain NL"], ["plain IN"], "better", "No server in the Netherlands any more (now: in India)."),
        (["md5 IN"], ["plain IN"], "worsened", "Now plain instead of md5."),
        (["plain IN"], ["md5 US"], "worsened", "Now a server in the United States instead of in India; but now "
         "md5 instead of plain."),
    ],
)  # fmt: skip
def test_reasons(before: list[str], after: list[str], kind: str, why: str) -> None:
    def made(texts: list[str]) -> Observations:
        return build(*(seen(form=form, place=place) for form, place in map(str.split, texts)))

    (change,) = compare(made(before), made(after)).changes
    assert (change.kind, change.why) == (kind, why)


def test_a_country_beside_the_known_one_is_no_move() -> None:
    stays = seen(phase="launch", place="IN")
    before, after = build(stays, seen(place="IN")), build(stays, seen(place="US"))
    (change,) = compare(before, after).changes
    assert (change.kind, change.why) == ("worsened", "A server in the United States is new (before: in India).")
    (change,) = compare(after, before).changes
    assert (change.kind, change.why) == ("better", "No server in the United States any more (now: in India).")


def test_what_changed_is_compared_with_what_it_has_the_most_in_common_with() -> None:
    before = build(seen(form="md5", place="IN"), seen(form="plain", place="DE"))
    after = build(seen(form="plain", place="IN"), seen(form="md5", place="DE"))
    worsened, better = compare(before, after).changes
    assert (worsened.kind, worsened.why) == ("worsened", "Now plain instead of md5.")
    assert (better.kind, better.why) == ("better", "Now md5 instead of plain.")


def test_a_hash_with_a_data_type_of_its_own_is_the_same_data() -> None:
    before, after = build(seen("person.email.hashed")), build(seen("person.email"))
    (change,) = compare(before, after).changes
    assert (change.kind, change.why) == ("worsened", "Now plain instead of hashed.")
    assert kinds(compare(after, before).changes) == ["better"]


def test_phases_are_compared_only_where_both_builds_have_some() -> None:
    before = build(seen(phase=""))
    after = build(seen(phase="launch"), seen(phase="after-accept"))
    assert compare(before, after).changes == compare(after, before).changes == ()
    assert kinds(compare(build(seen(phase="launch")), after).changes) == ["new"]


def test_what_only_a_name_tells_is_left_out_unless_asked_for() -> None:
    before, after = build(seen("dev.os")), build(seen("dev.os"), seen("id.ad", evidence="key"))
    assert compare(before, after).changes == ()
    assert kinds(compare(before, after, names_too=True).changes) == ["new"]


def test_what_was_proven_and_is_only_named_elsewhere_now_is_gone() -> None:
    before, after = build(seen(place="IN")), build(seen(place="US", evidence="key"))
    assert kinds(compare(before, after).changes) == ["gone"]
    assert kinds(compare(after, before).changes) == ["new"]


def test_stronger_evidence_for_the_same_is_no_difference() -> None:
    assert compare(build(seen(evidence="key")), build(seen(evidence="seed"))).changes == ()


@pytest.mark.parametrize(("runs", "flaky"), [(1, True), (2, True), (3, False)])
def test_what_shows_in_some_runs_only_may_be_chance(runs: int, flaky: bool) -> None:
    steady, other = seen("dev.os", runs=3), seen(runs=runs)
    less, more = build(steady, runs=3), build(steady, other, runs=3)
    for before, after, kind in ((less, more, "new"), (more, less, "gone")):
        (change,) = compare(before, after).changes
        assert (change.kind, change.is_flaky) == (kind, flaky)


def test_what_is_worsened_in_all_runs_is_no_chance_though_it_was_seen_in_some_before() -> None:
    (change,) = compare(build(seen(form=HASHED, runs=1), runs=3), build(seen(runs=3), runs=3)).changes
    assert (change.kind, change.is_flaky) == ("worsened", False)


@pytest.mark.parametrize(("runs", "flaky"), [(1, True), (3, False)])
def test_what_is_better_may_be_chance_where_the_worse_was_seen_in_some_runs(runs: int, flaky: bool) -> None:
    before, after = build(seen(runs=runs), runs=3), build(seen(form=HASHED, runs=3), runs=3)
    (change,) = compare(before, after).changes
    assert (change.kind, change.is_flaky) == ("better", flaky)


def _split(*ones: Observed, runs: int = 2) -> Observations:
    """A build of which each item was seen in another run."""
    return build(*(replace(one, seen_in=(number % runs,)) for number, one in enumerate(ones)), runs=runs)


STEADY = seen("dev.os", "Steady Ltd.", runs=2)


@pytest.mark.parametrize(
    ("before", "after", "flaky"),
    [
        ([], [seen(place="IN"), seen(place="SG")], False),
        ([], [seen(phase="launch"), seen(phase="before-consent")], False),
        ([], [seen("person.email"), seen("person.phone")], True),
        ([], [seen(to="A"), seen(to="B")], True),
        ([seen()], [seen(phase="launch"), seen(phase="before-consent")], False),
        ([seen(form=HASHED)], [seen(place="IN"), seen(place="SG")], False),
        ([seen()], [seen(place="US"), seen(place="SG")], False),
        ([seen(form=HASHED)], [seen(), seen(form=HASHED, phase="launch")], True),
        ([seen()], [seen(phase="launch"), seen(form="md5")], True),
    ],
    ids=["two places", "two phases", "two types", "two recipients", "earlier in two ways", "plain at two places",
         "two other places", "plain, or else earlier", "earlier, or else as before"],
)  # fmt: skip
def test_what_each_run_shows_in_another_way_is_no_chance(
    before: list[Observed], after: list[Observed], flaky: bool
) -> None:
    """A server behind several addresses, or a request at the edge of a phase, must not make a steady one look rare."""
    old = build(*(replace(one, runs=2, seen_in=(0, 1)) for one in (STEADY, *before)), runs=2)
    new = _split(*after)
    new = replace(new, items=tuple(sorted((*new.items, STEADY), key=lambda one: one.key)))
    changes = [change for change in compare(old, new).changes if change.kind in ("new", "worsened")]
    assert changes
    assert {change.is_flaky for change in changes} == {flaky}


@pytest.mark.parametrize(("second", "flaky"), [(seen(place="SG"), False), (seen("person.phone"), True)])
def test_what_is_gone_was_no_chance_where_each_run_showed_it_in_another_way(second: Observed, flaky: bool) -> None:
    gone = compare(_split(seen(place="IN"), second), build(STEADY, runs=2)).changes
    assert [change.is_flaky for change in gone if change.kind == "gone"] == [flaky] * 2


@settings(max_examples=150)
@given(st.lists(st.lists(items(), min_size=1, max_size=4), min_size=2, max_size=4), st.booleans())
def test_what_every_run_shows_in_some_way_is_steady(drawn: list[list[Observed]], is_missing: bool) -> None:
    """Whatever the form, phase and place; and what a run shows in no way at all is not."""
    email = [[replace(_with(one, data_type="person.email", recipient="New Inc."), evidence="seed") for one in run]
             for run in drawn]  # fmt: skip
    if is_missing:
        email[-1] = []
    runs = [build(*(replace(one, runs=1, seen_in=(0,)) for one in (STEADY, *run))) for run in email]
    changes = compare(build(STEADY, runs=2), united(runs)).changes
    assert {change.kind for change in changes} <= {"new"}
    assert {change.is_flaky for change in changes} == {is_missing}


def test_in_which_runs_is_not_known_where_a_baseline_counts_only() -> None:
    counted = build(seen(place="IN"), seen(place="SG"), runs=2)
    assert [change.is_flaky for change in compare(build(STEADY), counted).changes if change.kind == "new"] == [True] * 2


def test_the_gravest_come_first() -> None:
    before = build(seen("person.phone", "Gone Inc."))
    after = build(
        seen("dev.os", "A"), seen("person.email", "B", party="first"), seen("person.email", "C"),
        seen("auth.password", "D", runs=1), runs=2,
    )  # fmt: skip
    sure = {one.key.recipient: 2 for one in after.items if one.key.recipient != "D"}
    items = tuple(replace(one, runs=sure.get(one.key.recipient, 1)) for one in after.items)
    found = compare(before, replace(after, items=items)).changes
    assert [told(change).recipient for change in found] == ["C", "B", "A", "D", "Gone Inc."]


def test_a_family_of_ten_thousand_is_compared_at_once() -> None:
    """Hostile reports hold any number of phases and forms: nothing may take the square of it."""
    before = build(*(seen(phase=f"p{number}", form=f"a{number}", place=f"P{number}") for number in range(5_000)))
    after = build(*(seen(phase=f"q{number}", form=f"b{number}", place=f"Q{number}") for number in range(5_000)))
    changes = compare(before, after).changes
    assert kinds(changes) == ["worsened"] * 5_000
    assert max(len(change.why) for change in changes) < 1_000
