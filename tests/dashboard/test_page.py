"""The dashboard's page in a real Chromium: it fills as things happen, takes marks, and shows hostile text as text."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from analyzer.dashboard import server
from analyzer.live.events import PhaseBegan, Trouble, Unreadable
from tests.dashboard.making import SENT, START, reached, seen, sent, session
from tests.dashboard.serving import WAIT, Serving, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on the path; continuous integration has one"
)

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>\u202egnp.exe\x1b[31m\x00\ud800\u05d0'
SHOWN = (
    '<img src=x onerror="document.title=1"><script>document.title=1</script>\\u202egnp.exe\\x1b[31m\\x00\\ud800\u05d0'
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        expect.set_options(timeout=1000 * WAIT)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, served: Serving, width: int = 1280, said: tuple[str, ...] = ()) -> Iterator[Page]:
    """The page; afterwards, that it asked nobody else, said nothing on its console but `said`, and ran no dialog."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    trouble: list[str] = []

    def watch(url: str) -> None:
        if not url.startswith((served.origin, served.origin.replace("http", "ws"), "data:,")):
            trouble.append(url)

    page.on("request", lambda request: watch(request.url))
    page.on("websocket", lambda socket: watch(socket.url))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text))
    page.goto(served.address)
    expect(page.locator("#connection")).to_have_text("Live capture")
    yield page
    assert [text for text in trouble if not any(word in text for word in said)] == []
    context.close()


def test_the_token_is_not_in_the_address_bar_nor_in_reach_of_scripts(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        assert page.url == f"{served.origin}/"
        assert served.token not in page.content()
        assert page.evaluate("document.cookie") == ""
        page.reload()
        expect(page.locator("#connection")).to_have_text("Live capture")
        assert page.title() == "org.example.samvad · live capture"


def test_a_page_without_the_token_sees_nothing(browser: Browser) -> None:
    with serving() as served:
        served.publish(*session())
        context = browser.new_context()
        page = context.new_page()
        answer = page.goto(served.origin)
        assert answer is not None
        assert answer.status == 403
        assert page.locator("body").inner_text().startswith("Open the address that apptells printed")
        context.close()


def test_the_matrix_fills_while_things_happen(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        expect(page.locator("#nothing")).to_be_visible()
        served.publish(seen(SENT, again=1))
        expect(page.locator("#table tbody tr")).to_have_count(1)
        expect(page.locator("#table tbody th")).to_contain_text("Email address")
        expect(page.locator("#table thead th").nth(1)).to_contain_text("CleverTap")
        cell = page.locator("#table tbody td").first
        expect(cell).to_have_text("2 times, evidence: documented◂ before an answer to a consent screen")
        expect(page.locator("#lines li")).to_have_count(1)
        served.publish(seen(sent(phase="after-accept", transform="sha256", evidence="seed")))
        expect(cell).to_contain_text("3 times, evidence: seed#")
        expect(page.locator("#nothing")).to_be_hidden()


def test_shows_all_of_a_session(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        served.publish(*session())
        expect(page.locator("#table tbody tr")).to_have_count(7)
        columns = page.locator("#table thead th[scope=col] .name").all_inner_texts()
        assert columns[0] == "CleverTap"
        assert columns[-1] == "samvad.example"
        rows = page.locator("#table tbody th[scope=row] div > span:first-child").all_inner_texts()
        assert rows[0] == "Password"
        table = page.evaluate(
            "[...document.querySelectorAll('#table tbody tr')].map(row => row.querySelectorAll('td').length)"
        )
        assert table == [6] * 7
        lines = page.locator("#lines li p:first-child").all_inner_texts()
        assert lines[-1].startswith("email address → in.wzrkt.com · CleverTap, US · server Mumbai · before consent")
        assert lines[0].startswith("password → api.samvad.example · first party · server Mumbai · after accept")
        expect(page.locator("#unseen li")).to_have_count(2)
        expect(page.locator("#exchanges")).to_have_text("128")
        expect(page.locator("#behind")).to_contain_text("332 KB behind")
        expect(page.locator("#phase")).to_have_text("after-accept")
        expect(page.locator("#marked li")).to_have_count(3)
        expect(page.locator("#troubles")).to_be_hidden()
        served.publish(Trouble(message="The disk is full."), reached(behind=0))
        expect(page.locator("#troubles")).to_be_visible()
        expect(page.locator("#troubles li")).to_have_text(["The disk is full."])
        expect(page.locator("#behind")).to_be_empty()


def test_a_line_that_is_shown_stays_as_it_is_so_that_only_new_ones_are_read_out(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        served.publish(seen(SENT))
        expect(page.locator("#lines li")).to_have_count(1)
        page.evaluate(
            "window.added = []; new MutationObserver(all => all.forEach(each => window.added.push("
            "...[...each.addedNodes].map(node => node.textContent), ...[...each.removedNodes].map(() => 'removed'))))"
            ".observe(document.getElementById('lines'), {childList: true, subtree: true})"
        )
        served.publish(seen(sent(host="b.example")), seen(sent(host="c.example")))
        expect(page.locator("#lines li")).to_have_count(3)
        added = page.evaluate("window.added")
        assert len(added) == 2
        assert "c.example" in added[0]
        assert "b.example" in added[1]


def test_of_very_many_the_newest_and_the_most_sensitive_are_shown(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        served.publish(*(seen(sent(host=f"h{n}.example", recipient=f"h{n}.example")) for n in range(230)))
        expect(page.locator("#lines li").first).to_contain_text("h229.example")
        expect(page.locator("#lines li")).to_have_count(200)
        expect(page.locator("#older")).to_have_text("30 older lines not shown.")
        expect(page.locator("#table thead th")).to_have_count(201)
        expect(page.locator("#rest")).to_have_text("Not in this table, but in the report: 30 more recipients.")
        served.publish(*(Trouble(message=f"trouble {n}") for n in range(9)))
        expect(page.locator("#troubles li")).to_have_count(6)
        expect(page.locator("#troubles li").last).to_have_text("4 more, older")
        served.publish(Trouble(message="the last"))
        expect(page.locator("#troubles li").first).to_have_text("the last")
        expect(page.locator("#troubles li")).to_have_count(6)


def test_a_button_marks_a_phase_and_the_page_shows_it(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        page.get_by_role("button", name="after-accept").click()
        expect(page.locator("#said")).to_have_text("Marked: after-accept")
        assert served.marked == ["after-accept"]
        served.publish(PhaseBegan(name="after-accept", time=START))
        expect(page.get_by_role("button", name="after-accept")).to_have_attribute("aria-current", "true")
        expect(page.locator("#marked li")).to_contain_text("after-accept")


def test_a_phase_of_any_name_is_marked_by_keyboard(browser: Browser) -> None:
    with serving() as served, opened(browser, served, said=("status of 400", "status of 503")) as page:
        page.get_by_label("Another").focus()
        page.keyboard.type("Settings open")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_have_text("Marked: settings-open")
        assert served.marked == ["settings-open"]
        expect(page.get_by_label("Another")).to_have_value("")
        page.get_by_label("Another").fill("<b>")
        page.get_by_role("button", name="Mark", exact=True).click()
        expect(page.locator("#said")).to_contain_text("Phase '<b>': a name has")
        expect(page.locator("#said")).to_have_class("said wrong")
        served.refuses_marks = True
        page.get_by_role("button", name="launch").click()
        expect(page.locator("#said")).to_have_text("The recorder does not answer.")
        assert served.marked == ["settings-open"]


def test_hostile_text_is_shown_as_text(browser: Browser) -> None:
    members = (
        "label",
        "host",
        "recipient",
        "owner",
        "seat",
        "server",
        "path",
        "transform",
        "masked_value",
        "phase",
        "data_type",
    )
    with serving(title=HOSTILE) as served, opened(browser, served) as page:
        served.publish(
            seen(sent(**dict.fromkeys(members, HOSTILE))),
            PhaseBegan(name=HOSTILE, time=float("nan")),
            Unreadable(host=HOSTILE, kind=HOSTILE, reason=HOSTILE),
            Trouble(message=HOSTILE),
        )
        expect(page.locator("#table thead .name")).to_have_text(SHOWN)
        for place in (
            "#app",
            "#phase",
            "#lines p:first-child",
            "#lines code",
            "#unseen code",
            "#unseen small",
            "#troubles li",
        ):
            expect(page.locator(place).first).to_contain_text(SHOWN)
        assert page.locator("img, main script").count() == 0
        assert page.title() == f"{SHOWN} · live capture"
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("content", ["empty", "session", "wide"])
def test_fits_without_scrolling_sideways(browser: Browser, width: int, content: str) -> None:
    with serving() as served, opened(browser, served, width) as page:
        if content != "empty":
            served.publish(*session(), Trouble(message="x" * 400))
            expect(page.locator("#table tbody tr")).to_have_count(7)
        if content == "wide":
            long = "abcdefghij" * 25
            served.publish(
                *(
                    seen(sent(host=f"{n}{long}", recipient=f"{n}{long}", path=long, label=f"{long} {n}"))
                    for n in range(30)
                ),
                Unreadable(host=long, kind=long, reason=long),
                PhaseBegan(name=long, time=START),
            )
            expect(page.locator("#table thead th")).to_have_count(37)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_headings_and_names_for_those_who_do_not_see_it(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        served.publish(*session())
        expect(page.locator("#table tbody tr")).to_have_count(7)
        assert page.locator("h1").count() == 1
        assert page.locator("#table th:not([scope])").count() == 0
        expect(
            page.get_by_role("table", name="Data types by recipient, with how often and on what evidence")
        ).to_be_visible()
        expect(page.get_by_role("log", name="Newest transmissions")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to who received what")).to_be_focused()


def test_stopping_asks_first(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        page.get_by_role("button", name="Stop the capture and write the report").click()
        page.keyboard.press("Escape")
        expect(page.locator("#sure")).to_be_hidden()
        assert served.stops == 0
        page.get_by_role("button", name="Stop the capture and write the report").click()
        page.get_by_role("button", name="Stop the capture", exact=True).click()
        expect(page.locator("#said")).to_have_text("The capture is being stopped.")
        served.publish()  # it answers first
        assert served.stops == 1
        served.publish(reached(exchanges=3, ended=True))
        expect(page.locator("#connection")).to_have_text("The capture has ended, and all of it is analysed")
        expect(page.get_by_role("button", name="launch")).to_be_disabled()
        served.stop()
        expect(page.locator("#exchanges")).to_have_text("3")


def test_a_page_that_lost_its_connection_says_so_and_comes_back(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as served, opened(browser, served, said=("WebSocket", "ERR_CONNECTION_REFUSED", "403")) as page:
        served.publish(seen(SENT))
        expect(page.locator("#lines li")).to_have_count(1)
        token, port = served.token, served.port
        monkeypatch.setattr(server, "GOING_AWAY", 1012)
        served.stop()
        expect(page.locator("#connection")).to_contain_text("Trying again")
        monkeypatch.setattr("secrets.token_urlsafe", lambda _: token)
        page.get_by_role("button", name="launch").click()
        expect(page.locator("#said")).to_have_text("Apptells cannot be reached: nothing was changed.")
        served.start(port)
        expect(page.locator("#connection")).to_have_text("Live capture", timeout=1000 * WAIT)
        served.publish(seen(sent(host="late.example")))
        expect(page.locator("#lines li")).to_have_count(2)


def test_a_page_too_many_says_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as served, opened(browser, served) as page:
        monkeypatch.setattr(server, "MAX_PAGES", 1)
        other = page.context.new_page()
        other.goto(served.origin)
        expect(other.locator("#connection")).to_contain_text("pages are open already: close one of them. Trying again")


def test_a_capture_that_stops_unfinished_has_ended_too(browser: Browser) -> None:
    with serving() as served, opened(browser, served) as page:
        served.stop()
        expect(page.locator("#connection")).to_have_text("The capture has ended")
