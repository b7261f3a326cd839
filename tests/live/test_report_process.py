"""A report on what is recorded so far."""

import asyncio
import shutil
from pathlib import Path

import pytest

from analyzer.errors import ApptellsError
from analyzer.live.report_process import write_report
from tests.cli.running import FLOW, SEEDS


def test_it_stands_beside_the_capture_file(tmp_path: Path) -> None:
    capture = tmp_path / "some session.apptells"
    shutil.copyfile(FLOW.with_suffix(".apptells"), capture)
    page = asyncio.run(write_report(capture, SEEDS, ["jansamvad.example"]))
    assert page == tmp_path / "some session-report" / "report.html"
    told = page.with_suffix(".json").read_text()
    assert '"first_party":["jansamvad.example"]' in told.replace(" ", "")
    assert '"person.email"' in told


def test_why_there_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match=r"^[^\n]*none\.apptells[^\n]*$") as raised:
        asyncio.run(write_report(tmp_path / "none.apptells", None, []))
    assert not str(raised.value).startswith("apptells:")
