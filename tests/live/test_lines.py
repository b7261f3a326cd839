"""The line on one new transmission."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.live.events import PhaseBegan, Reached, Trouble, Unreadable
from analyzer.live.lines import line, lines
from tests.dashboard.making import seen, sent


def test_says_what_went_where_to_whom_and_when() -> None:
    assert line(sent(label="Email")) == "email → in.wzrkt.com · CleverTap, US · server Mumbai · before consent"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"seat": None}, "email address → in.wzrkt.com · CleverTap · server Mumbai · before consent"),
        ({"owner": None, "seat": None, "recipient": "wzrkt.com"},
         "email address → in.wzrkt.com · owner not known · server Mumbai · before consent"),
        ({"owner": None, "seat": None, "party": "first", "host": "api.samvad.example"},
         "email address → api.samvad.example · first party · server Mumbai · before consent"),
        ({"phase": None, "server": "unknown"}, "email address → in.wzrkt.com · CleverTap, US · server unknown"),
        ({"phase": "logged-in"}, "email address → in.wzrkt.com · CleverTap, US · server Mumbai · logged in"),
        ({"transform": "sha256(lower)", "phase": None},
         "email address (as sha256) → in.wzrkt.com · CleverTap, US · server Mumbai"),
        ({"label": "IP address (public)", "phase": None}, "IP address → in.wzrkt.com · CleverTap, US · server Mumbai"),
    ],
)  # fmt: skip
def test_leaves_out_what_is_not_known(members: dict[str, object], expected: str) -> None:
    assert line(sent(**members)) == expected


def test_names_countries_where_it_is_told_their_names() -> None:
    assert "CleverTap, United States · server" in line(sent(), {"US": "United States"})
    assert "CleverTap, US · server" in line(sent(), {"DE": "Germany"})


@given(st.text(), st.text(), st.text(), st.text(), st.text(), st.text())
def test_commands_no_terminal_and_stays_one_short_line(
    label: str, host: str, owner: str, server: str, phase: str, transform: str
) -> None:
    text = line(sent(label=label, host=host, owner=owner, server=server, phase=phase, transform=transform))
    assert text.isprintable()
    assert len(text) < 6 * 12 * 150
    text.encode()


def test_cuts_long_texts() -> None:
    assert "a" * 120 + "… (880 more characters) · CleverTap" in line(sent(host="a" * 1000))


def test_only_what_is_telling_is_told_of_an_exchange() -> None:
    ((kind, text),) = lines(seen(sent(), sent(data_type="device.os", telling=False)))
    assert (kind, text) == ("found", line(sent()))


def test_what_else_is_told_cannot_command_the_terminal() -> None:
    unreadable = Unreadable(host="\x1b[2Jpins.example", kind="refused by client", reason="unknown ca")
    assert [*lines(unreadable), *lines(Trouble(message="torn\x1b]0;x\x07"))] == [
        ("aside", "could not see: \\x1b[2Jpins.example (refused by client)"),
        ("trouble", "torn\\x1b]0;x\\x07"),
    ]


def test_progress_and_phases_need_no_line() -> None:
    reached = Reached(exchanges=1, transmissions=1, unread=0, undecoded=0, behind=0)
    assert not [*lines(reached), *lines(PhaseBegan(name="launch", time=1.0))]
