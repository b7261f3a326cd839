"""A real mitmdump with the addon, for as long as a block lasts, and what its capture file then holds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from analyzer.capture.open import open_capture
from analyzer.model import Capture, Exchange, Unread
from tests.cli.running import invoke
from tests.conftest import ROOT
from tests.e2e.servers import ADDRESS
from tests.e2e.test_mitmdump import MITMDUMP, WAIT, free_port

ADDON = ROOT / "addons" / "apptells.py"
ON_DISK = 60
"""Seconds that a busy machine is given to write down what the addon promises within one."""
NAMES = f"""\
# A hosts file for one process: names under .example lead to the servers of the test.
import socket
def load(loader):
    ask = socket.getaddrinfo
    def answer(host, *rest, **more):
        return ask({ADDRESS!r} if str(host).endswith(".example") else host, *rest, **more)
    socket.getaddrinfo = answer
"""
runs_here = [
    pytest.mark.skipif(not MITMDUMP.exists(), reason="mitmdump is not beside this Python"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a whole network of loopback addresses"),
]


def answered(exchange: Exchange) -> bool:
    """Whether its answer has begun."""
    return exchange.status is not None


def carried(exchange: Exchange) -> bytes:
    """All that an app sent in one exchange, in however many parts the addon wrote it down."""
    return exchange.body + b"".join(exchange.messages)


class Session:
    """A running mitmdump: how to reach it, and what it wrote so far."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        self.ports = tuple(ports)
        """One for each mode, in their order."""
        self.proxy = f"http://127.0.0.1:{ports[0]}"
        """The URL of the first."""
        self.authority = folder / "mitmproxy-ca-cert.pem"
        """What makes a client trust the proxy."""
        self.capture_path = folder / "session.apptells"
        self.log = folder / "mitmdump.log"
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def exchanges(
        self, host: str = "", at_least: int = 0, *, ready: Callable[[Exchange], bool] = answered
    ) -> list[Exchange]:
        """Those with a host that begins so, their parts put together, read from the file as it is.

        Waits until so many of them are ready, which means answered where nothing else is said.
        """
        for last in _tries(ON_DISK):
            found = [each for each in _whole(self._read()[0]) if each.url.split("/")[2].startswith(host)]
            if last or sum(map(ready, found)) >= at_least:
                break
        assert sum(map(ready, found)) >= at_least, f"{found} of {host}; {self.said()}"
        return found

    def unread(self, host: str = "", at_least: int = 0) -> list[Unread]:
        """Connections to a host that begins so, and that could not be read; waits until it holds so many."""
        for last in _tries(ON_DISK):
            found = [each for each in self._read()[1] if each.host.startswith(host)]
            if last or sum(each.count for each in found) >= at_least:
                break
        assert sum(each.count for each in found) >= at_least, f"{found} of {host}; {self.said()}"
        return found

    def capture(self, *noted: str) -> Capture:
        """The session as a whole; waits until these fidelity notes are among its own."""
        for last in _tries(ON_DISK):
            found = self._read()[2]
            notes = {note.what for note in found.fidelity}
            if last or notes.issuperset(noted):
                break
        assert notes.issuperset(noted), f"{notes}; {self.said()}"
        return found

    def _read(self) -> tuple[list[Exchange], tuple[Unread, ...], Capture]:
        with open_capture(self.capture_path) as reader:
            return list(reader), reader.unread(), reader.capture()

    def report(self, seeds: Mapping[str, str | Sequence[str]] = MappingProxyType({})) -> dict[str, Any]:
        """What `apptells analyze --seeds` says of the file as it is now."""
        output, known = self._folder / "report.json", self._folder / "seeds.yaml"
        known.write_text(json.dumps(dict(seeds)))  # JSON is YAML
        words = ["--seeds", known] if seeds else []
        invoke("analyze", self.capture_path, *words, "--format", "json", "--output", output)
        report: dict[str, Any] = json.loads(output.read_bytes())
        return report

    def found(self, *values: str, seed: str = "person.email") -> set[tuple[str, str, str, tuple[str, ...]]]:
        """Host, location, path and decoding of every place where `apptells analyze` finds one of these values."""
        told = self.report({seed: values})["transmissions"]
        names = ("host", "location", "path")
        return {(*(each[name] for name in names), tuple(each["decoding"])) for each in told if each["seed"] == seed}

    def peak_memory(self) -> int:
        """Bytes of memory that mitmdump held at most until now."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(kilobytes) * 1024

    def said(self) -> str:
        """What mitmdump printed."""
        return self.log.read_text(errors="replace")[-4000:]


def _whole(parts: Iterable[Exchange]) -> list[Exchange]:
    """Each exchange once: as it began, with all messages, and with the status of its last part."""
    found: dict[int, Exchange] = {}
    for part in parts:
        first = found.get(part.index, part)
        assert part.continues == (part.index in found), part
        assert part.first_message == len(first.messages) or not part.messages
        messages = first.messages + part.messages if part.continues else part.messages
        found[part.index] = msgspec.structs.replace(first, messages=messages, status=part.status)
    return list(found.values())


def _tries(seconds: float) -> Iterator[bool]:
    """False again and again, with a pause between, and True when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield False
        time.sleep(0.1)
    yield True


@contextmanager
def session(
    folder: Path,
    trusted: Path,
    *words: str,
    modes: Sequence[str] = ("regular",),
    listen: str = "127.0.0.1",
    inside: Sequence[str] = (),
) -> Iterator[Session]:
    """Runs mitmdump with the addon and these words until the block ends, then asks it to end (SIGTERM).

    The proxy trusts servers whose certificate comes from `trusted`. `inside` is put before the command, such as
    `ip netns exec NAME`. Fails where mitmdump does not start, does not end, or says that an addon failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = folder / "names.py"
    names.write_text(NAMES)
    running = Session(folder, [free_port() for _ in modes])
    command = [*inside, str(MITMDUMP), "--listen-host", listen, "-s", str(names), "-s", str(ADDON)]
    for mode, port in zip(modes, running.ports, strict=True):
        command += ["--mode", f"{mode}@{port}"]
    options = [f"apptells_file={running.capture_path}", "apptells_live=false", "flow_detail=0", f"confdir={folder}"]
    for option in (*options, f"ssl_verify_upstream_trusted_ca={trusted}"):
        command += ["--set", option]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with (
        running.log.open("wb") as log,
        subprocess.Popen([*command, *words], stdout=log, stderr=log, env=environment) as process,
    ):
        running.process = process
        try:
            # What comes between the first listening and the file is not recorded.
            _wait(process, running, lambda: _is_listening(running) and running.capture_path.exists())
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    said = running.log.read_text(errors="replace")
    assert "Traceback" not in said, said
    assert "ddon error" not in said, said


def _is_listening(running: Session) -> bool:
    return running.said().count(" listening at ") >= len(running.ports)


def _wait(process: "subprocess.Popen[bytes]", running: Session, ready: Callable[[], bool]) -> None:
    for last in _tries(WAIT):
        if ready():
            return
        assert process.poll() is None, running.said()
        assert not last, running.said()
