"""The few lines for a terminal."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from analyzer.report.terminal import BEFORE_SHOWN, MATCHES_SHOWN, ROW_LIMIT, summary
from analyzer.reported import Report
from tests.report.attributed import MATCH, attributed_report
from tests.report.making import builder, exchange, finding, finish
from tests.report.sample import PHASES, big_report, empty_report, founding_report, hostile_report, phased_report


def printed(report: Report, paths: Sequence[Path] = (), color: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=120, force_terminal=color, color_system="truecolor" if color else None).print(
        summary(report, paths)
    )
    return out.getvalue()


def test_founding_case() -> None:
    text = printed(founding_report(), (Path("out") / "report.html",))
    assert "1. The app transmitted full name" in text
    assert "[request 7]" in text
    assert "WizRocket Inc." in text
    assert "United States, India" in text
    words = " ".join(text.split())
    assert (
        "Not seen: 6 unread connections, "
        "3 undecoded bodies or parts (to townhall.example, WizRocket Inc. (CleverTap)), 1 skipped entry, 1 note"
    ) in words
    assert (
        "Known to several recipients: Advertising ID (WizRocket Inc. (CleverTap), Meta Platforms, Inc., Google LLC); "
        "Server-made identifier (Meta Platforms, Inc., Google LLC)"
    ) in words
    assert "Report: " + str(Path("out") / "report.html") in text
    assert len(text.splitlines()) < 40


def test_what_a_list_of_indicators_names_comes_first() -> None:
    lines = printed(attributed_report()).splitlines()
    assert lines[0].startswith("Request 7 went to cfg.obscure.example, which is under the domain obscure.example")
    assert "Compared with 12 indicators from 2 lists: 2 matches" in [line.strip() for line in lines[:6]]


def test_many_matches_are_cut_and_counted() -> None:
    report = attributed_report()
    text = printed(msgspec.structs.replace(report, indicator_matches=(MATCH,) * (MATCHES_SHOWN + 1_001)))
    assert text.count("Request 7 went to") == MATCHES_SHOWN
    assert f"{MATCHES_SHOWN + 1_001:,} matches (1,001 more in the report)" in text


def test_lists_that_name_nothing_are_told_of() -> None:
    text = printed(msgspec.structs.replace(attributed_report(), indicator_matches=()))
    assert "Compared with 12 indicators from 2 lists: none seen in this capture" in text
    assert "indicator" not in printed(founding_report())


def test_owners_that_are_not_known() -> None:
    report = attributed_report()
    row = report.unknown_owners[0]
    many = tuple(msgspec.structs.replace(row, domain=f"d{number}.example") for number in range(1_500))
    assert "Owner not known: 2 domains (obscure.example, quiet.example)" in printed(report)
    assert "Owner not known: 1 domain (obscure.example)" in printed(
        msgspec.structs.replace(report, unknown_owners=(row,))
    )
    assert "Owner not known: 1,500 domains (d0.example, d1.example, d2.example and 1,497 more)" in printed(
        msgspec.structs.replace(report, unknown_owners=many)
    )
    assert "Owner not known" not in printed(founding_report())


def test_doubts_about_a_place_are_told() -> None:
    words = " ".join(printed(attributed_report()).split())
    assert "India (disputed) (too far)" in words
    assert "Anaphora GmbH (Germany)" in words


def test_nothing_found() -> None:
    text = printed(empty_report())
    assert "No personal data was recognised in 64 exchanges." in text
    assert "Not seen: nothing is known to be missing" in text


def test_something_found_but_nothing_to_tell() -> None:
    report = msgspec.structs.replace(founding_report(), sentences=())
    assert printed(report).startswith("No personal data was recognised by more than the name of its field; what was")


@pytest.mark.parametrize("sample", [founding_report, attributed_report])
def test_captured_text_styles_and_commands_nothing(sample: Callable[[], Report]) -> None:
    text = printed(hostile_report(sample=sample()), (Path("[blink]x"),), color=True)
    plain = text.replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert "\x1b" not in plain
    assert all(character.isprintable() or character == "\n" for character in plain)
    assert "[bold red]markup[/bold red] :boom:" in plain
    assert "[blink]x" in plain
    assert "x" * 1_001 not in "".join(plain.split())


def test_many_shared_identifiers_are_counted() -> None:
    report = founding_report()
    text = printed(
        msgspec.structs.replace(report, shared_identifiers=report.shared_identifiers * 9, shared_total=1_018)
    )
    assert "; 1,015 more identifiers" in " ".join(text.split())


def test_many_recipients_are_cut_and_counted() -> None:
    text = printed(big_report(ROW_LIMIT + 5, 2))
    assert "5 more recipients in the report" in text
    assert f"Company {ROW_LIMIT + 1}" not in text


def test_what_was_transmitted_before_the_answer_is_named() -> None:
    words = " ".join(printed(phased_report()).split())
    assert (
        "Before the consent screen was answered (accepted at 10:08:10 UTC): WizRocket Inc. (CleverTap) (full name, "
    ) in words
    assert "consent screen" not in printed(founding_report())
    assert "consent screen" not in printed(phased_report(PHASES[2:]))


def test_recipients_before_the_answer_are_cut_and_counted() -> None:
    report = phased_report()
    model = report.recipients[0]
    many = tuple(
        msgspec.structs.replace(
            model, id=f"r{n}", name=f"Company {n}",
            groups=tuple(msgspec.structs.replace(group, recipient=f"r{n}") for group in model.groups),
        )
        for n in range(BEFORE_SHOWN + 3)
    )  # fmt: skip
    words = " ".join(printed(msgspec.structs.replace(report, recipients=many)).split())
    assert f"Company {BEFORE_SHOWN - 1} (full name" in words
    assert "; 3 more recipients" in words


def test_every_request_that_bears_a_sentence_is_named() -> None:
    made = builder()
    for index, kind in enumerate(("person.email", "loc.precise", "person.phone")):
        made.add(exchange(index), "t.example", [finding(kind)])
    assert "[requests 0, 1, 2]" in " ".join(printed(finish(made)).split())
