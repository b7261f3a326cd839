"""The measuring tool itself: every addon meets every flow, what is counted was answered, and figures are in order."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy import http

from analyzer.capture.journal_reader import JournalReader
from tests.bench import live_hooks, live_load, live_proxy
from tests.bench.live import hooks, memory
from tests.bench.live_flows import A_CONNECTION, session
from tests.bench.live_proxy import AGAIN, CONTROL, LIVE, SAVING, THREAD, Proxy, Round, against, is_as_fast, server

KB = 1 << 10


@pytest.mark.parametrize("size", [2 * KB, 64 * KB])
def test_bodies_are_json_of_the_size_asked_for_and_all_different(size: int) -> None:
    made = [live_load.body(serial, size) for serial in range(200)]
    assert {len(one) for one in made} == {size}
    assert len(set(made)) == len(made)
    assert [int(json.loads(one)["serial"]) for one in made] == list(range(200))


class Witness:
    """Notes the hooks and what was there at each."""

    def __init__(self) -> None:
        self.met: list[tuple[str, object]] = []

    def client_connected(self, _: object) -> None:
        self.met.append(("connected", None))

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self.met.append(("asked", flow.request.raw_content))

    def response(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        self.met.append(("answered", (flow.request.raw_content, flow.response.raw_content)))

    def client_disconnected(self, _: object) -> None:
        self.met.append(("disconnected", None))


def test_each_addon_meets_the_hooks_of_a_session_as_a_proxy_gives_them() -> None:
    one = session(40, 2 * KB, count=2)
    first, second = Witness(), Witness()
    live_hooks.spend(first, one)
    live_hooks.spend(second, one)
    assert first.met == second.met
    asked = ("asked", None)
    answers = [("answered", (live_load.body(n, 2 * KB), live_load.body(n + 1, 2 * KB))) for n in (40, 41)]
    assert first.met == [("connected", None), asked, answers[0], asked, answers[1], ("disconnected", None)]


class Waster:
    """Takes time in one hook."""

    def response(self, _: object) -> None:
        sum(range(300_000))


def test_time_is_that_of_the_hooks() -> None:
    wasted = live_hooks.spend(Waster(), session(0, 2 * KB))
    assert wasted.flow > 10 * live_hooks.spend(live_hooks.Empty(), session(0, 2 * KB)).flow
    assert wasted.worst >= wasted.flow * 0.9
    assert wasted.flow > 100_000  # nanoseconds


def test_what_is_measured_is_recorded_whole(tmp_path: Path) -> None:
    asyncio.run(_record(tmp_path))
    recorded = list(JournalReader(tmp_path / live_hooks.FILE))
    assert [one.body for one in recorded] == [live_load.body(serial, 2 * KB) for serial in range(A_CONNECTION)] + [
        live_load.body(serial, 200 * KB) for serial in range(50, 50 + A_CONNECTION)
    ]


async def _record(folder: Path) -> None:
    with live_hooks.addons(folder) as (ours, *_):
        live_hooks.spend(ours, session(0, 2 * KB))
        spent = live_hooks.spend(ours, session(50, 200 * KB, piece=64 * KB))
        assert len(spent.pieces) == A_CONNECTION * 2 * 4
        await ours.done()


def test_figures_of_hooks_have_their_units_and_leave_nothing(tmp_path: Path) -> None:
    cost = hooks(4, tmp_path)
    assert 0.1 < cost.empty < cost.flow < 100_000  # microseconds
    assert cost.event > 0.1
    assert not list(tmp_path.iterdir())


def test_memory_is_that_of_both_processes(tmp_path: Path) -> None:
    found = memory([20, 60], tmp_path, is_followed=True)
    assert len(found.hooks) == len(found.live) == 2
    assert all(20 < one < 1_000 for one in (*found.hooks, *found.live))  # MB
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server() as listening:
        yield listening


def test_only_answers_of_200_count(port: int, tmp_path: Path) -> None:
    said = asyncio.run(live_load.load(port, 50))
    assert said["answered"] == 50
    assert 0 < said["p50"] <= said["p99"] < 60
    proxy = Proxy(CONTROL, 9, tmp_path / "nobody")  # a port where no server is: the proxy answers 502
    try:
        with pytest.raises(AssertionError, match="0 of 20 answered"):
            proxy.load(20)
    finally:
        proxy.end()


@pytest.mark.parametrize("variant", [LIVE, THREAD, SAVING])
def test_variants_do_what_they_are_named_for(port: int, tmp_path: Path, variant: str) -> None:
    folder = tmp_path / "proxy"
    proxy = Proxy(variant, port, folder)
    try:
        found = proxy.load(40)
    finally:
        proxy.end()
    assert 0 < found.p50 <= found.p99
    assert found.cpu > 0
    assert (found.children > 0) == (variant == LIVE)
    if variant == SAVING:
        assert (folder / "bench.flow").stat().st_size > 40 * 4 * KB
    else:
        assert sum(one.method == "POST" for one in JournalReader(folder / "bench.apptells")) == 40


def _rounds(*rates: float) -> list[Round]:
    return [Round(rate, 1_000 / rate, 1_000 / rate, 1.0, 0.0) for rate in rates]


def test_ratios_are_those_of_one_round() -> None:
    found = {CONTROL: _rounds(100, 200, 400), AGAIN: _rounds(110, 180, 400)}
    assert against(found, AGAIN, "rate") == pytest.approx((0.95, 1.0, 1.05))
    assert against(found, AGAIN, "p99").median == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ours", "saving", "is_fast"),
    [
        ((90, 95, 110), (100, 100, 100), True),  # some rounds above the control, some below
        ((80, 85, 90), (70, 70, 70), True),  # always below it, and above -w
        ((80, 85, 90), (95, 95, 95), False),
        ((120, 120, 120), (150, 150, 150), True),
    ],
)
def test_gate_holds_ours_against_the_control_and_saving(
    ours: tuple[float, ...], saving: tuple[float, ...], is_fast: bool
) -> None:
    found = {CONTROL: _rounds(100, 100, 100), LIVE: _rounds(*ours), SAVING: _rounds(*saving)}
    assert is_as_fast(found, "rate") == is_fast
    assert is_as_fast(found, "p99") == is_fast


def test_proxies_write_below_the_folder_they_are_given(tmp_path: Path) -> None:
    found = live_proxy.rounds([CONTROL, LIVE], tmp_path, number=1, count=20)
    assert [len(found[variant]) for variant in (CONTROL, LIVE)] == [1, 1]
    assert against(found, CONTROL, "rate") == (1, 1, 1)
