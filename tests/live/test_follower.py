"""The process that follows a capture: it is started again when it fails, and ends when nobody listens."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from analyzer.live.events import Event, Reached, Seen, Trouble
from analyzer.live.follower import TRIES, Follower
from tests.cli.running import SEEDS
from tests.live.test_watch import SESSION, data

WAIT = 60


def follow(path: Path, events: list[Event], disturb: bool = False) -> None:
    async def run() -> None:
        follower = Follower(path, {"seeds": str(SEEDS)}, events.append)
        task = asyncio.create_task(follower.run())
        if disturb:
            for _ in range(WAIT * 20):
                await asyncio.sleep(0.05)
                if any(isinstance(event, Seen) for event in events):
                    break
            assert follower.pid is not None
            os.kill(follower.pid, signal.SIGKILL)
            with path.open("ab") as file:
                file.write(data(SESSION)[path.stat().st_size :])
        await asyncio.wait_for(task, WAIT)

    asyncio.run(run())


def test_what_the_process_finds_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION))
    events: list[Event] = []
    follow(path, events)
    assert [event.exchange for event in events if isinstance(event, Seen)] == [0, 1, 3]
    assert isinstance(events[-1], Reached)
    assert events[-1].ended


def test_it_runs_beside_the_rest_and_knows_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION))
    events: list[Event] = []

    async def run() -> Follower:
        follower = Follower(path, {"seeds": str(SEEDS)}, events.append)
        assert follower.reached is None
        follower.start()
        await follower.finish(WAIT)
        return follower

    follower = asyncio.run(run())
    assert follower.reached is events[-1]
    assert follower.reached.ended
    assert follower.pid is None


def test_one_that_is_not_done_in_time_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION[:4]))  # a session that goes on

    async def run() -> int:
        heard = asyncio.Event()
        follower = Follower(path, {"seeds": str(SEEDS)}, lambda _: heard.set())
        follower.start()
        await asyncio.wait_for(heard.wait(), WAIT)
        process = follower.pid
        assert process is not None
        await follower.finish(0)
        assert follower.pid is None
        return process

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(run()), 0)


def test_a_process_that_was_killed_is_started_again_and_tells_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION[:4]))
    events: list[Event] = []
    follow(path, events, disturb=True)
    assert [event.exchange for event in events if isinstance(event, Seen)] == [0, 1, 3]
    assert not any(isinstance(event, Trouble) and "stopped" in event.message for event in events)


def test_one_that_always_fails_is_given_up_and_says_so(tmp_path: Path) -> None:
    events: list[Event] = []
    follow(tmp_path / "none.apptells", events)
    said = [event.message for event in events if isinstance(event, Trouble)]
    assert "stopped" in said[-1]
    assert any("none.apptells" in message for message in said)
    assert len(said) <= TRIES + 1


def test_one_that_cannot_be_started_is_given_up_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    events: list[Event] = []
    follow(tmp_path / "s.apptells", events)
    assert [type(event) for event in events] == [Trouble]


def test_one_that_says_what_is_no_event_is_given_up_too(tmp_path: Path) -> None:
    events: list[Event] = []
    follower = Follower(tmp_path / "s.apptells", {}, events.append)
    follower._command = (sys.executable, "-c", "print('Fatal Python error')", "", "")
    asyncio.run(asyncio.wait_for(follower.run(), WAIT))
    assert [type(event) for event in events] == [Trouble]
