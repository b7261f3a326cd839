import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from analyzer.attribute.datafile import load_data_files
from analyzer.attribute.installed import MANIFEST
from analyzer.refresh.job import Job
from analyzer.refresh.status import Line, status
from tests.attribute.conftest import DATA
from tests.refresh.conftest import TODAY, bring
from tests.refresh.made import country_db, suffix_list


def lines(folder: Path | None, today: date = TODAY) -> dict[str, Line]:
    return {line.role or line.name: line for line in status(DATA, folder, today)}


def test_what_is_shipped() -> None:
    shown = lines(None)
    country = shown["country"]
    assert (country.name, country.date, country.age, country.origin) == (
        "DB-IP Country Lite",
        "2026-09-01",
        "82",
        "shipped",
    )
    assert country.sha256 == load_data_files(DATA / "geo" / "databases.csv")["dbip-country-lite.mmdb.xz"].content_sha256
    assert country.note == ""
    assert shown["suffixes"].licence == "MPL-2.0"
    assert shown["suffixes"].note == "over 90 days old: `apptells data update suffixes`"


@pytest.mark.parametrize(("day", "old"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True)])
def test_old_after_ninety_days(day: date, old: bool) -> None:
    assert bool(lines(None, day)["country"].note) is old
    assert lines(None, day)["services"].note == "", "those are renewed with apptells itself"


def test_what_is_installed_and_what_is_passed_over(job: Job, tmp_path: Path) -> None:
    bring(job, tmp_path, country_db(), suffix_list(), country_db("2026-10-01", "GeoLite2-City"))
    path = job.store.folder / MANIFEST
    listed = json.loads(path.read_bytes())
    listed["files"].append({"file": "vpn.mmdb", "form": 99})
    path.write_text(json.dumps(listed))
    shown = lines(job.store.folder)
    assert shown["country"].origin == shown["suffixes"].origin == "imported"
    assert shown["country"].sha256 == hashlib.sha256(country_db()).hexdigest()
    assert shown["geoip"].note == "over 30 days old: `apptells data update maxmind`, or import a newer one"
    assert shown["vpn.mmdb"].note.startswith("not used: its record is damaged or of another version")
