"""The few lines for a terminal."""

import io
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from analyzer.report.terminal import ROW_LIMIT, summary
from analyzer.reported import Report
from tests.report.sample import big_report, empty_report, founding_report, hostile_report


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


def test_nothing_found() -> None:
    text = printed(empty_report())
    assert "No personal data was recognised in 64 exchanges." in text
    assert "Not seen: nothing is known to be missing" in text


def test_something_found_but_nothing_to_tell() -> None:
    report = msgspec.structs.replace(founding_report(), sentences=())
    assert printed(report).startswith("Nothing stands out; what was recognised:")


def test_captured_text_styles_and_commands_nothing() -> None:
    text = printed(hostile_report(), (Path("[blink]x"),), color=True)
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
