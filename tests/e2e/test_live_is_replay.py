"""What is found while a session is recorded is what its file gives afterwards, for every labelled capture."""

import asyncio
import signal
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from analyzer.capture.open import open_capture
from analyzer.knowledge import Knowledge
from analyzer.live.events import Event, Reached, Seen
from analyzer.live.follower import Follower
from analyzer.model import Exchange, Transmission
from analyzer.pipeline import Options, analyze
from tests.cli.running import SEEDS
from tests.conftest import LABELLED
from tests.e2e.replaying import NUMBER, answering, send
from tests.e2e.test_mitmdump import MITMDUMP, WAIT, free_port, listens

ADDON = Path(__file__).parents[2] / "addons" / "apptells.py"
FOUNDING = Path(__file__).parents[2] / "fixtures" / "captures" / "founding-case.har"

pytestmark = pytest.mark.skipif(not MITMDUMP.exists(), reason="mitmdump is not beside this Python")

Fact = tuple[object, ...]


def sources() -> dict[str, tuple[list[Path], Path]]:
    """Captures and the seeds to look for in them: the bundled one, and the labelled ones where they are at hand."""
    found = {"founding case": ([FOUNDING], SEEDS)}
    if LABELLED.is_dir():
        found["labelled"] = (sorted(LABELLED.glob("*/capture.har")), LABELLED / "persona.yaml")
    return found


def requests_of(captures: Iterable[Path]) -> list[Exchange]:
    """All requests that can be sent again, without the messages of WebSockets."""
    return [
        msgspec.structs.replace(exchange, messages=())
        for path in captures
        for exchange in open_capture(path)
        if exchange.method != "CONNECT" and exchange.url.startswith("http")
    ]


async def record(folder: Path, requests: list[Exchange], seeds: Path) -> list[Event]:
    """Records the requests while a follower watches; gives all that it told. Leaves session.apptells and .flow."""
    port = free_port()
    journal = folder / "session.apptells"
    events: list[Event] = []
    with answering(requests) as upstream:
        command = [str(MITMDUMP), "-q", "--listen-host", "127.0.0.1", "-p", str(port), "-s", str(ADDON)]
        command += ["--mode", f"upstream:http://127.0.0.1:{upstream}", "--set", f"confdir={folder}"]
        command += [
            "--set",
            f"apptells_file={journal}",
            "--set",
            "apptells_live=false",
            "-w",
            str(folder / "session.flow"),
        ]
        with subprocess.Popen(command) as running:
            try:
                while not (listens(port) and journal.exists()):
                    assert running.poll() is None
                    await asyncio.sleep(0.05)
                follower = asyncio.create_task(Follower(journal, {"seeds": str(seeds)}, events.append).run())
                await asyncio.to_thread(send, port, requests)
            finally:
                running.send_signal(signal.SIGTERM)
                await asyncio.to_thread(running.wait, WAIT)
            await asyncio.wait_for(follower, 4 * WAIT)
    return events


def without_exchange(found: Iterable[Transmission]) -> Counter[Fact]:
    return Counter(
        (one.host, one.data_type, one.location, one.path, one.decoding, one.transform, one.evidence, one.seed,
         one.masked_value) for one in found
    )  # fmt: skip


@pytest.mark.parametrize("name", sources())
def test_live_findings_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    captures, seeds = sources()[name]
    requests = requests_of(captures)
    events = asyncio.run(record(tmp_path, requests, seeds))

    live = [one for event in events if isinstance(event, Seen) for one in event.transmissions]
    last = events[-1]
    assert isinstance(last, Reached)
    assert (last.ended, last.exchanges, last.transmissions, last.behind) == (True, len(requests), len(live), 0)

    def replayed(path: Path) -> list[Transmission]:
        with open_capture(path) as reader:
            return list(analyze(reader, Knowledge(), Options(seeds=seeds)).transmissions)

    again = replayed(tmp_path / "session.apptells")
    assert live == [
        msgspec.structs.replace(one, destination=mine.destination) for one, mine in zip(again, live, strict=True)
    ]
    assert without_exchange(replayed(tmp_path / "session.flow")) == without_exchange(live)

    # And it is what was found in the captures that the requests are from: none is lost on the way.
    told = {(one.host, one.data_type, one.location, one.path, one.transform) for one in live}
    wanted = {
        (one.host, one.data_type, one.location, one.path, one.transform)
        for path in captures
        for one in replayed(path)
        if one.location != "message" and one.evidence != "key" and not one.path.startswith(NUMBER.lower())
    }
    assert len(wanted) > 20
    assert wanted - told == set()
