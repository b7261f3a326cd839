"""The line on one new transmission."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.live.lines import line
from tests.dashboard.making import sent


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
