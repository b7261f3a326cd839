"""A folder of the user's data, the server that stands for the publishers, and what a command works with."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from analyzer.refresh.admit import import_files
from analyzer.refresh.job import Job
from analyzer.refresh.store import Store, locked
from tests.attribute.conftest import DATA
from tests.refresh.server import Server, serving

TODAY = date(2026, 11, 22)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data home" / "apptells"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with locked(folder) as store:
        yield store


@pytest.fixture
def job(store: Store, server: Server, tmp_path: Path) -> Job:
    """DB-IP is the server; packages come from the folder `packages` alone; there is no npm and no account."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GEOIPUPDATE_", "PIP_"))}
    environment |= {
        "APPTELLS_DBIP_URL": f"{server.url}/free",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "packages"),
        "PIP_CONFIG_FILE": os.devnull,
        "PATH": str(tmp_path / "bin"),
    }
    return Job(store=store, shipped=DATA, today=TODAY, environment=environment)


def bring(job: Job, tmp_path: Path, *contents: bytes) -> None:
    """Import files with these contents; each has to be let in."""
    for content in contents:
        (tmp_path / "given").write_bytes(content)
        (outcome,) = import_files([tmp_path / "given"], job)
        assert outcome.result == "imported", outcome.said
