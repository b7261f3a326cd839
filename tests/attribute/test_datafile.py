import hashlib
from pathlib import Path

import pytest

from analyzer.attribute.datafile import DataFile, load_data_files
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

HEADER = "file,name,date,licence,attribution,url,content_sha256\n"


@pytest.mark.parametrize("folder", ["geo", "owners"])
def test_every_listed_file_is_there_and_in_the_licences(folder: str) -> None:
    licences = (DATA / "DATA-LICENSES.md").read_text("utf-8")
    files = load_data_files(DATA / folder / "databases.csv")
    for name, file in files.items():
        database = file.database()
        assert database.sha256 == hashlib.sha256((DATA / folder / name).read_bytes()).hexdigest()
        (row,) = [line for line in licences.splitlines() if f"`{folder}/{name}`" in line]
        assert file.date in row or file.name in row.replace(
            "](https://github.com/patrickhulce/third-party-web)", ""
        ).replace("[", "")
        assert file.licence in row
    packed = {path.name for path in (DATA / folder).glob("*.xz")}
    assert packed <= files.keys()


def test_every_data_file_of_these_folders_has_its_licence() -> None:
    licences = (DATA / "DATA-LICENSES.md").read_text("utf-8")
    for folder in ("geo", "owners"):
        for path in (DATA / folder).iterdir():
            assert path.name == "databases.csv" or f"`{folder}/{path.name}`" in licences, path.name


def test_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "databases.csv"
    path.write_text(HEADER + "../x,X,2026-11-22,MIT,,,\ny,,2026-11-22,MIT,,,\nz,Z,2026-11-22,MIT,,,abc\n")
    with pytest.raises(KnowledgeError) as error:
        load_data_files(path)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "4"]


def test_a_listed_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        DataFile(path=tmp_path / "x", name="X", date="2026-11-22", licence="MIT").database()
