"""`apptells capture` as a person uses it: on a terminal and in a pipe, with a dashboard, with things going wrong."""

import codecs
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from fixtures.captures.founding_persona import PERSONA
from tests.cli.running import FIXTURES, SEEDS
from tests.e2e.test_mitmdump import MITMDUMP, WAIT, Answers, by_urllib, until

EMAIL = str(PERSONA["person.email"])
HOST = "in.wzrkt.com"

pytestmark = pytest.mark.skipif(not MITMDUMP.exists(), reason="mitmdump is not beside this Python")


class Recording:
    """A running `apptells capture`, and what it has said so far."""

    def __init__(self, folder: Path, *words: str, terminal: bool = False) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "analyzer", "capture", "--port", "0", "--listen-host", "127.0.0.1"]
        command += ["--seeds", str(SEEDS), *words]
        environment = os.environ | {
            "PYTHONPATH": str(FIXTURES.parent),
            "HOME": str(folder),
            "COLUMNS": "200",
            "TERM": "xterm",
        }
        self._text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a character may come in two pieces
        self._own, other = pty.openpty() if terminal else os.pipe()
        self.running = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=other if terminal else subprocess.DEVNULL,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)

    @property
    def text(self) -> str:
        """What it has said."""
        while select.select([self._own], [], [], 0.05)[0]:
            try:
                chunk = os.read(self._own, 1 << 16)
            except OSError:  # a terminal whose other side has gone
                break
            if not chunk:
                break
            self._text += self._decoder.decode(chunk)
        return self._text

    def press(self, keys: str) -> None:
        os.write(self._own, keys.encode())

    def holds(self, name: str, word: str) -> None:
        """Waits until a word stands in a capture file, such as the name of a phase."""
        until(lambda: word.encode() in (self.folder / name).read_bytes())

    def until(self, said: str) -> "re.Match[str]":
        """Waits until it has said something."""
        end = time.monotonic() + WAIT
        while not (found := re.search(said, self.text)):
            assert time.monotonic() < end, f"{said!r} is not in {self._text}"
            assert self.running.poll() is None or re.search(said, self.text), self._text
        return found

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.until(r'port (\d+)')[1]}"

    def send(self, server: str) -> None:
        body = json.dumps({"profile": {"Email": EMAIL}}).encode()
        by_urllib(f"{server}/a1", self.proxy, body, Content_Type="application/json", Host=HOST)

    def end(self, number: int = signal.SIGINT) -> int:
        """Ends it as Ctrl-C does, and gives its exit code."""
        self.running.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Its exit code, when it has ended; what it says is read meanwhile."""
        end = time.monotonic() + WAIT
        while self.running.poll() is None:
            assert time.monotonic() < end, self.text
            assert self.text is not None
        assert self.text
        return self.running.returncode

    def report(self, folder: str) -> dict[str, object]:
        report: dict[str, object] = json.loads((self.folder / folder / "report.json").read_bytes())
        return report

    def close(self) -> None:
        self.running.kill()
        self.running.wait()
        os.close(self._own)


Start = Callable[..., Recording]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[Recording] = []

    def begin(*words: str, terminal: bool = False) -> Recording:
        begun.append(Recording(tmp_path, *words, terminal=terminal))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def children(process: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_on_a_terminal_keys_mark_phases_and_each_new_transmission_is_told(start: Start, server: str) -> None:
    recording = start("--file", "s.apptells", "--app", "com.example.shop", terminal=True)
    recording.until("Keys mark phases")
    assert "█" in recording.text  # the code of mitmproxy's page
    recording.press("c")
    recording.until("phase: before consent")
    recording.holds("s.apptells", "before-consent")
    recording.send(server)
    line = recording.until(r"email address → in\.wzrkt\.com · [^\r\n]*")[0]
    assert "CleverTap" in line
    assert line.endswith("before consent")
    recording.press("a")
    recording.until("phase: after accept")
    recording.holds("s.apptells", "after-accept")
    recording.send(server)
    recording.until("email address → .* after accept")

    def status() -> bool:
        recording.press("s")
        return re.search(r"2 requests, \d+ transmissions found", recording.text) is not None

    until(status)  # the analysis says once a second how far it is
    recording.press("q")
    assert recording.wait() == 0
    assert "before the consent screen was answered" in " ".join(recording.text.split())

    report = recording.report("s-report")
    capture = report["capture"]
    assert isinstance(capture, dict)
    assert [phase["name"] for phase in capture["phases"]] == ["before-consent", "after-accept"]
    assert (capture["format"], capture["complete"], capture["app"]["id"]) == (
        "apptells capture",
        True,
        "com.example.shop",
    )
    sent = report["transmissions"]
    assert isinstance(sent, list)
    mails = [(one["phase"], one["evidence"]) for one in sent if one["data_type"] == "person.email"]
    assert mails == [("before-consent", "seed"), ("after-accept", "seed")]
    assert (recording.folder / "s.apptells").stat().st_mode & 0o777 == 0o600


def test_in_a_pipe_it_says_what_is_needed_and_no_more(start: Start, server: str) -> None:
    recording = start("--no-report")
    recording.send(server)
    recording.until("email address → in.wzrkt.com")
    assert recording.end(signal.SIGTERM) == 0
    assert "█" not in recording.text
    assert "\x1b" not in recording.text
    assert "Keys" not in recording.text
    (file,) = recording.folder.glob("capture-*.apptells")
    assert str(file) in recording.text
    assert not list(recording.folder.glob("*-report"))


def test_nothing_came_is_said(start: Start) -> None:
    recording = start("--file", "empty.apptells")
    recording.until("Recording to")
    assert recording.end() == 0
    assert "Nothing came" in recording.text or "0 exchanges" in recording.text
    assert recording.report("empty-report")["transmissions"] == []


def test_a_mitmdump_that_dies_costs_nothing_that_was_recorded(start: Start, server: str) -> None:
    recording = start("--file", "s.apptells")
    recording.send(server)
    recording.until("email address → in.wzrkt.com")
    for process in children(recording.running.pid):
        if b"mitmdump" in Path(f"/proc/{process}/cmdline").read_bytes():
            os.kill(process, signal.SIGKILL)
    assert recording.wait() == 2
    assert "ended too soon" in " ".join(recording.text.split())
    assert recording.report("s-report")["transmissions"]


def test_it_takes_its_children_along_even_when_it_is_killed(start: Start, server: str) -> None:
    recording = start("--file", "s.apptells")
    recording.send(server)
    recording.until("email address → in.wzrkt.com")
    left = children(recording.running.pid)
    assert len(left) == 2
    recording.running.kill()
    end = time.monotonic() + WAIT
    while any(Path(f"/proc/{process}/cmdline").exists() and is_alive(process) for process in left):
        assert time.monotonic() < end, "the proxy goes on without anybody"
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_scripts_mark_phases_over_the_dashboard(start: Start, server: str) -> None:
    recording = start("--file", "s.apptells", "--dashboard")
    address, token = recording.until(r"Dashboard: (http://127\.0\.0\.1:\d+)/\?token=(\S+)").groups()
    request = urllib.request.Request(f"{address}/phase", b"name=logged-in", {"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        assert answer.status < 300
    recording.until("phase: logged in")
    recording.holds("s.apptells", "logged-in")
    recording.send(server)
    recording.until("email address → .* logged in")
    request = urllib.request.Request(f"{address}/state.json", None, {"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        assert b"in.wzrkt.com" in answer.read()
    assert recording.end() == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--mode", "nonsense"], "nonsense"),
        (["--file", "no/such/folder/x.apptells"], "no/such/folder/x.apptells: cannot be written"),
        (["--seeds", "none.yaml"], "none.yaml"),
        (["--deep", "--adapters", "none"], "none"),
        (["--", "--bogus"], "--bogus"),
    ],
)
def test_what_is_wrong_is_one_sentence(start: Start, words: list[str], sentence: str) -> None:
    recording = start(*words)
    assert recording.wait() == 2
    assert sentence in recording.text
    assert "Traceback" not in recording.text
    assert len(recording.text.strip().splitlines()) == 1


def test_a_port_that_is_taken_is_said(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        recording = start("--port", str(taken.getsockname()[1]))
        assert recording.wait() == 2
    assert "in use" in recording.text
    assert not list(recording.folder.glob("*.apptells"))


def test_a_file_is_never_written_over(start: Start) -> None:
    (start("--no-report").folder / "old.apptells").write_text("mine")
    recording = start("--file", "old.apptells")
    assert recording.wait() == 2
    assert "such a file already" in recording.text
    assert (recording.folder / "old.apptells").read_text() == "mine"
