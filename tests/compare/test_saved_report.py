"""A `report.json` gives the same observations as the report that it was written from."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.compare import saved_report
from analyzer.compare.observe import observations
from analyzer.compare.saved_report import read_report
from analyzer.errors import ApptellsError
from analyzer.report.json import write_json
from tests.compare.test_observe import RUNS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    out = io.BytesIO()
    write_json(RUNS[2], out)
    (tmp_path / "report.json").write_bytes(out.getvalue())
    return tmp_path / "report.json"


def test_it_is_as_the_report(file: Path) -> None:
    assert observations([read_report(file)]) == observations([RUNS[2]])


def test_it_may_have_been_formatted(file: Path) -> None:
    parsed = json.loads(file.read_bytes())
    file.write_text("\ufeff" + json.dumps(parsed, indent=4, sort_keys=True), encoding="utf-8")
    assert observations([read_report(file)]) == observations([RUNS[2]])


def changed(file: Path, **members: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_bytes()) | members))


@pytest.mark.parametrize(
    "members",
    [{"schema": 2}, {"recipients": 7}, {"destinations": []}, {"capture": None}, {"undecoded_total": 10**40}],
    ids=str,
)
def test_what_is_no_report_is_one_sentence(file: Path, members: dict[str, Any]) -> None:
    changed(file, **members)
    with pytest.raises(ApptellsError) as told:
        read_report(file)
    assert str(told.value).startswith(f"{file}: ")
    assert "write it again" in str(told.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"{" * 9, b'{"schema":' + b"[" * 200_000, b'{"schema": 1}'])
def test_broken_files_are_one_sentence(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(ApptellsError, match="no report of this version"):
        read_report(file)


def test_a_report_that_is_too_large_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_report, "MAX_BYTES", 100)
    with pytest.raises(ApptellsError, match="give the capture it is on"):
        read_report(file)
    with pytest.raises(ApptellsError, match="cannot be read"):
        read_report(file.with_name("none"))
