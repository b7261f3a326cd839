"""The mitmdump that `apptells capture` starts."""

import asyncio
import sys

import pytest

from analyzer.live.proxy import Proxy

WAIT = 60
WAITING = "import sys; print('here', flush=True); sys.stdin.read(); print('there')"
DEAF = "import time; print('here', flush=True); time.sleep(600)"


def proxy(program: str, heard: list[str]) -> Proxy:
    """One with another program for mitmdump."""
    made = Proxy([], lambda said: None, heard.append)
    made._command = (sys.executable, "-c", program)
    return made


async def _here(heard: list[str]) -> None:
    async with asyncio.timeout(WAIT):
        while not heard:
            await asyncio.sleep(0.02)


def test_it_is_told_to_end_by_the_end_of_its_input() -> None:
    heard: list[str] = []

    async def run() -> int:
        made = proxy(WAITING, heard)
        running = asyncio.create_task(made.run())
        await _here(heard)
        await made.stop()
        return await asyncio.wait_for(running, WAIT)

    assert asyncio.run(run()) == 0
    assert heard == ["here", "there"]


def test_one_that_was_stopped_before_it_began_ends() -> None:
    heard: list[str] = []

    async def run() -> int:
        made = proxy(WAITING, heard)
        await made.stop()
        return await asyncio.wait_for(made.run(), WAIT)

    assert asyncio.run(run()) == 0


def test_one_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.live.proxy.STOPPING", 0.2)
    heard: list[str] = []

    async def run() -> int:
        made = proxy(DEAF, heard)
        running = asyncio.create_task(made.run())
        await _here(heard)
        await made.stop()
        return await asyncio.wait_for(running, WAIT)

    assert asyncio.run(run()) != 0


def test_it_only_records_for_whoever_starts_it_follows_the_file() -> None:
    assert "apptells_live=false" in Proxy([], lambda said: None, print)._command
