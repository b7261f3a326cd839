"""The addon within mitmproxy: its options, its commands, and that nothing it does wrong reaches the traffic."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from mitmproxy import exceptions, http
from mitmproxy.test import taddons, tflow, tutils

from addons.apptells import KEEP, MOST_KEPT, Apptells
from analyzer.capture.open import open_capture
from analyzer.model import Capture, Exchange
from tests.cli.running import SEEDS


def session(
    folder: Path, act: Callable[[Apptells, taddons.context], Awaitable[None]], **options: object
) -> tuple[list[Exchange], Capture]:
    """Runs the addon as mitmproxy does around `act`; gives what is in the file."""
    path = folder / "s.apptells"

    async def run() -> None:
        addon = Apptells()
        with taddons.context(addon, loadcore=False) as context:
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
        sent(addon, answered(host="api.example"))

    exchanges, _ = session(tmp_path, act)
    assert len(exchanges) == 1


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
        await asyncio.sleep(0.5)
        context.master.commands.execute("apptells.report")
        for _ in range(600):
            await asyncio.sleep(0.1)
            if (tmp_path / "s-report" / "report.html").exists():
                break

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


def test_a_seeds_file_that_is_not_there_is_refused() -> None:
    addon = Apptells()
    with taddons.context(addon, loadcore=False) as context, pytest.raises(exceptions.OptionsError, match=r"none\.yaml"):
        context.configure(addon, apptells_seeds="none.yaml")


def test_the_limit_cuts_what_is_kept_and_the_whole_is_hashed(tmp_path: Path) -> None:
    async def act(addon: Apptells, context: taddons.context) -> None:
        sent(addon, answered(method=b"POST", content=b"x" * 1000))

    exchanges, capture = session(tmp_path, act, apptells_keep=100)
    assert exchanges[0].body == b"x" * 100
    assert exchanges[0].whole_body is not None
    assert exchanges[0].whole_body.bytes == 1000
    assert KEEP > 1000
    assert "request-body-truncated" in {note.what for note in capture.fidelity}
