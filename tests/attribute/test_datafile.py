import hashlib
from pathlib import Path

import pytest

from analyzer.attribute.datafile import EXCLUSIVE, DataFile, load_data_files
from analyzer.attribute.installed import TABLES
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

HEADER = "file,role,name,date,licence,attribution,url,content_sha256\n"


@pytest.mark.parametrize("table", TABLES)
def test_every_listed_file_is_there_and_in_the_licences(table: str) -> None:
    licences = (DATA / "DATA-LICENSES.md").read_text("utf-8")
    folder = Path(table).parent.name
    files = load_data_files(DATA / table)
    for name, file in files.items():
        database = file.database()
        assert database.sha256 == hashlib.sha256((DATA / folder / name).read_bytes()).hexdigest()
        (row,) = [line for line in licences.splitlines() if f"`{folder}/{name}`" in line]
        assert file.licence in row
        assert file.date in row or file.name.split()[-1] in row
        assert file.packed is name.endswith(".xz")
        assert bool(file.content_sha256) is file.packed
    packed = {path.name for path in (DATA / folder).glob("*.xz")}
    assert packed <= files.keys()


def test_every_role_is_shipped_once_but_suffixes_which_tldextract_has() -> None:
    roles = [file.role for table in TABLES for file in load_data_files(DATA / table).values() if file.role]
    assert sorted(roles) == sorted(set(EXCLUSIVE) - {"suffixes"})


def test_every_data_file_of_these_folders_has_its_licence() -> None:
    licences = (DATA / "DATA-LICENSES.md").read_text("utf-8")
    for folder in ("geo", "owners"):
        for path in (DATA / folder).iterdir():
            assert path.name == "databases.csv" or f"`{folder}/{path.name}`" in licences, path.name


def test_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "databases.csv"
    rows = (
        "../x,country,X,2026-11-22,MIT,,,",
        "y,country,,2026-11-22,MIT,,,",
        "z,network,Z,2026-11-22,MIT,,,abc",
        "w,geoip,W,2026-11-22,MIT,,,",
        "v,,V,2026-11-22,MIT,,,",
    )
    path.write_text(HEADER + "\n".join(rows))
    with pytest.raises(KnowledgeError) as error:
        load_data_files(path)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "4", "5"]


def test_a_listed_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        DataFile(path=tmp_path / "x", name="X", date="2026-11-22", licence="MIT").database()


def test_a_file_that_is_replaced_meanwhile_is_named_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "country.mmdb"
    path.write_bytes(b"as read")
    read = hashlib.sha256(b"as read").hexdigest()
    file = DataFile(path=path, name="X", date="2026-11-01", licence="CC BY 4.0", content_sha256=read)
    path.write_bytes(b"another")
    assert file.database().sha256 == read
    path.unlink()
    assert file.database().sha256 == read
