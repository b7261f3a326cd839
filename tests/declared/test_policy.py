"""Policies as passages: their lines, their date, and what they speak of."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.declared.about import About, company_names
from analyzer.declared.policy import MAX_PASSAGE, read_text, sentences
from analyzer.declared.policy_diff import policy_diff
from analyzer.declared.saved_page import pieces
from tests.declared.made import FIXTURES, knowledge, read_one, written
from tests.report.sample import founding_report


def about() -> About:
    return About(knowledge().wording, founding_report().recipients)


@pytest.mark.parametrize("name", ["policy-2018-03-before.txt", "policy-2018-03-after.txt"])
def test_each_passage_begins_in_the_line_that_it_names(name: str) -> None:
    lines = (FIXTURES / name).read_text().splitlines()
    passages = read_one(name).passages
    assert len(passages) > 8
    for passage in passages:
        assert " ".join(passage.text.split()[:3]) in f"{lines[passage.line - 1]} {lines[passage.line]}"


def test_headings_are_passages_of_their_own() -> None:
    texts = [passage.text for passage in read_one("policy-2018-03-before.txt").passages]
    assert "Who receives it" in texts
    assert "Your personal information and contact details will remain confidential." in texts


def test_a_page_shows_its_text_and_nothing_else() -> None:
    found = read_one("policy.html")
    assert found.declaration.date == "2018-03-25"
    assert [(passage.line, passage.text) for passage in found.passages][2:] == [
        (10, "We collect your e-mail address & mobile number."),
        (11, "Facebook receives the advertising ID of your phone."),
        (15, "Choose a segment of your constituency."),
        (15, "The Segment service is not used."),
    ]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Last updated: 12 January 2018", "2018-01-12"),
        ("Effective from March 25th, 2018.", "2018-03-25"),
        ("Version of 2018-03-25", "2018-03-25"),
        ("Updated on 31 February 2018", None),
        ("Updated on 12 Smarch 2018, that is 12 Mar 2018", "2018-03-12"),
        ("The party was founded on 6 April 1980", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    found = read_text(f"{text}\n\nYour personal data.", "policy", "")
    assert found is not None
    assert found.declaration.date == date


@pytest.mark.parametrize(
    ("text", "speaks_of"),
    [
        ("We collect your e-mail address.", ("person.email",)),
        ("We never share it with third parties without your consent.", ("THIRD PARTIES", "CONFIDENTIALITY", "CONSENT")),
        ("CleverTap is told your areas of interest.", ("person.interests", "WizRocket Inc. (CleverTap)")),
        ("It is needed for our legitimate interests, and your interests do not override them.", ()),
        ("Write us an email, or send an SMS.", ()),
        ("Fabricated facts, googled and metadata.", ()),
        ("A smsc is no message.", ()),
        ("Meta information is kept.", ()),
        ("Data goes to Meta Platforms.", ("Meta Platforms, Inc.",)),
        ("It runs on Facebook and Crashlytics.", ("Meta Platforms, Inc.", "Google LLC")),
        ("Contact us by post.", ()),
    ],
)
def test_what_passages_speak_of(text: str, speaks_of: tuple[str, ...]) -> None:
    assert set(about().of(text)) == set(speaks_of)


def test_first_parties_are_no_recipients_to_be_named() -> None:
    names = company_names(founding_report().recipients, knowledge().wording)
    assert names["WizRocket Inc. (CleverTap)"][:2] == ("CleverTap", "WizRocket")
    assert set(names) == {"WizRocket Inc. (CleverTap)", "Meta Platforms, Inc.", "Google LLC"}


def test_the_change_of_2018() -> None:
    before, after = read_one("policy-2018-03-before.txt"), read_one("policy-2018-03-after.txt")
    changes = policy_diff(before, after, about())
    promise = next(one for one in changes if one.kind == "changed" and "THIRD PARTIES" in one.about)
    assert promise.before is not None
    assert promise.after is not None
    assert "shall not be provided to third parties in any manner" in promise.before.text
    assert promise.after.text.startswith("Certain information may be processed by third parties")
    assert (promise.before.line, promise.after.line) == (16, 16)
    assert [one.kind for one in changes].count("came") == 2
    went = next(one for one in changes if one.kind == "went")
    assert went.before is not None
    assert went.before.text.endswith("will remain confidential.")


TEXTS = st.lists(
    st.sampled_from("We collect it. | Your data is sold. | No third parties. | Write to us. | It ends.".split(" | "))
)


@given(TEXTS, TEXTS)
def test_laws_of_the_difference(one: list[str], other: list[str]) -> None:
    before = read_text("\n\n".join(["Privacy of your data.", *one]), "before", "1")
    after = read_text("\n\n".join(["Privacy of your data.", *other]), "after", "2")
    assert before is not None
    assert after is not None
    words = About(knowledge().wording)
    assert policy_diff(before, before, words) == ()
    changes = policy_diff(before, after, words)
    gone = sorted(change.before.text for change in changes if change.before)
    came = sorted(change.after.text for change in changes if change.after)
    left = sorted([passage.text for passage in before.passages] + came)
    assert left == sorted([passage.text for passage in after.passages] + gone)
    mirrored = policy_diff(after, before, words)
    assert sorted(change.after.text for change in mirrored if change.after) == gone


def test_a_passage_that_moved_did_not_change(tmp_path: Path) -> None:
    text = (FIXTURES / "policy-2018-03-before.txt").read_text()
    parts = text.split("\n\n")
    moved = written(tmp_path / "moved", "\n\n".join([*parts[:3], *reversed(parts[3:])]))
    assert policy_diff(read_one("policy-2018-03-before.txt"), moved, about()) == ()


@given(st.lists(st.tuples(st.integers(1, 9), st.text(max_size=60)), max_size=8))
def test_no_word_is_lost(lines: list[tuple[int, str]]) -> None:
    paragraph = [(number, line) for number, (_, line) in enumerate(lines, 1)]
    passages = list(sentences(paragraph))
    whole = "".join("".join(line.split()) for _, line in paragraph)
    kept = "".join("".join(passage.text.split()) for passage in passages)
    assert [c for c in kept if c.isalpha()] == [c for c in whole if c.isalpha()]
    assert all(0 < len(passage.text) <= MAX_PASSAGE for passage in passages)


@given(st.text(st.sampled_from("<>/!-abscript \n&;=\"'")))
def test_pages_never_raise_and_count_lines_rightly(page: str) -> None:
    for piece in pieces(page):
        assert 1 <= piece.line <= page.count("\n") + 1
