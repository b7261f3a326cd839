"""A build is read from what its user has of it, told apart by what the files hold."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.compare.baseline import baseline_text
from analyzer.compare.build import read_build, read_runs
from analyzer.compare.observe import observations
from analyzer.compare.one_app import OneApp
from analyzer.compare.saved_report import read_report
from analyzer.errors import ApptellsError, CaptureError
from analyzer.reported import Report
from tests.compare.building import build, seen
from tests.compare.test_observe import RUNS
from tests.compare.test_saved_report import file

__all__ = ["file"]


def analyse(path: Path) -> Report:
    """Stands for the analysis: captures are named by the run that they are."""
    try:
        return RUNS[int(path.stem)]
    except ValueError:
        raise CaptureError(f"{path}: no capture.") from None


def test_a_capture_a_report_and_a_baseline(tmp_path: Path, file: Path) -> None:
    (tmp_path / "0.har").write_text('{"log": {}}')
    assert read_build(tmp_path / "0.har", analyse) == observations(RUNS[:1])
    assert read_build(file, analyse) == observations([read_report(file)])
    file.write_text(json.dumps(json.loads(file.read_bytes()), sort_keys=True))
    assert read_build(file, analyse) == observations(RUNS[2:])
    (tmp_path / "any.name").write_text(baseline_text(build(seen())))
    assert read_build(tmp_path / "any.name", analyse) == build(seen())


def test_a_folder_is_the_runs_of_a_build(tmp_path: Path, file: Path) -> None:
    for name in ("0.har", "1.flow", "notes.txt", ".hidden.har"):
        (tmp_path / name).write_text("x")
    (tmp_path / "inner").mkdir()
    said: list[str] = []
    assert read_build(tmp_path, analyse, said.append) == observations(RUNS)
    assert said == [f"Passed over {tmp_path}/notes.txt: no capture."]
    assert read_runs([file, tmp_path / "0.har", tmp_path / "1.flow"], analyse) == observations(RUNS)


def test_a_folder_without_runs_is_said(tmp_path: Path) -> None:
    (tmp_path / "apptells-baseline.yaml").write_text(baseline_text(build()))
    said: list[str] = []
    with pytest.raises(ApptellsError, match="no file in this folder is a capture or a report"):
        read_build(tmp_path, analyse, said.append)
    assert "this is a baseline" in said[0]


def test_a_baseline_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "b").write_text(baseline_text(build()))
    with pytest.raises(ApptellsError, match="this is a baseline; give captures or reports here"):
        read_runs([tmp_path / "b"], analyse)


def test_a_broken_report_in_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    """What its user takes for a run must not be missing without a word."""
    (tmp_path / "0.har").write_text("x")
    (tmp_path / "1.json").write_text('{"schema": 1}')
    with pytest.raises(ApptellsError, match="no report of this version"):
        read_build(tmp_path, analyse)


def test_runs_of_different_apps_are_no_build(tmp_path: Path) -> None:
    apps = ("com.example.one", None, "com.example.two")

    def of_app(path: Path) -> Report:
        report = analyse(path)
        return replace(report, method=replace(report.method, app=apps[int(path.stem)]))

    for name in ("0.har", "1.har", "2.har"):
        (tmp_path / name).write_text("x")
    assert read_runs([tmp_path / "0.har", tmp_path / "1.har"], of_app).app == "com.example.one"
    with pytest.raises(ApptellsError, match=r"2\.har: this is of the app com\.example\.two, but .*0\.har is of com"):
        read_build(tmp_path, of_app)
    assert read_build(tmp_path, of_app, one_app=OneApp(any_app=True)).runs == 3
