"""A report on captured markup, opened in a real browser: it shows the markup and runs none of it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, sync_playwright

from fixtures.hostile.make_hostile import CASES, write

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("markup")
    (case,) = (case for case in CASES if case.name == "markup")
    capture, seeds = write(case, folder)
    command = [sys.executable, "-m", "analyzer", "analyze", str(capture), "--seeds", str(seeds)]
    subprocess.run([*command, "--output", str(folder / "report")], check=True, timeout=120)
    return folder / "report" / "report.html"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_captured_markup_is_shown_and_does_nothing(report: Path, page: Page) -> None:
    requests: list[str] = []
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", refuse)

    page.goto(report.as_uri(), wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.wait_for_timeout(500)

    assert requests == [report.as_uri()]
    assert dialogs == []
    assert page.evaluate("typeof window.pwned") == "undefined"
    text = page.evaluate("document.documentElement.textContent")
    assert "<script>window.pwned=1</script>" in text
    assert "{{7*7}}" in text
    assert "${7*7}" in text


def test_captured_markup_makes_no_element_and_no_link(report: Path, page: Page) -> None:
    page.goto(report.as_uri(), wait_until="load")
    links = page.evaluate("[...document.querySelectorAll('[href], [src], [action]')].map(e => e.outerHTML)")
    assert not [link for link in links if "javascript:" in link.lower()]
    handlers = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')))"
    assert page.evaluate(f"{handlers}.length") == 0
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
