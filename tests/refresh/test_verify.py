import hashlib
import json
import os
import shutil
from pathlib import Path

from analyzer.attribute.installed import MANIFEST
from analyzer.refresh.job import Job
from analyzer.refresh.status import status
from analyzer.refresh.verify import Verified, verify
from tests.attribute.conftest import DATA
from tests.refresh.conftest import TODAY, bring
from tests.refresh.made import country_db, mmdb, suffix_list


def findings(folder: Path | None) -> dict[str, Verified]:
    return {found.name: found for found in verify(DATA, folder)}


def test_all_that_is_shipped_verifies() -> None:
    found = findings(None)
    assert [one.said for one in found.values() if not one.right] == []
    assert "21 of 21 known look-ups right" in found["DB-IP Country Lite of 2026-09-01 (shipped)"].said


def test_a_changed_file_does_not(job: Job, tmp_path: Path) -> None:
    bring(job, tmp_path, country_db(), suffix_list())
    path = job.store.folder / "suffixes.dat"
    found = path.stat()
    path.write_bytes(path.read_bytes().replace(b"co.in", b"co.im"))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))  # so that only the content tells
    wrong = [one for one in findings(job.store.folder).values() if not one.right]
    assert len(wrong) == 1
    assert wrong[0].said == (
        "not used: damaged: it is not as it was recorded; delete it, run `apptells data update`, or import it again"
    )


def test_a_file_that_answers_wrongly_does_not(job: Job, tmp_path: Path) -> None:
    bring(job, tmp_path, mmdb("Office-Country", {"192.0.2.0/24": {"country": {"iso_code": "IN"}}}))
    path = job.store.folder / "geoip-Office-Country.mmdb"
    content = mmdb("Office-Country", {"8.8.8.0/24": {"country": {"iso_code": "IN"}}})
    path.write_bytes(content)
    manifest = job.store.folder / MANIFEST
    listed = json.loads(manifest.read_bytes())
    listed["files"][0] |= {"size": len(content), "content_sha256": hashlib.sha256(content).hexdigest()}
    manifest.write_text(json.dumps(listed))
    (wrong,) = [one for one in findings(job.store.folder).values() if not one.right]
    assert "only 0 of 1 known look-ups are right (8.8.8.8 is IN, not US)" in wrong.said


def test_a_row_that_a_run_would_not_look_at_is_looked_at(tmp_path: Path) -> None:
    shipped = tmp_path / "data"
    shutil.copytree(DATA, shipped)
    table = shipped / "owners" / "services.csv"
    with table.open("a") as file:
        file.write("zz.example,P,Nobody Ltd,analytics,,,s,2026-11-22,no,\n")
    (wrong,) = [one for one in verify(shipped, None) if not one.right]
    assert wrong.said == (
        f"{table}: zz.example has the operator 'Nobody Ltd', which has no row in the table of companies"
    )


def test_to_delete_a_file_is_to_take_it_out(job: Job, tmp_path: Path) -> None:
    bring(job, tmp_path, suffix_list(), b"suffix,owner\nwzrkt.com,Kirana Ltd\n")
    (wrong,) = [one for one in findings(job.store.folder).values() if not one.right]
    assert wrong.said.endswith("not wzrkt.com: delete the list of yours that says otherwise (owner-list-given.csv).")
    (job.store.folder / "suffixes.dat").unlink()
    (job.store.folder / "owner-list-given.csv").unlink()
    assert {line.origin for line in status(DATA, job.store.folder, TODAY)} == {"shipped"}
    assert all(one.right for one in findings(job.store.folder).values())
