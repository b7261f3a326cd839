"""Traffic waits for nothing; a flow that is read from a file waits for the disk, and not for ever."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.test import tflow

from analyzer.recording.pace import WAITING, paced


def journal(waiting: int) -> Any:
    return SimpleNamespace(waiting=waiting)


def test_only_a_flow_from_a_file_waits_and_only_where_the_disk_is_behind() -> None:
    live, read = tflow.tflow(), tflow.tflow()
    read.live = False
    assert paced(live, journal(WAITING + 1)) is None
    assert paced(read, journal(WAITING)) is None
    assert paced(read, None) is None


@pytest.mark.parametrize(("is_taken", "patience"), [(True, 3600.0), (False, 0.0)])
def test_it_goes_on_when_the_disk_has_taken_enough_or_takes_nothing(
    is_taken: bool, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.recording.pace.PATIENCE", patience)
    read, behind = tflow.tflow(), journal(WAITING + 1)
    read.live = False

    async def run() -> None:
        pause = paced(read, behind)
        assert pause is not None
        waiting = asyncio.ensure_future(pause)
        await asyncio.sleep(0)
        if is_taken:
            assert not waiting.done()
            behind.waiting = 0
        await asyncio.wait_for(waiting, 60)

    asyncio.run(run())
