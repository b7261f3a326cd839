"""What the rules say, on the page and in a terminal."""

import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from analyzer.model import Outcome, Severity, Verdict
from analyzer.report.html import render_html
from analyzer.report.terminal import VERDICTS_SHOWN, summary
from analyzer.reported import Report
from tests.report.sample import HOSTILE, founding_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def verdict(outcome: Outcome, severity: Severity = "high", message: str = "A message.", **members: object) -> Verdict:
    made = Verdict(
        rule="a-rule", outcome=outcome, severity=severity, message=message, transmissions=(2,), title="A title",
        groups=("t2", "t3"), recipient="r1", count=4, cannot_show="Whether it is stored.", status="stable",
        references=("A document, 2018",), verified_on="2026-11-22",
    )  # fmt: skip
    return replace(made, **members)


ALL = (
    verdict("unknown", "critical", "Not judged.", recipient=None),
    verdict("insufficient_data", "info", "Too little was seen.", status="never_law"),
    verdict("indication", "low", "Low one."),
    verdict("indication", "critical", "Critical one.", waived="Agreed (by R, until 2027-01-01)"),
    verdict("indication", "high", "High one."),
    verdict("allowed", message="Allowed one."),
    verdict("not_applicable", message="Not in force."),
)


def said(*verdicts: Verdict) -> Report:
    return replace(founding_report(), verdicts=verdicts)


def section(report: Report) -> str:
    page = "".join(render_html(report))
    found = re.search(r'<section id="rules".*?</section>', page, re.S)
    return found[0] if found else ""


def printed(report: Report) -> str:
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(summary(report))
    return out.getvalue()


def test_indications_by_severity_then_what_is_open_then_what_is_waived() -> None:
    text = section(said(*ALL))
    order = ("2 indications", "High one.", "Low one.", "What could not be judged", "Not judged.",
             "Too little was seen.", "Waived", "Critical one.", "Agreed (by R, until 2027-01-01)",
             "Where nothing is indicated: 2",
             "Allowed one.", "Not in force.")  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_each_names_its_recipient_and_links_to_its_groups() -> None:
    text = section(said(verdict("indication")))
    page = "".join(render_html(said(verdict("indication"))))
    assert (
        '<a href="#r1">WizRocket Inc. (CleverTap)</a>: <a href="#t2">Email address</a>, <a href="#t3">Phone number</a>'
        in text
    )
    assert "sent 4 times" in text
    for anchor in ("r1", "t2", "t3"):
        assert f'id="{anchor}"' in page


def test_a_rule_tells_what_it_cannot_show_and_rests_on() -> None:
    text = section(said(verdict("indication", status="experimental")))
    assert "What a capture cannot show: Whether it is stored." in text
    assert "A document, 2018" in text
    assert "2026-11-22" in text
    assert '<span class="tag">Experimental</span>' in text


def test_no_verdicts_no_section() -> None:
    assert section(said()) == ""
    assert "No rule indicates anything." in section(said(verdict("allowed")))
    assert "No rule indicates anything that is not waived." in section(said(verdict("indication", waived="Agreed.")))


def test_many_are_folded_and_counted() -> None:
    text = section(said(*(verdict("indication", message=f"Number {number}.") for number in range(700))))
    assert "700 indications" in text
    assert re.search(r"\d+ more in <code>report.json</code>", text)
    assert text.count("<li>") < 700


def test_what_is_gone_is_not_linked() -> None:
    text = section(said(verdict("indication", recipient="r999", groups=("t999",))))
    assert "#r999" not in text
    assert "#t999" not in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    made = verdict(
        "indication", message=text, title=text, rule=text, cannot_show=text, references=(text,), status=text,
        verified_on=text, waived=None,
    )  # fmt: skip
    page = section(
        said(made, replace(made, waived=text), replace(made, outcome="unknown"), replace(made, outcome="allowed"))
    )
    assert "<script" not in page
    assert "<img" not in page
    assert "</style" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b\u202e\u2066\ud800-\udfff]", page + printed(said(made)))


def test_the_terminal_names_the_gravest_and_counts_the_rest() -> None:
    text = printed(
        said(*(verdict("indication", message=f"Number {number}.") for number in range(VERDICTS_SHOWN + 2)), *ALL)
    )
    assert "Indicated (high): Number 0. [rule a-rule]" in text
    assert f"Number {VERDICTS_SHOWN - 1}." in text
    assert f"Number {VERDICTS_SHOWN}." not in text
    assert "Rules: 4 more indications, 1 waived, 2 could not be judged" in text
    assert "Rules:" not in printed(said())
    assert "Indicated" not in printed(said(verdict("indication", waived="Agreed.")))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on the path; continuous integration has one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits(browser: Browser, tmp_path: Path, width: int) -> None:
    long = tuple(verdict("indication", message=text, title=text) for text in HOSTILE)
    path = tmp_path / "report.html"
    path.write_text("".join(render_html(said(*ALL, *long))), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("#rules li").first.bounding_box()
    page.close()
