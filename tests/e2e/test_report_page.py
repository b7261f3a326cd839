"""The founding case's report in a real Chromium: its links lead somewhere, it loads nothing, and it fits a phone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.cli.running import HAR, SEEDS, invoke

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on the path; continuous integration has one"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    invoke("analyze", HAR, "--seeds", SEEDS, "--first-party", "jansamvad.example", "--output", folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def phone(report: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page as a phone shows it, and everything that it should not do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        events: list[str] = []
        page.on("request", lambda request: events.append(request.url) if request.url != report.as_uri() else None)
        page.on("console", lambda message: events.append(message.text))
        page.on("pageerror", lambda error: events.append(str(error)))
        page.goto(report.as_uri(), wait_until="load")
        yield page, events
        browser.close()


def test_every_sentence_links_to_the_request_that_proves_it(phone: tuple[Page, list[str]]) -> None:
    page, _ = phone
    proofs = page.locator("#found .sentences .proof")
    links = proofs.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    sentences = page.locator("#found .sentences li").count()
    assert 0 < sentences <= 5
    assert page.locator("#found .sentences li:has(.proof)").count() == sentences
    for link in links:
        assert link.startswith("#request-")
        assert page.locator(f"[id='{link[1:]}']").count() == 1
        page.locator(f"#found .sentences a[href='{link}']").first.click()
        assert page.url.endswith(link)
        assert page.locator(f"[id='{link[1:]}']").is_visible()


def test_every_link_within_the_page_leads_somewhere(phone: tuple[Page, list[str]]) -> None:
    page, _ = phone
    links = page.locator("a[href^='#']").evaluate_all("links => links.map(link => link.getAttribute('href').slice(1))")
    anchors = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    assert len(links) > 50
    assert set(links) <= set(anchors)
    assert len(anchors) == len(set(anchors))


def test_it_loads_nothing_says_nothing_and_fits(phone: tuple[Page, list[str]]) -> None:
    page, events = phone
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert events == []
