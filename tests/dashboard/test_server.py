"""The dashboard's server: who is answered, what is, and that pages get the state."""

import asyncio
import json
import logging
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from analyzer.dashboard import server as module
from analyzer.dashboard.board import Board
from analyzer.dashboard.server import Dashboard
from analyzer.errors import ApptellsError
from analyzer.live.events import Trouble
from tests.dashboard.making import SENT, reached, seen, sent, session
from tests.dashboard.serving import WAIT, Serving, serving

PATHS = ["/", "/page.css", "/page.js", "/state.json", "/phase", "/stop", "/live", "/nothing", "/../server.py", "/page/"]


@pytest.fixture
def served() -> Iterator[Serving]:
    with serving() as served:
        yield served


def ask(served: Serving, path: str, method: str = "GET", **arguments: Any) -> httpx.Response:
    """A request by a script that holds the token, unless its headers are given."""
    arguments.setdefault("headers", bearer(served))
    return httpx.request(method, served.origin + path, trust_env=False, verify=False, timeout=WAIT, **arguments)


def bearer(served: Serving) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.token}"}


def cookie(served: Serving) -> dict[str, str]:
    return {"Cookie": f"apptells-{served.port}={served.token}"}


def live(served: Serving, **headers: str) -> ClientConnection:
    address = f"ws://127.0.0.1:{served.port}/live"
    return connect(address, additional_headers=headers or bearer(served), proxy=None, compression=None, max_size=None)


# ---------------------------------------------------------------- who is answered


def test_the_address_is_of_this_machine_and_its_token_is_long_and_new(served: Serving) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{22}", served.address)
    with serving() as other:
        assert other.token != served.token


def test_listens_on_this_machine_only(served: Serving) -> None:
    outside = [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in {*map(str, outside), "127.0.0.2"} - {"127.0.0.1"}:
        with pytest.raises(OSError, match=r"."):
            socket.create_connection((address, served.port), timeout=2)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_nobody_without_the_token_learns_anything(served: Serving, path: str, method: str) -> None:
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {served.token[:-1]}"},
        {"Authorization": f"Basic {served.token}"},
        {"Cookie": f"apptells-{served.port}=" + "x" * 22},
        {"Cookie": f"token={served.token}"},
    ]
    for headers in wrong:
        answer = ask(served, path, method, headers=headers)
        assert answer.status_code == 403
        assert served.token not in answer.text + str(answer.headers)
    assert not served.marked
    assert not served.stops


@pytest.mark.parametrize("token", ["", "x", "%F0%9F%98%80", "x" * 22, "%ff", "a%00b"])
def test_a_wrong_token_in_the_address_is_refused(served: Serving, token: str) -> None:
    answer = ask(served, f"/?token={token}", headers={})
    assert answer.status_code in (400, 403)
    assert "set-cookie" not in answer.headers


def test_the_first_visit_moves_the_token_into_a_cookie(served: Serving) -> None:
    answer = ask(served, f"/?token={served.token}", headers={})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    kept = answer.headers["set-cookie"]
    assert kept.startswith(f"apptells-{served.port}={served.token};")
    assert "HttpOnly" in kept
    assert "SameSite=Strict" in kept
    page = ask(served, "/", headers=cookie(served))
    assert page.status_code == 200
    assert served.token not in page.text


@pytest.mark.parametrize("path", [*PATHS, "token"])
@pytest.mark.parametrize(
    "host", ["rebound.example", "127.0.0.1", "127.0.0.1.rebound.example", "localhost:1", "[::1]", ""]
)
def test_another_name_for_this_machine_is_foreign(served: Serving, path: str, host: str) -> None:
    path = f"/?token={served.token}" if path == "token" else path
    answer = ask(served, path, headers={"Host": host} | bearer(served) | cookie(served))
    assert answer.status_code in (400, 403)
    assert "set-cookie" not in answer.headers


def test_localhost_is_this_machine(served: Serving) -> None:
    assert ask(served, "/", headers={"Host": f"LocalHost:{served.port}"} | cookie(served)).status_code == 200


@pytest.mark.parametrize("path", ["/phase", "/stop"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", None]
)
def test_a_foreign_page_changes_nothing(served: Serving, path: str, origin: str | None) -> None:
    headers = cookie(served) | ({"Origin": origin.format(port=served.port)} if origin else {})
    assert ask(served, path, "POST", headers=headers, content="name=launch").status_code == 403
    assert not served.marked
    assert not served.stops


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", None])
def test_a_foreign_page_opens_no_websocket(served: Serving, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        live(served, **cookie(served), **({"Origin": origin} if origin else {}))
    assert refused.value.response.status_code == 403


def test_a_websocket_needs_the_token(served: Serving) -> None:
    with pytest.raises(InvalidStatus) as refused:
        live(served, Origin=served.origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_not_allowed_and_other_addresses_not_found(served: Serving, path: str) -> None:
    known = path in ("/", "/page.css", "/page.js", "/state.json", "/phase", "/stop", "/live")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        assert ask(served, path, method).status_code == (405 if known else 404)
    assert ask(served, "/phase").status_code == 405
    assert ask(served, "/state.json", "POST").status_code == 405


@pytest.mark.parametrize("path", ["/", "/phase", "/stop", "/nothing"])
def test_long_bodies_are_refused(served: Serving, path: str) -> None:
    content = b"name=launch&rest=" + b"x" * 5000
    assert ask(served, path, "POST", content=content).status_code == 413
    assert ask(served, path, "POST", content=iter([content])).status_code == 413  # chunked
    assert ask(served, path, "POST", headers={}, content=content).status_code == 403
    assert not served.marked


def test_bodies_that_are_longer_still_are_not_read(served: Serving) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=WAIT) as client:
        host = f"Host: 127.0.0.1:{served.port}\r\nAuthorization: Bearer {served.token}\r\n"
        client.sendall(f"POST /phase HTTP/1.1\r\n{host}Content-Length: 100000\r\n\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert ask(served, "/state.json").status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("has_token", [True, False])
def test_no_answer_is_kept_framed_or_lets_a_page_run_or_load_others(
    served: Serving, path: str, has_token: bool
) -> None:
    headers = ask(served, path, headers=bearer(served) if has_token else {}).headers
    policy = {rule.split(" ")[0]: rule.split(" ")[1:] for rule in headers["content-security-policy"].split("; ")}
    assert (
        policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    )
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert set(policy["connect-src"]) == {"'self'", f"ws://127.0.0.1:{served.port}", f"ws://localhost:{served.port}"}
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_strangers_write_nothing_to_the_terminal(
    served: Serving, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own; a program that sets up none has none
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "x"}
    ask(served, "/phase", "POST", headers=form, content=b"\xff=%zz")
    ask(served, "/phase", "POST", headers={"Content-Type": "multipart/form-data"}, content=b"\x1b[31m")
    ask(served, "/%1b[31m?token=%ff")
    with socket.create_connection(("127.0.0.1", served.port), timeout=WAIT) as client:
        client.sendall(b"\x1b[31m\r\n\r\n")
        client.recv(1000)
    logging.getLogger("tornado.general").warning("What some versions of Tornado say of such requests.")
    assert capfd.readouterr() == ("", "")


# ---------------------------------------------------------------- what is answered


def test_serves_the_page_and_what_it_loads(served: Serving) -> None:
    for path, kind in [("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")]:
        answer = ask(served, path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert not re.search(r"<script>|<style>| on\w+=|style=|https?:", ask(served, "/").text)


def test_the_script_makes_no_markup_of_text() -> None:
    script = Path(module.__file__).parent.joinpath("page", "page.js").read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|\.href|\.src|style\.", script
    )


def test_the_state_as_json(served: Serving) -> None:
    served.publish(*session())
    answer = ask(served, "/state.json")
    assert answer.headers["content-type"].startswith("application/json")
    state = answer.json()
    assert state["title"] == "org.example.samvad"
    assert state["ended"] is None
    assert "after-accept" in state["names"]
    assert state["board"]["progress"]["exchanges"] == 128
    assert state["board"]["rows"][0]["label"] == "Password"
    served.publish(reached(ended=True))
    assert ask(served, "/state.json").json()["ended"] >= state["started"]


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        (b"name=after-accept", "application/x-www-form-urlencoded", "after-accept"),
        (b'{"name": "after-accept"}', "application/json", "after-accept"),
        (b"name=Consent+given", "application/x-www-form-urlencoded", "after-accept"),
        (b"name=settings-2", "", "settings-2"),
    ],
)
def test_a_script_marks_a_phase(served: Serving, body: bytes, kind: str, name: str) -> None:
    answer = ask(served, "/phase", "POST", headers=bearer(served) | {"Content-Type": kind}, content=body)
    assert (answer.status_code, answer.json()) == (200, {"name": name})
    assert served.marked == [name]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""), (b"name=", ""), (b"phase=launch", ""), (b"name=\xff", ""), (b"&" * 4000 + b"name=launch", ""),
        (b"name=%1b[31m", ""), (b"name=" + b"a" * 41, ""), (b"{", "application/json"), (b"[]", "application/json"),
        (b'{"name": 3}', "application/json"), (b'{"name": "\\ud800"}', "application/json"),
        (b"[" * 4000, "application/json"),
    ],
)  # fmt: skip
def test_what_is_no_phase_is_said_to_be_none(served: Serving, body: bytes, kind: str) -> None:
    answer = ask(served, "/phase", "POST", headers=bearer(served) | {"Content-Type": kind}, content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.strip().isprintable()
    assert answer.text.endswith(".\n")
    assert not served.marked


def test_a_mark_that_the_recorder_does_not_take_is_said(served: Serving) -> None:
    served.refuses_marks = True
    answer = ask(served, "/phase", "POST", content="name=launch")
    assert (answer.status_code, answer.text) == (503, "The recorder does not answer.\n")


def test_a_script_stops_the_capture(served: Serving) -> None:
    assert ask(served, "/stop", "POST").status_code == 202
    served.publish()  # it answers first
    assert served.stops == 1


def test_a_mistake_of_ours_is_shown_on_the_page(served: Serving) -> None:
    taken: dict[str, None] = {}
    served.dashboard.mark_phase = taken.__getitem__
    assert ask(served, "/phase", "POST", content="name=launch").status_code == 500
    assert ask(served, "/state.json").json()["board"]["troubles"] == [
        "The dashboard failed to answer a request (KeyError)."
    ]


# ---------------------------------------------------------------- pages that are open


def state_of(page: ClientConnection) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(page.recv(timeout=WAIT))
    return state


def test_an_open_page_gets_the_state_at_once_and_whenever_it_changes(served: Serving) -> None:
    with live(served, Origin=served.origin, **cookie(served)) as page:
        assert state_of(page)["board"]["rows"] == []
        served.publish(seen(SENT))
        assert state_of(page)["board"]["rows"][0]["label"] == "Email address"


def test_many_events_at_once_become_one_state(served: Serving) -> None:
    with live(served) as page:
        state_of(page)
        served.publish(*(Trouble(message=str(n)) for n in range(500)))
        assert len(state_of(page)["board"]["troubles"]) == 200
        served.publish(reached(exchanges=1))
        assert state_of(page)["board"]["progress"]["exchanges"] == 1


def test_a_page_is_not_sent_states_without_a_pause(served: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 3600)
    with live(served) as page:
        state_of(page)
        for n in range(10):
            served.publish(reached(exchanges=n))
        served.stop()
        assert state_of(page)["board"]["progress"]["exchanges"] == 9
        with pytest.raises(ConnectionClosed):
            page.recv(timeout=WAIT)


def test_a_page_that_does_not_read_holds_nobody_up_and_nothing_is_kept_for_it(
    served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.001)
    types = [f"t{n}" for n in range(100)]
    served.publish(
        *(seen(*(sent(host=f"h{n}", recipient=f"h{n}", data_type=name) for name in types)) for n in range(100))
    )
    size = len(ask(served, "/state.json").content)
    assert size > 1_000_000
    written: Counter[module.Live] = Counter()
    write = module.Live.write_message

    def counted(page: module.Live, message: bytes) -> object:
        written[page] += 1
        return write(page, message)

    monkeypatch.setattr(module.Live, "write_message", counted)
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.connect(("127.0.0.1", served.port))
        silent.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: Bearer {served.token}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert silent.recv(12) == b"HTTP/1.1 101"
        with live(served) as page:
            for n in range(25):
                served.publish(reached(exchanges=n))
                while state_of(page)["board"]["progress"]["exchanges"] < n:
                    pass
    few, many = sorted(written.values())
    assert many >= 25
    assert few <= 10  # what the kernel took, and one


def test_only_so_many_pages_are_open_at_once(served: Serving) -> None:
    with ExitStack() as others:
        first, *_ = [others.enter_context(live(served)) for _ in range(module.MAX_PAGES)]
        with live(served) as one_more:
            with pytest.raises(ConnectionClosed) as closed:
                one_more.recv(timeout=WAIT)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
            assert "20 pages are open already" in closed.value.rcvd.reason
        first.close()
        with live(served) as again:
            assert state_of(again)["title"] == "org.example.samvad"


def test_what_a_page_says_is_not_listened_to_and_long_messages_end_it(served: Serving) -> None:
    with live(served) as page:
        state_of(page)
        page.send('{"name": "launch"}')
        page.send("x" * 5000)
        with pytest.raises(ConnectionClosed):
            page.recv(timeout=WAIT)
    assert not served.marked


def test_stopping_sends_the_last_state_and_listens_no_more(served: Serving) -> None:
    with live(served) as page:
        state_of(page)
        served.publish(Trouble(message="one"))
        state_of(page)
        served.publish(Trouble(message="two"), reached(ended=True))
        served.stop()
        while (last := state_of(page))["ended"] is None:
            pass
        assert last["board"]["troubles"] == ["one", "two"]
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(timeout=WAIT)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
    with pytest.raises(httpx.ConnectError):
        ask(served, "/state.json")
    served.stop()


def test_a_page_that_closes_while_the_dashboard_stops_is_no_trouble(served: Serving) -> None:
    async def stop() -> None:
        stopping = asyncio.create_task(served.dashboard.stop())
        await asyncio.sleep(0)
        next(iter(served.dashboard.pages)).on_close()
        await stopping

    with live(served) as page:
        state_of(page)
        asyncio.run_coroutine_threadsafe(stop(), served.loop).result(timeout=WAIT)


def test_a_port_that_is_taken_is_said(served: Serving) -> None:
    other = Dashboard(Board(), print, "x", print)
    with pytest.raises(ApptellsError, match=rf"127\.0\.0\.1:{served.port}.*choose another port"):
        asyncio.run(other.start(served.port))
    with pytest.raises(ApptellsError, match="choose another port"):
        asyncio.run(other.start(70_000))
    asyncio.run(other.stop())
