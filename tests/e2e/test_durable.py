"""What a capture file holds after the recorder was killed, asked to end, or left without room on the disk.

`APPTELLS_KILLS=50 pytest tests/e2e/test_durable.py` kills at fifty moments instead of a few.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analyzer.capture.open import open_capture
from analyzer.model import Capture
from tests.conftest import ROOT
from tests.e2e.load import body_of
from tests.e2e.test_mitmdump import MITMDUMP, WAIT, by_urllib, free_port, listens, server, until
from tests.recording.small_disk import small_disk

KILLS = int(os.environ.get("APPTELLS_KILLS", "8"))
"""Moments at which the recorder is killed."""
PROMISED = 1.0
"""Seconds after which a completed request is safe."""
CONNECTIONS = 6
ADDON = ROOT / "addons" / "apptells.py"

__all__ = ["server"]
pytestmark = pytest.mark.skipif(not MITMDUMP.exists(), reason="mitmdump is not beside this Python")


class Recorder:
    """A running mitmdump with the addon, and its port, capture file and log."""

    def __init__(self, folder: Path, path: Path) -> None:
        self.port, self.path, self._log = free_port(), path, folder / "mitmdump.log"
        options = {
            "apptells_file": path, "apptells_live": "false", "confdir": folder,
            "termlog_verbosity": "warn", "flow_detail": 0,
        }  # fmt: skip
        command = [str(MITMDUMP), "--listen-host", "127.0.0.1", "-p", str(self.port), "-s", str(ADDON)]
        command += [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)

    def said(self) -> str:
        """What it printed until now."""
        return self._log.read_text(errors="replace")


@contextmanager
def recorder(folder: Path, path: Path | None = None) -> Iterator[Recorder]:
    """One that is ready; killed at the end of the block, if it still runs."""
    made = Recorder(folder, path or folder / "session.apptells")
    try:
        until(lambda: made.process.poll() is not None or (listens(made.port) and made.path.exists()))
        assert made.process.poll() is None, made.said()
        yield made
    finally:
        made.process.kill()
        made.process.wait(WAIT)


class Load:
    """A running `tests.e2e.load`."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "tests.e2e.load", str(port), str(CONNECTIONS)]
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def completed(self) -> dict[int, float]:
        """Ends it; the numbers of the requests whose responses were complete, each with the time of that."""
        said, _ = self.process.communicate(timeout=WAIT)
        return {int(number): float(at) for number, at in map(str.split, said.splitlines())}


@contextmanager
def load(port: int) -> Iterator[Load]:
    """Load on a proxy, from the moment of its first response."""
    made = Load(port)
    with made.process:
        try:
            assert made.process.stdout
            assert made.process.stdout.readline() == "begun\n"
            yield made
        finally:
            made.process.kill()


def recorded(path: Path) -> tuple[dict[int, bytes], Capture]:
    """The bodies in a capture file by the number in the URL, none of which is there twice; and the capture."""
    bodies: dict[int, bytes] = {}
    with open_capture(path) as reader:
        for exchange in reader:
            if not exchange.continues:
                number = int(exchange.url.rpartition("/")[2])
                assert number not in bodies, "recorded twice"
                bodies[number] = exchange.body
    return bodies, reader.capture()


@contextmanager
def stalls() -> Iterator[list[float]]:
    """Seconds by which this machine let a short sleep last too long, again and again until the block ends."""
    late, ended = [0.0], threading.Event()

    def sleep() -> None:
        while not ended.is_set():
            before = time.monotonic()
            time.sleep(0.02)
            late.append(time.monotonic() - before - 0.02)

    thread = threading.Thread(target=sleep)
    thread.start()
    try:
        yield late
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_kill_costs_nothing_that_is_older_than_a_second(seed: int, tmp_path: Path) -> None:
    with recorder(tmp_path) as running, stalls() as late, load(running.port) as loading:
        time.sleep(random.Random(seed).uniform(0.3, 2.0))
        killed = time.time()
        running.process.kill()
        completed = loading.completed()
    bodies, capture = recorded(running.path)
    promised = PROMISED + max(late)  # where nothing ran, nothing was written
    old = {number for number, at in completed.items() if killed - at > promised}
    assert not old - bodies.keys(), f"{len(old - bodies.keys())} of {len(old)} lost, of {len(completed)} in all"
    assert not [number for number, body in bodies.items() if body != body_of(number)]
    assert {note.what for note in capture.fidelity} <= {"session-not-ended", "truncated-file"}
    assert any(note.what == "session-not-ended" for note in capture.fidelity)


def test_asked_to_end_it_leaves_a_whole_file(tmp_path: Path) -> None:
    with recorder(tmp_path) as running, load(running.port) as loading:
        time.sleep(1)
        asked = time.time()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(WAIT) == 0
        completed = [number for number, at in loading.completed().items() if at < asked]
    bodies, capture = recorded(running.path)
    assert completed
    assert bodies.keys() >= set(completed)
    assert not [number for number, body in bodies.items() if body != body_of(number)]
    assert capture.complete
    assert "session-not-ended" not in {note.what for note in capture.fidelity}


def test_on_a_full_disk_traffic_passes_and_recording_resumes_by_itself(server: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk, recorder(tmp_path, disk / "session.apptells") as running:

        def send(numbers: range) -> None:
            for number in numbers:
                by_urllib(f"{server}/v1/{number}", f"http://127.0.0.1:{running.port}", _large(number))

        filler = disk / "filler"
        filler.write_bytes(bytes(1_800_000))
        send(range(30))
        until(lambda: "NOT RECORDED" in running.said())
        send(range(30, 60))
        assert len(recorded(running.path)[0]) < 30, "the disk is not full"
        filler.unlink()
        until(lambda: "Recording to" in running.said())
        send(range(60, 70))
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(WAIT) == 0
        said = running.said()
        bodies, capture = recorded(running.path)
    assert said.count("NOT RECORDED") == 1, said
    assert said.count("Recording to") == 1, said
    assert bodies == {number: _large(number) for number in range(70)}
    assert capture.complete
    assert not capture.fidelity


def _large(number: int) -> bytes:
    return b"%08d" % number * 2_500
