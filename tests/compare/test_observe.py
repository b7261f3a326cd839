"""What builds are compared by is taken from reports, and runs of one build are united whatever their order."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.compare.observation import Observations, Observed
from analyzer.compare.observe import Run, observations, observed_in, united, united_runs
from analyzer.model import AppBuild, Finding, Phase
from analyzer.report.json import encoded
from analyzer.reported import Report
from tests.compare.building import build, builds, items
from tests.report.making import CAPTURE, builder, exchange, finding, finish, phases

EMAIL = finding("person.email", "asha@patra.example")


def report(
    *sent: tuple[str, Finding], number: int = 0, marks: tuple[Phase, ...] = (), ip: str | None = "13.126.58.204"
) -> Report:
    made = builder()
    for index, (url, one) in enumerate(sent):
        made.add(exchange(index, url, ip, marks), url.split("/")[2], [one])
    capture = replace(CAPTURE, sha256=f"{number:064}", first_time=(CAPTURE.first_time or 0) + number)
    return finish(made, capture=capture)


def test_a_group_is_told_by_type_recipient_phase_form_and_place() -> None:
    (one,) = observed_in(report(("https://in.tracker.example/a", EMAIL))).items
    assert (one.key.data_type, one.key.recipient, one.key.phase) == ("person.email", "tracker.example", "")
    assert (one.key.transform, one.key.location) == ("plain", "IN")
    assert (one.label, one.sensitivity, one.party, one.seat) == ("Email address", 3, "third", None)
    assert (one.secure, one.evidence, one.runs, one.exchanges) == (True, "seed", 1, (0,))
    assert one.hosts == ("in.tracker.example",)


def test_groups_that_differ_in_place_within_the_request_only_are_one() -> None:
    weak = finding("person.email", "asha@patra.example", "other.path", "key")
    hosts = ("https://b.tracker.example/a", "http://a.tracker.example/a")
    (one,) = observed_in(report((hosts[0], weak), (hosts[1], EMAIL), (hosts[0], EMAIL))).items
    assert (one.evidence, one.secure, one.runs, one.exchanges) == ("seed", False, 1, (0, 1, 2))
    assert one.hosts == ("a.tracker.example", "b.tracker.example")


def test_phases_and_places_that_are_not_known_are_said() -> None:
    sent = [("https://t.example/a", EMAIL)] * 3
    found = observed_in(report(*sent, marks=phases(after_accept=1.5), ip=None)).items
    assert [(one.key.phase, one.key.location) for one in found] == [("", "no address"), ("after-accept", "no address")]


def test_nothing_of_a_value_is_in_it() -> None:
    assert b"asha" not in encoded(observed_in(report(("https://t.example/a", EMAIL))))


def test_captured_names_have_no_invisible_character() -> None:
    (one,) = observed_in(report(("https://t\x1b[31m.ex\u202eample/a", EMAIL))).items
    assert (one.key.recipient + one.hosts[0]).isprintable()


def test_what_was_captured_is_counted() -> None:
    made = finish(builder(), app="com.example.shop", capture=replace(CAPTURE, exchanges=7))
    assert observations([made]) == Observations(
        app="com.example.shop", version=None, runs=1, items=(), exchanges=7, unread=0, undecoded=0
    )
    app = AppBuild(id="com.example.shop", version="4.2")
    named = replace(made, capture=replace(made.capture, app=app, sha256="1" * 64))
    both = observations([made, named])
    assert (both.app, both.version, both.runs, both.exchanges) == ("com.example.shop", "4.2", 2, 14)


RUNS = (
    report(("https://a.example/1", EMAIL), ("https://b.example/1", EMAIL), number=1),
    report(("https://b.example/1", EMAIL), number=2),
    report(*[("http://c.example/1", finding("id.ad"))] * 2, ("https://b.example/1", EMAIL), number=3),
)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_order_of_runs_is_nothing(order: tuple[int, ...]) -> None:
    found = observations([RUNS[index] for index in order])
    assert found == observations(RUNS)
    assert {one.key.recipient: one.runs for one in found.items} == {"a.example": 1, "b.example": 3, "c.example": 1}
    assert {one.key.recipient: one.exchanges for one in found.items}["b.example"] == (2,), "of the last run"


def test_which_runs_showed_it_is_kept() -> None:
    found = observations(RUNS)
    assert {one.key.recipient: one.seen_in for one in found.items} == {
        "a.example": (0,), "b.example": (0, 1, 2), "c.example": (2,)
    }  # fmt: skip
    together = united([found, found])
    assert {one.key.recipient: (one.runs, one.seen_in) for one in together.items}["a.example"] == (2, (0, 3))


@settings(max_examples=100)
@given(st.lists(st.lists(items(), max_size=5), min_size=1, max_size=4))
def test_runs_are_as_many_as_those_that_showed_it(drawn: list[list[Observed]]) -> None:
    runs = [build(*(replace(one, runs=1, seen_in=(0,)) for one in each)) for each in drawn]
    found = united(runs)
    for one in found.items:
        assert one.seen_in == tuple(n for n, run in enumerate(runs) if one.key in {each.key for each in run.items})
        assert one.runs == len(one.seen_in)


def test_the_same_capture_again_is_no_other_run() -> None:
    assert observations([*RUNS, RUNS[1], *RUNS]) == observations(RUNS)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3), builds()), max_size=5), st.randoms(use_true_random=False))
def test_union_is_order_independent_and_idempotent(drawn: list[tuple[int, Observations]], random: Random) -> None:
    runs = [Run(float(time), f"{number:064}", one) for number, (time, one) in enumerate(drawn)]
    whole = united_runs(runs)
    shuffled = [*runs, *runs]
    random.shuffle(shuffled)
    assert united_runs(shuffled) == whole
    assert whole.runs == sum(run.observed.runs for run in runs)


@settings(max_examples=100)
@given(builds(), builds(), builds())
def test_union_is_associative(one: Observations, two: Observations, three: Observations) -> None:
    assert united([united([one, two]), three]) == united([one, united([two, three])]) == united([one, two, three])


@settings(max_examples=100)
@given(builds())
def test_what_is_known_already_adds_nothing_where_runs_are_not_counted(one: Observations) -> None:
    assert united([one, one], max) == united([one], max) == one
