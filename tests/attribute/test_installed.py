import json
import os
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.datafile import EXCLUSIVE
from analyzer.attribute.installed import FORM, MANIFEST, bundled_suffixes, data_files, data_folder, read_installed
from tests.attribute.conftest import DATA


def record(folder: Path, file: str = "country.mmdb", **other: object) -> dict[str, object]:
    content = b"content"
    (folder / file).write_bytes(content)
    return {
        "form": FORM,
        "file": file,
        "role": "country",
        "name": "X",
        "date": "2026-11-01",
        "licence": "CC BY 4.0",
        "origin": "installed",
        "content_sha256": sha256(content).hexdigest(),
        "size": len(content),
    } | other


def write(folder: Path, *records: object) -> None:
    (folder / MANIFEST).write_text(json.dumps({"form": FORM, "files": records}))


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_DATA_HOME": "/x", "HOME": "/h"}, "/x/apptells"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/h"}, "/h/.local/share/apptells"),
        ({"HOME": "/h"}, "/h/.local/share/apptells"),
        ({"HOME": ""}, None),
        ({}, None),
    ],
)
def test_the_users_folder(environment: dict[str, str], folder: str | None) -> None:
    assert data_folder(environment) == (Path(folder) if folder else None)


def test_with_nothing_installed_all_is_shipped(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "missing"):
        files = data_files(DATA, folder)
        assert {file.origin for file in files} == {"shipped"}
        assert [file.role for file in files] == [role for role in EXCLUSIVE if role != "suffixes"]


@pytest.mark.parametrize(("days", "origin"), [(-1, "shipped"), (0, "installed"), (1, "installed")])
def test_the_newest_of_a_role_is_used(tmp_path: Path, days: int, origin: str) -> None:
    shipped = next(file for file in data_files(DATA, None) if file.role == "country")
    day = date.fromisoformat(shipped.date) + timedelta(days)
    write(tmp_path, record(tmp_path, date=day.isoformat()))
    (used,) = [file for file in data_files(DATA, tmp_path) if file.role == "country"]
    assert used.origin == origin


def test_the_users_own_stand_beside_each_other_at_the_end(tmp_path: Path) -> None:
    records = [
        record(tmp_path, "owner-list-a.csv", role="owner-list", origin="imported", date="2020-01-01"),
        record(tmp_path, "geoip-a.mmdb", role="geoip", origin="imported", date="2020-01-01"),
        record(tmp_path, "geoip-b.mmdb", role="geoip", origin="installed", date="2026-01-01"),
    ]
    write(tmp_path, *records)
    own = [file.path.name for file in data_files(DATA, tmp_path) if file.origin != "shipped"]
    assert own == ["geoip-a.mmdb", "geoip-b.mmdb", "owner-list-a.csv"]
    assert data_files(DATA, tmp_path)[-1].path.name == "owner-list-a.csv"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"form": FORM + 1}, "another version of apptells"),
        ({"form": FORM - 1}, "another version of apptells"),
        ({"role": "vpn"}, "no use for the role 'vpn'"),
        ({"origin": "elsewhere"}, "damaged or of another version"),
        ({"date": "yesterday"}, "not YYYY-MM-DD"),
        ({"file": "../country.mmdb"}, "not one that apptells gives"),
        ({"file": "/etc/hostname"}, "not one that apptells gives"),
        ({"size": 6}, "not as it was recorded"),
        ({"size": "7"}, "damaged or of another version"),
        ({"content_sha256": "0" * 64}, "not as it was recorded"),
    ],
)
def test_what_cannot_be_used_is_passed_over_alone(tmp_path: Path, other: dict[str, object], reason: str) -> None:
    write(tmp_path, record(tmp_path) | other, "text", record(tmp_path, "network.mmdb", role="network"))
    files, passed = read_installed(tmp_path)
    assert [file.role for file in files] == ["network"]
    assert len(passed) == 2
    assert any(reason in one.reason for one in passed)
    assert data_files(DATA, tmp_path)[0].origin == "shipped"


@pytest.mark.parametrize(("day", "used"), [("2000-01-01", False), ("2099-01-01", True)])
def test_a_suffix_list_counts_where_it_is_newer_than_that_of_tldextract(tmp_path: Path, day: str, used: bool) -> None:
    assert bundled_suffixes().date > "2025"
    write(tmp_path, record(tmp_path, role="suffixes", date=day))
    assert ("suffixes" in {file.role for file in data_files(DATA, tmp_path)}) is used


def test_a_file_that_the_user_deleted_is_taken_out(tmp_path: Path) -> None:
    write(tmp_path, record(tmp_path))
    (tmp_path / "country.mmdb").unlink()
    assert read_installed(tmp_path) == ((), ())


def test_a_file_is_known_by_its_content_and_not_by_its_time(tmp_path: Path) -> None:
    write(tmp_path, record(tmp_path))
    os.utime(tmp_path / "country.mmdb", ns=(1, 1))
    assert len(read_installed(tmp_path)[0]) == 1
    (tmp_path / "country.mmdb").write_bytes(b"CONTENT")
    os.utime(tmp_path / "country.mmdb", ns=(1, 1))
    assert read_installed(tmp_path)[0] == ()


def test_a_link_is_no_data_file(tmp_path: Path) -> None:
    listed = record(tmp_path)
    (tmp_path / "country.mmdb").rename(tmp_path / "another")
    (tmp_path / "country.mmdb").symlink_to("another")
    assert (tmp_path / "country.mmdb").lstat().st_size == listed["size"], "only its kind gives it away"
    write(tmp_path, listed)
    assert read_installed(tmp_path)[0] == ()


def test_an_update_that_was_cut_off_leaves_the_old_file_in_use(tmp_path: Path) -> None:
    write(tmp_path, record(tmp_path))
    (tmp_path / "country.mmdb").rename(tmp_path / "country.mmdb.previous")
    (used,) = read_installed(tmp_path)[0]
    assert used.path.name == "country.mmdb.previous"
    (tmp_path / "country.mmdb").write_bytes(b"the new one, not yet recorded")
    assert read_installed(tmp_path)[0] == (used,)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"files": {}}', b'{"files": 1}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_manifest_is_passed_over_whole(tmp_path: Path, text: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(text)
    files, (passed,) = read_installed(tmp_path)
    assert files == ()
    assert "delete it and run `apptells data update`" in passed.reason
    assert data_files(DATA, tmp_path) == data_files(DATA, None)


def test_a_manifest_larger_than_any_is_not_read(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(b'{"files": [' + b" " * (1 << 20) + b"]}")
    assert len(read_installed(tmp_path)[1]) == 1


def test_a_manifest_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).mkdir()
    assert "cannot be read" in read_installed(tmp_path)[1][0].reason


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["files", "file", "form", "role", "date"]) | st.text(), inner, max_size=5)
        ),
        max_leaves=20,
    )
)
def test_no_manifest_is_fatal(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    folder = tmp_path_factory.mktemp("data")
    (folder / MANIFEST).write_text(json.dumps({"files": [content]} if not isinstance(content, dict) else content))
    files, _ = read_installed(folder)
    assert files == ()
