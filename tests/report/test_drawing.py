"""The drawing: a line for each pair, on rows that lie within it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Phase
from analyzer.report.drawing import (
    MAX_BANDS,
    MAX_DRAWN,
    MAX_RECIPIENTS,
    MAX_ROWS,
    MAX_TICKS,
    WIDTH,
    draw,
    draw_session,
)
from analyzer.reported import Assigner, Group, Receiver, Recipient, SharedIdentifier
from tests.report.making import CAPTURE, START, marked, phases


def identifier(*recipients: str, assigner: str = "") -> SharedIdentifier:
    """An identifier that all of them were sent, but the assigner."""
    known = ([assigner] if assigner else []) + [name for name in recipients if name != assigner]
    return SharedIdentifier(
        id="s1", masked_value="…", data_types=(), label="Made", count=1, evidence="Made.",
        recipients=tuple(known), names=tuple(name.upper() for name in known),
        receivers=tuple(
            Receiver(recipient=name, name=name, host=name, location="body", path="", exchange=0, count=1)
            for name in recipients
        ),
        assigner=Assigner(recipient=assigner, name=assigner, host=assigner, exchange=0, where="cookie") if assigner
        else None,
    )  # fmt: skip


def test_who_assigned_and_who_was_sent() -> None:
    drawing = draw([identifier("b", "c", assigner="a")])
    assert [(node.recipient, node.name, node.assigns) for node in drawing.nodes] == [
        ("a", "A", True), ("b", "B", False), ("c", "C", False),
    ]  # fmt: skip
    assert [(line.start, line.end, line.is_assigned) for line in drawing.lines] == [
        (1.5, 0.5, True), (1.5, 1.5, False), (1.5, 2.5, False),
    ]  # fmt: skip
    assert drawing.rows == 3


def test_an_assigner_that_is_sent_its_own_has_two_lines_apart() -> None:
    first, second, other = draw([identifier("a", "b", assigner="a")]).lines
    assert (first.is_assigned, second.is_assigned, other.is_assigned) == (True, False, False)
    assert first.end < second.end < other.end


def test_what_is_too_much_is_counted() -> None:
    names = [f"n{n}" for n in range(MAX_RECIPIENTS + 3)]
    drawing = draw([identifier(*names)] * (MAX_DRAWN + 2))
    assert (len(drawing.identifiers), len(drawing.nodes)) == (MAX_DRAWN, MAX_RECIPIENTS)
    assert drawing.more_recipients == 3
    assert len(drawing.lines) == MAX_DRAWN * MAX_RECIPIENTS


def test_recipients_past_the_listed_hosts_have_a_line_too() -> None:
    short = identifier("a", "b", "c")
    assert len(draw([msgspec.structs.replace(short, receivers=short.receivers[:1])]).lines) == 3


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcdefghijklmnop"), min_size=2), st.sampled_from(["", "a", "z"]))))
def test_lines_stay_within_the_drawing(made: list[tuple[set[str], str]]) -> None:
    drawing = draw([identifier(*sorted(names), assigner=assigner) for names, assigner in made])
    assert all(0 < at < drawing.rows for line in drawing.lines for at in (line.start, line.end))
    shown = {node.recipient for node in drawing.nodes}
    pairs = sum(len(shown & set(each.recipients)) for each in drawing.identifiers)
    assert len(drawing.lines) >= pairs
    assert all(len(shown & set(each.recipients)) >= 2 for each in drawing.identifiers), "one without lines says nobody"
    assert len(shown) <= MAX_RECIPIENTS
    known = {name for names, assigner in made for name in (*names, assigner) if name}
    assert drawing.more_recipients == len(known - shown)


def test_an_identifier_that_has_no_room_makes_room_for_a_later_one() -> None:
    made = [identifier(f"a{n}", f"b{n}") for n in range(MAX_RECIPIENTS // 2)]
    left_out, fits = identifier("c", "d"), identifier("a0", "b1")
    assert draw([*made, left_out, fits]).identifiers == (*made, fits)
    assert draw([*made, left_out, fits]).more_recipients == 2


def group(seconds: float | None, number: int = 0, telling: bool = True) -> Group:
    return Group(
        id=f"t{number}", recipient="r1", host="t.example", data_type="person.email", label="Email", location="body",
        sensitivity=3 if telling else 1, path="a", decoding=(), transform="plain", evidence="seed", seed=None,
        reasoning="made", masked_value="…", count=1, exchanges=(number,),
        first_time=None if seconds is None else START + seconds,
    )  # fmt: skip


def to(name: str, *groups: Group) -> Recipient:
    return Recipient(
        id=name, name=name.upper(), party="third", owner=None, parent=None, owner_country=None, category=None,
        destinations=(), groups=groups, exchanges=1,
    )  # fmt: skip


def test_without_phases_there_is_no_drawing_of_them() -> None:
    assert draw_session(CAPTURE, [to("a", group(1))]) is None
    assert draw_session(marked(Phase(name="launch", time=-1.0)), [to("a", group(1))]) is None


def test_bands_fill_the_width_and_ticks_stand_in_theirs() -> None:
    capture = marked(*phases(launch=0, after_accept=10, background=100))
    session = draw_session(capture, [to("a", group(0), group(9.99), group(10), group(99)), to("b", group(None))])
    assert session is not None
    assert [(band.name, band.start) for band in session.bands] == [
        ("launch", 0), ("after-accept", session.bands[0].end), ("background", session.bands[1].end),
    ]  # fmt: skip
    assert session.bands[-1].end == WIDTH
    assert session.bands[1].end - session.bands[1].start > session.bands[0].end > 100
    (track,) = session.tracks
    assert (track.recipient, track.name, track.moments) == ("a", "A", (("launch", 2), ("after-accept", 2)))
    assert track.ticks[0] == 0
    assert track.ticks[1] < session.bands[1].start == track.ticks[2] == session.answer


def test_only_what_is_worth_telling_has_a_tick_and_like_moments_one() -> None:
    session = draw_session(marked(*phases(launch=0)), [to("a", group(1), group(1, 2), group(5, telling=False))])
    assert session is not None
    assert [len(track.ticks) for track in session.tracks] == [1]
    assert session.answer is None


def test_what_came_before_the_first_mark_has_a_band_without_a_name() -> None:
    session = draw_session(marked(*phases(after_accept=5)), [to("a", group(3))])
    assert session is not None
    assert [(band.name, band.since) for band in session.bands] == [(None, START), ("after-accept", START + 5)]
    assert session.tracks[0].moments == ((None, 1),)


def test_tracks_ticks_and_bands_are_bounded_and_the_rest_is_counted() -> None:
    marks = [Phase(name=f"p{number}", time=START + number) for number in range(MAX_BANDS + 5)]
    groups = [group(second, second) for second in range(600)]
    session = draw_session(marked(*marks), [to(f"r{number}", *groups) for number in range(MAX_ROWS + 2)])
    assert session is not None
    assert (len(session.bands), session.more_phases) == (MAX_BANDS, 5)
    assert (len(session.tracks), session.more_tracks) == (MAX_ROWS, 2)
    ticks = sum(len(track.ticks) for track in session.tracks)
    assert MAX_TICKS - MAX_ROWS < ticks <= MAX_TICKS
    assert session.more_ticks > 0


def test_a_session_of_one_moment_fills_the_width_too() -> None:
    session = draw_session(marked(*phases(launch=0), *phases(after_accept=0)), [to("a", group(0))])
    assert session is not None
    assert [(band.start, band.end) for band in session.bands] == [(0, WIDTH // 2), (WIDTH // 2, WIDTH)]


any_time = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(any_time, min_size=1, max_size=20), st.lists(any_time, max_size=20))
def test_times_of_any_kind_stay_within_the_drawing(marks: list[float], sent: list[float]) -> None:
    named = [Phase(name="x", time=time) for time in sorted(marks)]
    session = draw_session(marked(*named), [to("a", *(group(time) for time in sent))])
    if session is None:
        return
    edges = [edge for band in session.bands for edge in (band.start, band.end)]
    assert edges == sorted(edges)
    assert (edges[0], edges[-1]) == (0, WIDTH)
    assert all(0 <= tick <= WIDTH for track in session.tracks for tick in track.ticks)
    for track in session.tracks:
        assert list(track.ticks) == sorted(set(track.ticks))
