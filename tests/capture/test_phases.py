"""Phases: the last mark at or before an exchange, wherever the marks come from and in whatever order."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.phases import ALIASES, ANSWERS, MAX_MARKS, PHASES, Mark, Timeline, parse_mark, phase_name
from analyzer.errors import ApptellsError
from analyzer.model import Phase

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()


def timeline(*marks: tuple[str, float]) -> Timeline:
    made = Timeline()
    for name, time in marks:
        made.add(Phase(name=name, time=time))
    return made


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("after-accept", "after-accept"),
        ("Accepted", "after-accept"),
        ("Consent given", "after-accept"),
        ("refused", "after-reject"),
        ("declined", "after-reject"),
        ("consent_screen", "before-consent"),
        ("login", "logged-in"),
        (" checkout 2 ", "checkout-2"),
        ("x" * 40, "x" * 40),
    ],
)
def test_names(text: str, name: str) -> None:
    assert phase_name(text) == name


@pytest.mark.parametrize("text", ["", " ", "x" * 41, "a.b", "naïve", "<b>", "a\nb", "a\x1b[31m", "a/b"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ApptellsError) as caught:
        phase_name(text)
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_aliases_are_of_known_names_and_none_is_one() -> None:
    assert set(ALIASES.values()) <= set(PHASES)
    assert not set(ALIASES) & set(PHASES)
    assert set(ANSWERS) < set(PHASES)
    assert all(phase_name(name) == name for name in PHASES)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("accepted@12:01:33", NOON + 93),
        ("accepted@12:01:33.25", NOON + 93.25),
        ("accepted@12:01:33Z", NOON + 93),
        ("accepted@17:31:33+05:30", NOON + 93),
        ("accepted@04:01:33-08:00", NOON + 93),
        ("accepted@2026-11-22T12:01:33Z", NOON + 93),
        ("accepted@2026-11-22 12:01:33.5", NOON + 93.5),
        ("accepted@2026-11-22T17:31:33+05:30", NOON + 93),
        ("accepted@+12.5", NOON + 12.5),
        ("accepted@ +0 ", NOON),
        ("accepted@23:59:59", NOON + 43_199),
        ("accepted@00:00:01", NOON - 43_199),
        ("accepted@2020-01-01T00:00:00Z", datetime(2020, 1, 1, tzinfo=UTC).timestamp()),
    ],
)
def test_times(text: str, time: float) -> None:
    mark = parse_mark(text)
    assert (mark.name, mark.time(NOON)) == ("after-accept", time)
    assert Timeline([mark]).phases(NOON) == (Phase(name="after-accept", time=time),)


@pytest.mark.parametrize(
    "text",
    [
        "accepted", "accepted@", "@12:01:33", "accepted@12:01", "accepted@24:00:00", "accepted@12:61:00",
        "accepted@2026-13-01T00:00:00", "accepted@2026-11-22", "accepted@-3", "accepted@+", "accepted@+1e9",
        "accepted@12:00:00+25:00", "accepted@nan", "accepted@+inf", "accepted@١٢:00:00", "accepted@+" + "9" * 500,
        "a@b@12:00:00", "accepted@0000-01-01T00:00:00",
    ],
)  # fmt: skip
def test_what_is_no_mark(text: str) -> None:
    with pytest.raises(ApptellsError) as caught:
        parse_mark(text)
    assert len(str(caught.value)) < 250
    assert str(caught.value).endswith(".")


@given(st.text(max_size=60))
def test_any_text_is_a_mark_or_a_mistake_of_the_user(text: str) -> None:
    try:
        mark = parse_mark(text)
    except ApptellsError:
        return
    assert mark.name == phase_name(mark.name)


@pytest.mark.parametrize("around", ["2026-11-21T23:59:50", "2026-11-22T00:00:10"])
def test_a_time_of_day_is_the_one_nearest_to_the_first_exchange(around: str) -> None:
    first = datetime.fromisoformat(around).replace(tzinfo=UTC).timestamp()
    for clock in ("23:59:59", "00:00:01"):
        assert abs(parse_mark(f"x@{clock}").time(first) - first) < 20


@given(st.floats(0, 4e9), st.integers(0, 86_399))
def test_no_other_day_is_nearer(first: float, seconds: int) -> None:
    time = Mark("x", seconds, "midnight").time(first)
    assert abs(time - first) <= 43_200
    assert time % 86_400 == seconds


def test_an_exchange_is_in_the_phase_of_the_last_mark_at_or_before_it() -> None:
    made = timeline(("after-accept", 20), ("launch", 10))
    asked = [9.999, 10, 19.999, 20, 1e9]
    assert [made.at(time) for time in asked] == [None, "launch", "launch", "after-accept", "after-accept"]


@pytest.mark.parametrize("time", [None, float("nan"), float("inf"), float("-inf")])
def test_an_exchange_without_a_time_has_no_phase_and_settles_nothing(time: float | None) -> None:
    made = Timeline([parse_mark("accepted@+5")])
    assert made.at(time) is None
    assert made.at(NOON + 5) is None  # the first real time is the first exchange's
    assert made.at(NOON + 10) == "after-accept"


@given(st.lists(st.tuples(st.sampled_from(PHASES), st.floats(-1e10, 1e10)), max_size=20), st.floats(-1e10, 1e10))
def test_the_order_of_marks_makes_no_difference(marks: list[tuple[str, float]], time: float) -> None:
    marks = list({at: (name, at) for name, at in marks}.values())
    made = timeline(*marks)
    before = [mark for mark in marks if mark[1] <= time]
    assert made.at(time) == (max(before, key=lambda mark: mark[1])[0] if before else None)
    assert timeline(*reversed(marks)).phases(time) == made.phases(time)
    times = [phase.time for phase in made.phases(None)]
    assert times == sorted(times)
    assert len(times) == len(marks)


def test_a_mark_may_come_after_exchanges_were_asked_for() -> None:
    made = timeline(("launch", 10))
    assert made.at(30) == "launch"
    made.add(Phase(name="after-accept", time=20))
    assert made.at(30) == "after-accept"


@pytest.mark.parametrize("late", [False, True])
def test_a_users_mark_replaces_those_of_its_name_in_the_file(late: bool) -> None:
    made = Timeline([parse_mark("accepted@+20")])
    if late:
        assert made.at(NOON) is None
    for name, after in (("after-accept", 5), ("launch", 1), ("after-accept", 7)):
        made.add(Phase(name=name, time=NOON + after))
    assert made.phases(NOON) == (
        Phase(name="launch", time=NOON + 1),
        Phase(name="after-accept", time=NOON + 20),
    )
    assert made.dropped == 0


def test_the_first_time_asked_for_stays_the_first() -> None:
    made = Timeline([parse_mark("accepted@+20"), parse_mark("launch@2026-11-22T12:00:01Z")])
    assert made.phases(None) == (Phase(name="launch", time=NOON + 1),)
    assert made.at(NOON) is None
    assert [phase.time for phase in made.phases(NOON - 500)] == [NOON + 1, NOON + 20]


def test_a_timeline_is_false_without_marks() -> None:
    assert not Timeline()
    assert Timeline([parse_mark("accepted@+20")])
    assert timeline(("launch", 1))
    assert not timeline(("<b>", 1))


def test_marks_of_a_hostile_file_are_bounded_and_named_as_all() -> None:
    made = timeline(("Accepted", 1), ("\x1b[31m", 2), ("x" * 10_000, 3), ("launch", float("nan")))
    assert made.phases(None) == (Phase(name="after-accept", time=1),)
    assert made.dropped == 3
    for time in itertools.islice(itertools.count(), MAX_MARKS + 5):
        made.add(Phase(name="launch", time=time))
    assert len(made.phases(None)) == MAX_MARKS
    assert made.dropped == 3 + 6
