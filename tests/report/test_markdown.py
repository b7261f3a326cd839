"""The comment on a pull request is short, says what stops the build, and is nobody else's to write in."""

import html
import re

import pytest
from hypothesis import example, given, settings
from msgspec.structs import replace

from analyzer.report.judged import Judged
from analyzer.report.markdown import ROWS, plain, render_markdown
from analyzer.report.visible import visible
from tests.report.judging import ALL, ASIDE, AT, FEW, LOW, NEW, OPEN, WEIRD, hostile, item, judged

ESCAPED = re.compile(r"\\([\\`*_\[\]|~$])")
MARKUP = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]|~$]|[<>]")


def text_of(said: Judged) -> str:
    return render_markdown(said).decode()


def shown(markdown: str) -> str:
    """The text that a reader sees of escaped text."""
    return html.unescape(ESCAPED.sub(r"\1", markdown)).replace("\u200b", "")


def test_a_stopped_build() -> None:
    assert text_of(judged(item(), NEW, summary="1 new or worsened transmission and 1 indication in 1 run.")).startswith(
        "### apptells: The build was stopped\n\n"
        "1 new or worsened transmission and 1 indication in 1 run. App: com.example.shop 4.2.1.\n\n"
        "**New or worsened**\n\n"
        "| severity | to | data | what | request |\n|---|---|---|---|---|\n"
        "| medium | Ads Ltd | Phone number | Not seen before. | 7, line 120 |\n\n"
        "**Indicated**\n\n"
        "| severity | what was seen | request |\n|---|---|---|\n"
        "| high | Email address was sent to Tracker Inc. outside TLS. | 7, line 120 |\n"
    )


@pytest.mark.parametrize(
    ("said", "heading"),
    [
        (judged(), "Nothing that stops the build"),
        (judged(LOW), "Nothing that stops the build"),
        (judged(FEW), "Not enough was seen to say"),
        (judged(item(), FEW), "The build was stopped"),
    ],
)
def test_headings(said: Judged, heading: str) -> None:
    assert text_of(said).startswith(f"### apptells: {heading}\n")


def test_what_differs_in_the_data_type_only_shares_a_row() -> None:
    more = replace(NEW, labels=("Email address",), places=(replace(AT, exchange=2, line=30),))
    assert "| medium | Ads Ltd | Phone number; Email address | Not seen before. | 2, line 30 and 1 more |\n" in text_of(
        judged(NEW, more)
    )
    assert text_of(judged(NEW, replace(NEW, told="Outside TLS."))).count("| medium |") == 2


def test_what_stops_nothing_is_folded_away() -> None:
    text = text_of(judged(*ALL))
    folded = text[text.index("<details>") :]
    for one in (LOW, OPEN, ASIDE):
        assert plain(one.message) in folded
    assert "Set aside (1)" in folded
    assert plain(ASIDE.waived or "") in folded
    assert plain(FEW.message) in text[: text.index("<details>")]
    assert text.count("<details>") == text.count("</details>") == 4


def test_a_comment_stays_small() -> None:
    many = [item(recipient=f"Tracker {number}", message="long " * 500) for number in range(500)]
    text = text_of(judged(*many, *(item(state="warns", message="x" * 9000) for _ in range(500))))
    assert f"| {500 - ROWS} more | | |\n" in text
    assert len(text) < 65_536


@given(WEIRD)
@example("@everyone see #12, GH-12, !3, ~bug, $4, %5, &6, :tada: https://a.example www.a.example a@b.example")
@example("a | b `c` **d** <!-- [x](javascript:1)")
def test_plain_text_shows_as_itself(text: str) -> None:
    escaped = plain(text)
    assert shown(escaped) == visible(text)
    assert MARKUP.search(escaped) is None
    assert "\n" not in escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("in_app*", "in\\_app\\*"),
        ("@asha", "@&#8203;asha"),
        ("http://x", "http:&#8203;//x"),
        ("WWW.x", "WWW&#8203;.x"),
        ("a\nb", "a\\\\nb"),
    ],
)
def test_escapes(text: str, escaped: str) -> None:
    assert plain(text) == escaped


@pytest.mark.parametrize(
    "text",
    ["@team", "#12", "GH-12", "gh-12", "!3", "~bug", '~"a bug"', "$4", "%5", "&6", ":tada:", "https://a", "www.a.b"],
)
def test_nothing_refers_to_anything(text: str) -> None:
    rendered = html.unescape(ESCAPED.sub(r"\1", plain(text)))
    assert text not in rendered
    assert rendered.replace("\u200b", "") == text


@settings(max_examples=60)
@given(hostile)
def test_captured_text_adds_no_line(said: Judged) -> None:
    lines = text_of(said).splitlines()
    ours = re.compile(r"$|### |\*\*|\| |\|-|- |</?details|Indications fail|not a judgement")
    assert [line for line in lines[:2] + lines[3:] if not ours.match(line)] == []
    for line in lines:
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) in (4, 6)
