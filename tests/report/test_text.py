"""What the terminal shows of the gate."""

from hypothesis import given, settings

from analyzer.report.judged import Judged
from analyzer.report.text import LISTED, render_text
from tests.report.judging import ALL, hostile, item, judged


def test_gravest_first_and_the_exit_code_last() -> None:
    text = render_text(judged(*ALL)).decode()
    headings = ["Fails the build:", "Not seen:", "Worth a look:", "Could not be judged:", "Set aside:"]
    assert [line for line in text.splitlines() if line.endswith(":")] == headings
    assert text.endswith("\nIn words. Exit code 1.\n")
    assert "  high     clear-text: Email address was sent to Tracker Inc. outside TLS.\n" in text
    assert "           runs/shop.har:120, request 7\n" in text
    assert "           Agreed (by A. Person, until 2027-01-01)\n" in text


def test_many_are_counted() -> None:
    many = [item(recipient=f"Tracker {number}") for number in range(LISTED + 3)]
    assert "\n  and 3 more\n" in render_text(judged(*many)).decode()


@settings(max_examples=40)
@given(hostile)
def test_captured_text_cannot_command_a_terminal(said: Judged) -> None:
    lines = render_text(judged(*said.items)).decode().split("\n")
    assert all(line.isprintable() for line in lines)
