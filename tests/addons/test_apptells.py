"""The addon within mitmproxy: its options, its commands, and that nothing it does wrong reaches the traffic."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from mitmproxy import exceptions, http
from mitmproxy.test import taddons, tflow, tutils
from msgspec.structs import replace

from addons.apptells import KEEP, MOST_KEPT, Apptells
from analyzer.capture.open import open_capture
from analyzer.live.events import Trouble, Unreadable
from analyzer.live.lines import line
from analyzer.model import Capture, Exchange
from tests.cli.running import SEEDS
from tests.dashboard.making import seen
from tests.dashboard.making import sent as sent_of

WAIT = 60
"""Seconds after which what a busy machine does counts as not done."""


def session(
    folder: Path, act: Callable[[Apptells, taddons.context], Awaitable[None]], **options: object
) -> tuple[list[Exchange], Capture]:
    """Runs the addon as mitmproxy does around `act`; gives what is in the file."""
    path = folder / "s.apptells"

    async def run() -> None:
        addon = Apptells()
        with taddons.context(addon, loadcore=False) as context:
            context.options.add_option("onboarding", bool, True, "")
            context.options.add_option("onboarding_host", str, "mitm.it", "")
            context.configure(addon, apptells_file=str(path), apptells_live=False, **options)
            addon.running()
            await act(addon, context)
            await addon.done()

    asyncio.run(run())
    with open_capture(path) as reader:
        exchanges = list(reader)
        return exchanges, reader.capture()


def sent(addon: Apptells, flow: http.HTTPFlow) -> None:
    addon.requestheaders(flow)
    addon.responseheaders(flow)
    addon.response(flow)


def answered(**request: object) -> http.HTTPFlow:
    return tflow.tflow(req=tutils.treq(**request), resp=True)


def test_flows_are_in_the_file_and_the_session_ends_in_order(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        sent(addon, answered(method=b"POST", content=b"email=asha@post.example"))
        failed = tflow.tflow(err=True)
        addon.requestheaders(failed)
        addon.error(failed)

    exchanges, capture = session(tmp_path, act, apptells_app="com.example.shop")
    assert [(one.index, one.body, one.status) for one in exchanges] == [
        (0, b"email=asha@post.example", 200),
        (1, b"content", None),
    ]
    assert capture.complete
    assert capture.app is not None
    assert capture.app.id == "com.example.shop"
    assert {note.what: note.count for note in capture.fidelity} == {"failed-requests": 1}


def test_what_the_app_did_not_send_is_left_out(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        again = answered()
        again.is_replay = "request"
        sent(addon, again)
        sent(addon, answered(host="mitm.it"))
        sent(addon, answered(host="192.0.2.1", headers=http.Headers([(b"Host", b"mitm.it")])))
        sent(addon, answered(host="api.example"))

    exchanges, _ = session(tmp_path, act)
    assert len(exchanges) == 1


def test_an_app_cannot_hide_behind_the_name_of_mitmproxys_page(tmp_path: Path) -> None:
    """mitmproxy passes these on, for to it they are for another host."""

    async def act(addon: Apptells, context: taddons.context) -> None:
        twice = http.Headers([(b"Host", b"mitm.it"), (b"Host", b"in.wzrkt.com")])
        sent(addon, answered(host="in.wzrkt.com", headers=twice))
        aside = http.Headers([(b"Host", b"mitm.it")])
        sent(addon, answered(host="in.wzrkt.com", authority=b"in.wzrkt.com", http_version=b"HTTP/3", headers=aside))
        elsewhere = http.Headers([(b"Host", b"in.wzrkt.com")])
        sent(addon, answered(host="mitm.it", headers=elsewhere))
        context.configure(addon, onboarding=False)
        sent(addon, answered(host="mitm.it"))

    exchanges, _ = session(tmp_path, act)
    assert len(exchanges) == 4


def test_phases_are_marked_by_command(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        context.master.commands.execute("apptells.phase 'Consent given'")
        with pytest.raises(exceptions.CommandError, match="letters"):
            context.master.commands.execute("apptells.phase '<b>'")
        flow = answered()
        flow.request.timestamp_start = 4e9  # after the mark, whenever this runs
        sent(addon, flow)

    exchanges, capture = session(tmp_path, act)
    assert [phase.name for phase in capture.phases] == ["after-accept"]
    assert exchanges[0].phase == "after-accept"


def test_the_status_says_how_much_is_recorded(tmp_path: Path) -> None:
    said: list[str] = []

    async def act(addon: Apptells, context: taddons.context) -> None:
        sent(addon, answered())
        addon.phase("launch")
        said.append(context.master.commands.execute("apptells.status"))

    session(tmp_path, act)
    assert said[0].startswith("1 requests, connections and look-ups in ")
    assert "phase launch" in said[0]


def test_a_report_is_written_by_command(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        sent(addon, answered(method=b"POST", content=b"email=asha@post.example"))
        assert addon._journal is not None
        while addon._journal.waiting:
            await asyncio.sleep(0.01)
        context.master.commands.execute("apptells.report")
        await asyncio.wait_for(addon._tasks[-1], WAIT)

    session(tmp_path, act, apptells_seeds=str(SEEDS), apptells_first_party=["shop.example"])
    assert (tmp_path / "s-report" / "report.json").exists()


def test_a_hook_that_fails_is_counted_and_told_and_the_others_go_on(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        broken = answered()
        broken.request = None  # type: ignore[assignment]
        sent(addon, broken)
        sent(addon, answered())
        assert "errors" in addon.status()

    exchanges, capture = session(tmp_path, act)
    assert len(exchanges) == 1
    assert {note.what: note.count for note in capture.fidelity}["records-lost"] >= 1


@pytest.mark.parametrize("keep", [-1, MOST_KEPT + 1])
def test_wrong_limits_are_refused(keep: int) -> None:
    addon = Apptells()
    with taddons.context(addon, loadcore=False) as context, pytest.raises(exceptions.OptionsError, match=str(keep)):
        context.configure(addon, apptells_keep=keep)


@pytest.mark.parametrize("name", ["apptells_file", "apptells_app", "apptells_live", "apptells_control"])
def test_what_is_fixed_at_the_start_cannot_be_changed_later(tmp_path: Path, name: str) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        context.configure(addon, apptells_keep=10)
        with pytest.raises(exceptions.OptionsError, match=f"{name} cannot be changed"):
            context.configure(addon, **{name: True if name in ("apptells_live", "apptells_control") else "other"})
        sent(addon, answered(method=b"POST", content=b"longer than ten bytes"))

    exchanges, _ = session(tmp_path, act)
    assert [one.body for one in exchanges] == [b"longer tha"]


def test_a_phase_is_not_marked_where_nothing_is_recorded() -> None:
    with pytest.raises(exceptions.CommandError, match="Nothing is being recorded"):
        Apptells().phase("launch")


@pytest.mark.parametrize("option", [{"block_list": [":~all:444"]}, {"modify_body": ["/asha/x"]}])
def test_rules_of_mitmproxy_are_not_passed_over(tmp_path: Path, option: dict[str, object]) -> None:
    """They act on whole requests, which one that is passed on piece by piece never is."""
    flow = tflow.tflow(req=tutils.treq(method=b"POST", headers=http.Headers([(b"transfer-encoding", b"chunked")])))

    async def act(addon: Apptells, context: taddons.context) -> None:
        for name in option:
            context.options.add_option(name, Sequence[str], [], "")
        addon.requestheaders(flow)
        assert flow.request.stream
        context.configure(addon, **option)
        flow.request.stream = False
        addon.requestheaders(flow)
        assert flow.request.stream is False

    session(tmp_path, act)


def test_a_flow_file_is_read_no_faster_than_the_disk_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.recording.pace.WAITING", 0)

    async def act(addon: Apptells, context: taddons.context) -> None:
        sent(addon, answered())
        assert addon.requestheaders(answered()) is None, "traffic waits for nothing"
        read = answered()
        read.live = False
        pause = addon.requestheaders(read)
        assert pause is not None
        await pause
        assert addon._journal is not None
        assert addon._journal.waiting == 0

    session(tmp_path, act)


class View:
    """A list of flows, as in mitmproxy and mitmweb."""

    name = "view"

    def __init__(self, *flows: http.HTTPFlow) -> None:
        self._flows = {flow.id: flow for flow in flows}

    def get_by_id(self, flow: str) -> http.HTTPFlow | None:
        return self._flows.get(flow)


def test_what_is_found_in_a_flow_stands_beside_it_and_the_users_words_stay(tmp_path: Path) -> None:
    socket, commented = answered(), answered()
    commented.comment = "look at this"
    commented.marked = ":eyes:"

    async def act(addon: Apptells, context: taddons.context) -> None:
        context.master.addons.add(View(socket, commented))
        for kind in ("person.email", "person.phone", "person.email"):
            for flow in (socket, commented):
                addon._told(replace(seen(sent_of(data_type=kind)), flow=flow.id))
        addon._told(replace(seen(sent_of()), flow="another"))

    session(tmp_path, act)
    assert socket.comment == "apptells: person.email (documented), person.phone (documented)"
    assert (bool(socket.marked), commented.comment, commented.marked) == (True, "look at this", ":eyes:")


def test_what_the_analysis_tells_is_in_mitmproxys_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def act(addon: Apptells, context: taddons.context) -> None:
        addon._told(seen(sent_of()))
        addon._told(Unreadable(host="pins.example", kind="refused by client", reason=""))
        addon._told(Trouble(message="torn"))

    session(tmp_path, act)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert ("ALERT", line(sent_of())) in told
    assert ("INFO", "could not see: pins.example (refused by client)") in told
    assert ("WARNING", "apptells: torn") in told


def test_what_a_hook_stumbled_over_cannot_command_the_terminal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        addon.failed("response", ValueError("\x1b[2J"))

    session(tmp_path, act)
    assert "NOT RECORDED" in caplog.text
    assert "\x1b" not in caplog.text


def test_a_seeds_file_that_is_not_there_is_refused() -> None:
    addon = Apptells()
    with taddons.context(addon, loadcore=False) as context, pytest.raises(exceptions.OptionsError, match=r"none\.yaml"):
        context.configure(addon, apptells_seeds="none.yaml")


def test_a_file_that_is_there_is_said_before_the_proxy_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """mitmproxy's own screen hides what is said later."""
    (tmp_path / "s.apptells").write_text("mine")
    addon = Apptells()
    with taddons.context(addon, loadcore=False) as context:
        context.options.add_option("onboarding", bool, True, "")
        context.options.add_option("onboarding_host", str, "mitm.it", "")
        context.configure(addon, apptells_file=str(tmp_path / "s.apptells"))
    assert "such a file already" in caplog.text


def test_what_was_lost_is_said_at_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def act(addon: Apptells, context: taddons.context) -> None:
        assert addon._journal is not None
        addon._journal.lost = 3

    session(tmp_path, act)
    assert "3 NOT RECORDED; read it with" in caplog.text


def test_the_limit_cuts_what_is_kept_and_the_whole_is_hashed(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        sent(addon, answered(method=b"POST", content=b"x" * 1000))

    exchanges, capture = session(tmp_path, act, apptells_keep=100)
    assert exchanges[0].body == b"x" * 100
    assert exchanges[0].whole_body is not None
    assert exchanges[0].whole_body.bytes == 1000
    assert KEEP > 1000
    assert "request-body-truncated" in {note.what for note in capture.fidelity}
