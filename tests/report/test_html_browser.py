"""The page in a real browser: it loads nothing, runs nothing, and fits a phone."""

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from analyzer.report.html import render_html
from analyzer.reported import Report
from tests.report.attributed import attributed_report
from tests.report.sample import big_report, empty_report, founding_report, hostile_report, phased_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on the path; continuous integration has one"
)

REPORTS: dict[str, Callable[[], Report]] = {
    "founding": founding_report, "empty": empty_report, "hostile": hostile_report, "big": lambda: big_report(14, 12),
    "attributed": attributed_report, "hostile attributed": lambda: hostile_report(sample=attributed_report()),
    "phased": phased_report, "hostile phased": lambda: hostile_report(sample=phased_report()),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, report: Report, folder: Path, width: int = 1280) -> tuple[Page, list[str]]:
    """The page as shown, and all it did that it should not: requests, dialogs, console messages, errors."""
    path = folder / "report.html"
    path.write_text("".join(render_html(report)), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844})
    events: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        events.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: events.append(request.url) if request.url != path.as_uri() else None)
    page.on("dialog", dismissed)
    page.on("console", lambda message: events.append(message.text))
    page.on("pageerror", lambda error: events.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    return page, events


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [1280, 390])
def test_loads_and_runs_nothing_and_fits(browser: Browser, tmp_path: Path, name: str, width: int) -> None:
    page, events = opened(browser, REPORTS[name](), tmp_path, width)
    assert events == []
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.scripts.length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
@pytest.mark.parametrize("name", ["founding", "empty", "attributed"])
def test_the_first_screen_tells_what_was_found(
    browser: Browser, tmp_path: Path, name: str, width: int, height: int
) -> None:
    report = REPORTS[name]()
    page, _ = opened(browser, msgspec.structs.replace(report, indicator_matches=()), tmp_path, width)
    said = page.locator("#found .sentences .borne, #found .lead").first.bounding_box()
    assert said is not None
    assert said["y"] + said["height"] < height
    page.close()


def test_a_huge_report_stays_small_enough_for_a_phone(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, big_report(400, 60), tmp_path, 390)
    assert page.evaluate("document.querySelectorAll('*').length") < 80_000
    assert (tmp_path / "report.html").stat().st_size < 4_000_000
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_landmarks_and_headings_are_told_apart(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, attributed_report(), tmp_path)
    names, levels = page.evaluate("""() => [
        [...document.querySelectorAll('section, [role=region]')].map(each => each.getAttribute('aria-label')
            || document.getElementById(each.getAttribute('aria-labelledby')).textContent),
        [...document.querySelectorAll('h1, h2, h3, h4')].map(each => Number(each.tagName[1])),
    ]""")
    assert len(names) == len(set(names)) > 10
    assert all(level <= before + 1 for before, level in pairwise(levels))
    page.close()


def test_style_is_applied_and_policy_holds(browser: Browser, tmp_path: Path) -> None:
    page, events = opened(browser, founding_report(), tmp_path)
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 50
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
    # A script that got in after all would not run: the policy is asked, not only the absence of scripts.
    page.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.pwned = 1';
        document.body.append(script);
    }""")
    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in event for event in events)
    page.close()


def test_print_opens_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, founding_report(), tmp_path)
    folded = page.locator("#t15")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    page.close()


def test_print_shows_the_sources_of_owners_and_cuts_nothing(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, attributed_report(), tmp_path, 718)
    source = page.get_by_text("annual report of 2025")
    assert not source.is_visible()
    page.emulate_media(media="print")
    assert source.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.close()


def test_tables_that_scroll_can_be_reached_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, attributed_report(), tmp_path, 390)
    cut = """regions => regions.filter(each => each.scrollWidth > each.clientWidth)
        .map(each => [each.tabIndex, each.getAttribute('role')])"""
    scrolling = page.locator(".scroll").evaluate_all(cut)
    assert scrolling
    assert all(each == [0, "region"] for each in scrolling)
    page.close()


def test_a_link_opens_the_fold_it_points_into(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, founding_report(), tmp_path)
    page.goto(page.url + "#t15")
    assert page.locator("#t15").is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; here for every colour of text against both backgrounds."""
    page, _ = opened(browser, founding_report(), tmp_path)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    ratios = page.evaluate("""() => {
        const style = getComputedStyle(document.documentElement);
        const light = name => {
            const hex = style.getPropertyValue(name).trim().slice(1);
            const full = hex.length === 3 ? [...hex].map(digit => digit + digit).join('') : hex;
            const parts = [0, 2, 4].map(at => parseInt(full.slice(at, at + 2), 16) / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
        };
        return ['--ink', '--soft', '--link', '--strong', '--weak'].flatMap(text =>
            ['--paper', '--panel', '--mark'].map(back => {
                const [low, high] = [light(text), light(back)].sort((a, b) => a - b);
                return [text + ' on ' + back, (high + 0.05) / (low + 0.05)];
            }));
    }""")
    assert len(ratios) == 15
    assert [(pair, ratio) for pair, ratio in ratios if ratio < 4.5] == []
    page.close()


def test_the_drawing_of_phases_has_its_tracks_beside_the_names(browser: Browser, tmp_path: Path) -> None:
    page, _ = opened(browser, phased_report(), tmp_path, 390)
    places = page.locator(".session").evaluate("""session => [...session.children].map(each => {
        const { left, right, top, height } = each.getBoundingClientRect();
        return [left, right, top, height];
    })""")
    rows = [places[at : at + 2] for at in range(2, len(places), 2)]
    assert len(rows) == 4
    for name, track in rows:
        assert name[1] <= track[0]
        assert track[3] > 20
        assert abs(name[2] + name[3] / 2 - track[2] - track[3] / 2) < 2
    ticks = page.locator(".track path.sent").first.evaluate("each => getComputedStyle(each).stroke")
    assert ticks != "none"
    page.close()
