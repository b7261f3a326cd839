"""The board: what it shows of the events, in which order, and that nothing makes it grow without end."""

from typing import get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.dashboard import board as module
from analyzer.dashboard.board import Board, ShownCell, Snapshot
from analyzer.live.events import Event, PhaseBegan, Reached, Seen, Sent, Trouble, Unreadable
from analyzer.model import EVIDENCE, Location, Party
from tests.dashboard.making import SENT, reached, seen, sent, session, transmission


def shown(*events: Event) -> Snapshot:
    board = Board()
    for event in events:
        board.apply(event)
    return board.snapshot()


def cell(snapshot: Snapshot, data_type: str, recipient: str) -> ShownCell | None:
    names = [each.name for each in snapshot.recipients]
    row = next(row for row in snapshot.rows if row.data_type == data_type)
    return next((cell for cell in row.cells if names[cell.column] == recipient), None)


def test_an_empty_board_shows_nothing() -> None:
    snapshot = shown()
    assert (snapshot.recipients, snapshot.rows, snapshot.lines, snapshot.unplaced) == ((), (), (), 0)
    assert snapshot.progress == reached()


def test_counts_every_transmission_once() -> None:
    snapshot = shown(seen(SENT, again=2), Seen(exchange=4, flow=None, transmissions=(transmission(SENT),), new=()))
    found = cell(snapshot, "person.email", "CleverTap")
    assert found is not None
    assert found.count == 4
    assert snapshot.lines_total == 1


def test_third_parties_come_first_and_the_most_sensitive_data() -> None:
    snapshot = shown(*session())
    assert [to.name for to in snapshot.recipients] == [
        "CleverTap", "Adjust GmbH", "unknown.example", "Google LLC", "Meta Platforms, Inc.", "samvad.example",
    ]  # fmt: skip
    assert [row.sensitivity for row in snapshot.rows] == sorted(
        (row.sensitivity for row in snapshot.rows), reverse=True
    )
    assert snapshot.rows[0].data_type == "auth.password"


def test_a_cell_keeps_the_strongest_evidence() -> None:
    weak, strong, between = (sent(evidence=level) for level in ("key", "validated", "key+value"))
    assert not cell_of(weak).is_strong
    assert not cell_of(weak, between).is_strong
    assert (cell_of(weak, strong, between).evidence, cell_of(weak, strong).is_strong) == ("validated", True)


def cell_of(*new: Sent) -> ShownCell:
    found = cell(shown(seen(*new)), "person.email", "CleverTap")
    assert found is not None
    return found


def test_a_cell_says_when_something_was_sent_before_an_answer_and_as_what() -> None:
    after = cell_of(sent(phase="after-accept"), sent(phase="logged-in"), sent(phase=None))
    assert (after.before_answer, after.phases, after.is_derived) == (False, ("after-accept", "logged-in"), False)
    assert cell_of(sent(phase="after-accept"), sent(phase="launch")).before_answer
    assert cell_of(sent(), sent(transform="sha256(lower)")).is_derived


def test_lines_tell_the_newest_first_and_only_what_is_telling() -> None:
    snapshot = shown(
        seen(SENT), seen(sent(telling=False, host="quiet.example")), seen(sent(host="late.example", phase=None))
    )
    assert [line.number for line in snapshot.lines] == [2, 1]
    newest = snapshot.lines[0]
    assert newest.text == "email address → late.example · CleverTap, US · server Mumbai"
    assert (newest.place, newest.masked_value, newest.before_answer) == ("body d.profile.Email", "a…e", False)
    assert snapshot.lines[1].before_answer


def test_hosts_of_one_owner_share_a_column() -> None:
    snapshot = shown(seen(SENT), seen(sent(host="eu1.wzrkt.com")))
    found = cell(snapshot, "person.email", "CleverTap")
    assert len(snapshot.recipients) == 1
    assert found is not None
    assert found.count == 2


def test_a_host_whose_owner_becomes_known_counts_for_its_owner_from_then_on() -> None:
    unknown = sent(host="x.example", recipient="x.example", owner=None, seat=None)
    snapshot = shown(seen(unknown), seen(sent(host="x.example"), again=1))
    counts = {to.name: cell(snapshot, "person.email", to.name) for to in snapshot.recipients}
    assert {name: found and found.count for name, found in counts.items()} == {"x.example": 1, "CleverTap": 2}


def test_phases_troubles_and_unreadable_hosts_are_listed() -> None:
    snapshot = shown(*session(), Trouble(message="one"), Trouble(message="two"), Trouble(message="one"))
    assert [phase.name for phase in snapshot.phases] == ["launch", "before-consent", "after-accept"]
    assert [each.host for each in snapshot.unreadable] == ["api.bank.example", "mtalk.push.example"]
    assert snapshot.troubles == ("two", "one")
    assert snapshot.progress.behind == 340_000


def test_what_has_no_place_is_counted_and_said() -> None:
    most = module.SHOWN + 7
    snapshot = shown(
        *(seen(sent(host=f"h{n}.example", recipient=f"h{n}.example", data_type=f"t{n}")) for n in range(most)),
        *(Unreadable(host=f"h{n}.example", kind="failed", reason="no route") for n in range(most)),
        Seen(exchange=1, flow=None, transmissions=(transmission(sent(host="nobody.example")),), new=()),
    )
    assert (len(snapshot.recipients), snapshot.more_recipients) == (module.SHOWN, 7)
    assert (len(snapshot.rows), snapshot.more_data_types) == (module.SHOWN, 7)
    assert (len(snapshot.lines), snapshot.lines_total) == (module.SHOWN, most)
    assert (len(snapshot.unreadable), snapshot.unreadable_total) == (module.SHOWN, most)
    assert snapshot.unplaced == 1


def test_the_most_sensitive_are_shown_however_late_they_come() -> None:
    many = (seen(sent(host=f"h{n}.example", recipient=f"h{n}.example", sensitivity=1)) for n in range(300))
    late = seen(sent(host="late.example", recipient="Late", data_type="auth.password", sensitivity=4))
    snapshot = shown(*many, late)
    assert snapshot.recipients[0].name == "Late"
    assert snapshot.rows[0].data_type == "auth.password"


def test_memory_is_bounded_whatever_an_app_sends() -> None:
    board = Board()
    for n in range(module.KEPT + 50):
        board.apply(seen(sent(host=f"h{n}.example", recipient=f"h{n}.example", data_type=f"t{n}")))
        board.apply(Trouble(message=str(n)))
    snapshot = board.snapshot()
    assert snapshot.more_recipients == module.KEPT - module.SHOWN
    assert snapshot.unplaced == 50
    assert len(snapshot.troubles) == module.SHOWN
    many_owners = shown(*(seen(sent(recipient=f"r{n}.example")) for n in range(module.KEPT + 50)))
    assert many_owners.more_recipients == module.KEPT - module.SHOWN
    one = Board()
    types = [f"t{n}" for n in range(100)]
    for host in range(module.KEPT_CELLS // 100 + 2):
        one.apply(seen(*(sent(host=f"h{host}", recipient=f"h{host}", data_type=name) for name in types)))
    assert one.snapshot().unplaced == 200


texts = st.text(max_size=20)
sents = st.builds(
    Sent,
    exchange=st.integers(),
    time=st.none() | st.floats(),
    phase=st.none() | texts | st.sampled_from(["launch", "after-accept"]),
    data_type=texts,
    label=texts,
    sensitivity=st.integers(0, 4),
    telling=st.booleans(),
    host=texts,
    recipient=texts,
    party=st.sampled_from(get_args(Party)),
    owner=st.none() | texts,
    seat=st.none() | texts,
    server=texts,
    location=st.sampled_from(get_args(Location)),
    path=texts,
    transform=texts,
    evidence=st.sampled_from(EVIDENCE),
    masked_value=texts,
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        lambda new, sent_too, others: Seen(
            exchange=0, flow=None, new=tuple(new), transmissions=tuple(map(transmission, (*new[:sent_too], *others)))
        ),
        st.lists(sents, max_size=3),
        st.integers(0, 3),
        st.lists(sents, max_size=2),
    ),
    st.builds(PhaseBegan, name=texts, time=st.floats()),
    st.builds(Unreadable, host=texts, kind=texts, reason=texts),
    st.builds(Trouble, message=texts),
    st.builds(Reached, exchanges=st.integers(), transmissions=st.integers(), unread=st.integers(),
              undecoded=st.integers(), behind=st.integers(), ended=st.booleans()),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(events, max_size=12))
def test_no_event_breaks_it_and_all_text_is_safe_to_look_at(several: list[Event]) -> None:
    snapshot = shown(*several)
    assert all(text.isprintable() for text in strings(msgspec.to_builtins(snapshot)))
    assert msgspec.json.decode(msgspec.json.encode(snapshot))["lines_total"] == snapshot.lines_total
    sent_all = sum(len(event.transmissions) for event in several if isinstance(event, Seen))
    assert sum(each.count for row in snapshot.rows for each in row.cells) + snapshot.unplaced == sent_all
    is_first = [to.party == "first" for to in snapshot.recipients]
    assert is_first == sorted(is_first)
    for row in snapshot.rows:
        assert row.cells
        assert all(0 <= each.column < len(snapshot.recipients) for each in row.cells)


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in strings(each)]
    return []
