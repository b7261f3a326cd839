"""Trouble that the user can mend: one clear sentence, exit code 2, no traceback, nothing written."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.cli import main
from tests.cli.running import FIXTURES, HAR, SEEDS, run

Fails = Callable[..., str]


@pytest.fixture
def fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fails:
    """Runs `apptells analyze` in an empty folder, sees it fail, and gives what it said."""
    monkeypatch.chdir(tmp_path)

    def failing(*words: object) -> str:
        before = sorted(tmp_path.rglob("*"))
        monkeypatch.setattr(sys, "argv", ["apptells", "analyze", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, said = capsys.readouterr()
        assert ended.value.code == 2
        assert out == ""
        assert said.startswith("apptells: ")
        assert "Traceback" not in said
        assert sorted(tmp_path.rglob("*")) == before
        return said

    return failing


def one_sentence(said: str) -> bool:
    return said.count("\n") == 1 and 30 < len(said) < 400


def test_no_such_file(fails: Fails) -> None:
    said = fails("nope.har")
    assert "nope.har: there is no such file" in said
    assert one_sentence(said)


def test_a_folder(fails: Fails, tmp_path: Path) -> None:
    said = fails(tmp_path)
    assert "this is a folder" in said
    assert one_sentence(said)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 99, b"[1, 2]", b"{}", b'{"log": 1}', b"PK\x03\x04zip"])
def test_not_a_capture(fails: Fails, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.har").write_bytes(content)
    said = fails("a.har")
    assert "a.har: " in said
    assert one_sentence(said)


def test_a_device_is_no_capture(fails: Fails) -> None:
    assert one_sentence(fails(os.devnull))


def test_seeds_that_are_not_there(fails: Fails) -> None:
    said = fails(HAR, "--seeds", "nope.yaml")
    assert "nope.yaml: the seeds file cannot be read" in said
    assert one_sentence(said)


def test_all_mistakes_of_a_seeds_file_at_once_with_their_lines(fails: Fails, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("person.email: a@b.example\nperson.mail: x\nperson.phone: ''\nid.ad: {a: 1}\n")
    said = fails(HAR, "--seeds", "s.yaml")
    assert "s.yaml:2: no data type 'person.mail'" in said
    assert "s.yaml:3: the value of 'person.phone'" in said
    assert "s.yaml:4: the value of 'id.ad'" in said
    assert "s.yaml:1" not in said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"- a\n",
        b"person.email: [",
        b"\xff\xfe\x00",
        b"a: b: c\n",
        b"{}",
        b"x" * (1 << 21),
        b"person.email: &a [*a]",
    ],
)
def test_seeds_that_are_none(fails: Fails, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.yaml").write_bytes(content)
    said = fails(HAR, "--seeds", "s.yaml")
    assert "s.yaml" in said
    assert one_sentence(said)


@pytest.mark.parametrize("domain", ["", "com", "co.uk", "a b.example", "https://x.example/", "x" * 300])
def test_what_is_no_domain(fails: Fails, domain: str) -> None:
    said = fails(HAR, "--first-party", domain)
    assert "--first-party" in said
    assert one_sentence(said)


def test_what_is_no_geo_database(fails: Fails, tmp_path: Path) -> None:
    (tmp_path / "g.mmdb").write_bytes(b"no database")
    for name in ("g.mmdb", "nope.mmdb"):
        said = fails(HAR, "--geoip", name)
        assert name in said
        assert one_sentence(said)


@pytest.mark.parametrize(
    "words",
    [
        ["--output", "file"],
        ["--output", "file/deeper"],
        ["--format", "json", "--output", "."],
        ["--format", "csv", "--output", "no/such/folder/r.csv"],
        ["--format", "html", "--output", "file/r.html"],
        ["--format", "json", "--output", "n" * 5_000],
        pytest.param(
            ["--format", "json", "--output", "/dev/full"],
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full"),
        ),
    ],
)
def test_what_cannot_be_written(fails: Fails, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "file").write_text("mine")
    said = fails(HAR, *words)
    assert words[-1][:20] in said
    assert one_sentence(said) or len(words[-1]) > 400
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(fails: Fails, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert one_sentence(fails(HAR, "--output", "locked"))


def test_a_disk_that_gets_full_leaves_the_old_files(
    fails: Fails, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r").mkdir()
    for name in ("report.html", "report.json"):
        (tmp_path / "r" / name).write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analyzer.report.json.write_json", full)
    said = fails(HAR, "--output", "r")
    assert "No space left on device" in said
    assert [(tmp_path / "r" / name).read_text() for name in ("report.html", "report.json")] == ["old", "old"]


def test_whoever_reads_may_stop_reading(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "analyzer", "analyze", str(HAR), "--format", "html", "--output", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=FIXTURES.parent) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()
    assert said == b""
    assert process.returncode in (0, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupted_analysis_writes_nothing(tmp_path: Path) -> None:
    # A pipe cannot be a capture, so the analysis is made long by a great many entries.
    entry = b'{"request":{"method":"POST","url":"https://t.example/a","headers":[],"postData":{"mimeType":"application/json","text":"{\\"email\\":\\"asha@patra.example\\",\\"a\\":[1,2,3]}"}}}'
    with (tmp_path / "long.har").open("wb") as file:
        file.write(b'{"log":{"entries":[' + b",".join([entry] * 300_000) + b"]}}")
    report = tmp_path / "r"
    report.mkdir()
    (report / "report.json").write_text("old")
    command = [sys.executable, "-m", "analyzer", "analyze", "long.har", "--output", "r", "--seeds", str(SEEDS)]
    environment = os.environ | {"PYTHONPATH": str(FIXTURES.parent)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run_:
        position = Path(f"/proc/{run_.pid}/fd")
        while not any(link.is_symlink() and os.readlink(link).endswith("long.har") for link in _links(position)):
            assert run_.poll() is None
            time.sleep(0.02)
        run_.send_signal(signal.SIGINT)
        out, said = run_.communicate(timeout=60)
    assert run_.returncode == 130
    assert out == b""
    assert said.decode().strip() == "apptells: stopped; no file was written."
    assert sorted(path.name for path in report.iterdir()) == ["report.json"]
    assert (report / "report.json").read_text() == "old"


def _links(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def test_a_terminal_that_is_not_utf_8_still_gets_the_summary(tmp_path: Path) -> None:
    capture = tmp_path / "c.har"
    capture.write_text(
        '{"log":{"entries":[{"request":{"method":"GET","url":"https://b\u00fccher.example/","headers":[]}}]}}'
    )
    done = run("analyze", capture, "--output", tmp_path / "r", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert b"cher.example" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--captured-in", ""), "'' is no country code; give one of ISO 3166-1"),
        (("--captured-in", "India"), "'INDIA' is no country code"),
        (("--iocs", "x\x1b[31m"), r"x\x1b[31m"),
        (("--owners", "nope.csv"), "nope.csv"),
        (("--geoip", "nope.mmdb"), "nope.mmdb"),
    ],
)
def test_what_is_asked_of_servers_and_owners(fails: Fails, words: tuple[str, ...], says: str) -> None:
    said = fails(HAR, *words)
    assert says in said
    assert one_sentence(said)


def test_a_pipe_is_no_geo_database(fails: Fails, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    said = fails(HAR, "--geoip", tmp_path / "pipe")
    assert "pipe: not a file" in said
    assert one_sentence(said)


def test_an_output_that_was_closed_costs_nothing_but_itself(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m analyzer data status >&- 2>&-'
    done = subprocess.run(["sh", "-c", command], cwd=FIXTURES.parent, capture_output=True, timeout=60)
    assert done.returncode == 0
