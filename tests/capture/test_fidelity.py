"""The tally of fidelity notes."""

import pytest

from analyzer.capture.fidelity import MESSAGES, Tally


def test_notes_are_counted_and_listed_in_the_order_of_the_messages() -> None:
    tally = Tally()
    tally.add("no-timings")
    tally.add("truncated-file")
    tally.add("no-timings", 2)

    assert [(note.what, note.count) for note in tally.notes()] == [("truncated-file", 1), ("no-timings", 3)]
    assert tally.notes()[0].message == MESSAGES["truncated-file"]


def test_unknown_identifiers_are_refused() -> None:
    with pytest.raises(KeyError):
        Tally().add("made-up")


def test_every_message_is_one_sentence() -> None:
    for message in MESSAGES.values():
        assert message[0].isupper()
        assert message.endswith(".")
        assert ". " not in message
