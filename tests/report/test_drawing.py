"""The drawing: a line for each pair, on rows that lie within it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.drawing import MAX_DRAWN, MAX_RECIPIENTS, draw
from analyzer.reported import Assigner, Receiver, SharedIdentifier


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
