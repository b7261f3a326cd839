import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import cli
from analyzer.errors import ApptellsError
from analyzer.refresh.job import Outcome
from analyzer.refresh.store import locked
from tests.cli.running import HAR
from tests.conftest import ROOT
from tests.refresh.made import country_db, suffix_list

OFFLINE = """
import sys

def forbid(event, arguments):
    if event.startswith("socket.") and event not in ("socket.gethostname", "socket.__new__"):
        raise SystemExit(f"the network was used: {event} {arguments}")
    if event == "subprocess.Popen":
        raise SystemExit(f"a program was started: {arguments}")

sys.addaudithook(forbid)
from analyzer.cli import main
main()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("GEOIPUPDATE_")]:
        monkeypatch.delenv(name)
    return tmp_path / "home" / "apptells"


def run(*words: object) -> Result:
    # By way of `cli`: click remembers the help options of the first call of a command, which then shows in others.
    return CliRunner().invoke(cli, ["data", *map(str, words)], catch_exceptions=False)


def offline(home: Path, *words: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """A command in a process that may open no socket and start no program."""
    environment = os.environ | {"XDG_DATA_HOME": str(home.parent), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OFFLINE, *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


def test_status_in_a_pipe_is_tab_separated_with_whole_checksums(home: Path) -> None:
    result = run("status")
    assert result.exit_code == 0
    names, *rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert names == ["role", "name", "date", "days old", "licence", "SHA-256", "origin", "note"]
    assert {len(row) for row in rows} == {8}
    assert {len(row[5]) for row in rows} == {64}
    assert [row[0] for row in rows][:3] == ["country", "network", "cloud-ranges"]
    assert result.stderr == f"Your own files are kept in {home}.\n"
    assert not home.exists(), "to look is not to write"


def test_import_then_verify_then_damage(home: Path, tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(country_db())
    result = run("import", tmp_path / "db")
    assert result.exit_code == 0
    assert result.stdout.startswith("db\timported\tDB-IP Country Lite of 2026-11-01 takes the place of ")
    assert run("verify").exit_code == 0
    os.truncate(home / "country.mmdb", 100)
    result = run("verify")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line.startswith("WRONG\tinstalled\tcountry.mmdb\tnot used")]
    assert "country.mmdb" in run("status").stdout


def test_what_is_refused_ends_with_two_and_the_rest_is_done(home: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"<html>")
    (tmp_path / "good").write_bytes(suffix_list())
    result = run("import", tmp_path / "bad", tmp_path / "good")
    assert result.exit_code == 2
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["could not", "imported"]


def test_a_file_that_may_not_be_read_costs_the_others_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good").write_bytes(country_db())
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # the root user may read all
    result = run("import", tmp_path / "good")
    assert "Usage" not in result.output
    assert result.stdout.startswith("good\timported")


def test_what_is_done_when_it_is_stopped_is_said(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(job: object, names: object, *, full: bool) -> Iterator[Outcome]:
        yield Outcome(source="country", result="updated", said="it is.")
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.refresh.update.update", stop)
    result = run("update")
    assert result.exit_code == 130
    assert result.stdout == "country\tupdated\tit is.\n"
    assert result.stderr == "apptells: stopped; what is named above is done, all else is as before.\n"


def test_a_dry_run_writes_nothing(home: Path) -> None:
    result = run("update", "--dry-run")
    assert result.exit_code == 0
    assert "dbip-country-lite-" in result.stdout
    assert not home.exists()


def test_an_update_that_fails_ends_with_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPTELLS_DBIP_URL", "http://127.0.0.1:9")
    result = run("update", "country")
    assert result.exit_code == 1
    assert result.stdout.startswith("country\tcould not\thttp://127.0.0.1:9/dbip-country-lite-")


def test_only_update_and_no_other_command_uses_the_network(home: Path, tmp_path: Path) -> None:
    (tmp_path / "psl").write_bytes(suffix_list())
    cloud = tmp_path / "ranges"
    cloud.write_text("cidr,provider,region\n192.0.2.0/24,aws,ap-south-1\n")
    for words, status in (
        (("data", "import", tmp_path / "psl"), 0),
        (("data", "import", cloud), 2),
        (("data", "status"), 0),
        (("data", "verify"), 0),
        (("data", "update", "--dry-run"), 0),
        (("analyze", HAR, "--output", tmp_path / "report"), 0),
    ):
        result = offline(home, *words, cwd=tmp_path)
        assert result.returncode == status, (words, result.stderr)
        assert "network was used" not in result.stderr
    report = json.loads((tmp_path / "report" / "report.json").read_bytes())
    assert report["destinations"]
    used = offline(home, "data", "update", "country", cwd=tmp_path)
    assert "the network was used" in used.stderr, "the test sees what it forbids"


def test_a_second_one_waits_for_its_turn(home: Path) -> None:
    with (
        locked(home),
        pytest.raises(ApptellsError, match="another `apptells data` is at work here; wait until it ends"),
    ):
        run("update", "country")


def test_hostile_names_do_not_reach_the_terminal(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\tb"
    path.write_bytes(b"x")
    result = run("import", path)
    assert "\x1b" not in result.stdout
    assert len(result.stdout.splitlines()) == 1
