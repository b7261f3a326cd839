"""The proxy beside a test: what it is told stands in its file when it says so, and it ends in every way."""

import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.capture.open import open_capture
from analyzer.capture.record import Marked
from analyzer.errors import ApptellsError
from analyzer.testing.recorder import Recorder
from tests.testing.stage import OWN, Stage, runs_here, send, stage

pytestmark = runs_here


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as running:
        yield running


def recorder_of(servers: Stage, file: Path, port: int = 0) -> Recorder:
    words = ("--listen-host", "127.0.0.1", "--listen-port", str(port), *servers.words)
    return Recorder(file, servers.authority, words)


def proxies_of(file: Path) -> list[int]:
    """Processes that record to a file."""
    found = subprocess.run(["pgrep", "-f", f"apptells_file={file}"], capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


def test_what_was_answered_stands_in_the_file_and_the_end_is_in_order(servers: Stage, tmp_path: Path) -> None:
    recorder = recorder_of(servers, tmp_path / "a.apptells")
    _, port = recorder.start()
    before = recorder.settle()
    recorder.order(Marked(time=time.time(), name="launch"))
    assert recorder.settle() == before + 1
    send(f"http://127.0.0.1:{port}", recorder.authority, f"https://{OWN}:{servers.secure}/v1")
    assert recorder.settle() >= before + 2
    with open_capture(recorder.file) as reader:
        assert [(one.method, one.phase) for one in reader] == [("POST", "launch")]
    known = recorder.settle()
    assert recorder.settle() == known, "its own marks are none"
    recorder.stop()
    assert not proxies_of(recorder.file)
    assert recorder.settle() == known
    with open_capture(recorder.file) as reader:
        assert len(list(reader)) == 1
        assert not reader.capture().fidelity
    assert recorder.file.stat().st_mode & 0o777 == 0o600


def test_a_proxy_that_dies_is_told(servers: Stage, tmp_path: Path) -> None:
    recorder = recorder_of(servers, tmp_path / "a.apptells")
    recorder.start()
    try:
        (pid,) = proxies_of(recorder.file)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ApptellsError, match="ended before the test did"):
            recorder.settle()
    finally:
        recorder.stop()


def test_a_port_that_is_taken_is_told(servers: Stage, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        recorder = recorder_of(servers, tmp_path / "a.apptells", taken.getsockname()[1])
        with pytest.raises(ApptellsError, match=r"did not start: .*address already in use"):
            recorder.start()
    assert not proxies_of(recorder.file)


def test_it_can_be_stopped_before_it_has_begun(servers: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.testing.recorder.STARTING", 0.01)
    recorder = recorder_of(servers, tmp_path / "a.apptells")
    with pytest.raises(ApptellsError, match="did not start"):
        recorder.start()
    monkeypatch.undo()
    recorder.stop()
    assert not proxies_of(recorder.file)


def test_only_one_at_a_time_makes_the_certificate_authority(servers: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    folder.mkdir()
    recorder = recorder_of(servers._replace(authority=folder), tmp_path / "a.apptells")
    starting = threading.Thread(target=recorder.start)
    with (folder / ".apptells.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        starting.start()
        time.sleep(0.5)
        assert not proxies_of(recorder.file), "it waits for whoever makes it"
    starting.join()
    assert recorder.authority.exists()
    recorder.stop()
