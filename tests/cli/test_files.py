"""Output files: private, complete or not there."""

import stat
from pathlib import Path

import pytest

from analyzer.cli.files import private_file, private_folder
from analyzer.errors import ApptellsError


def test_a_file_takes_its_place_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with private_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_of_a_file_that_was_not_finished(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(path: Path) -> None:
        with private_file(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        fail(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    with private_file(tmp_path / ("n" * 255)) as file:
        file.write(b"x")
    assert (tmp_path / ("n" * 255)).read_bytes() == b"x"


def test_folders_are_made_private_and_others_keep_their_rights(tmp_path: Path) -> None:
    assert stat.S_IMODE(private_folder(tmp_path / "a" / "b").stat().st_mode) == 0o700
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    assert stat.S_IMODE(private_folder(tmp_path / "open").stat().st_mode) == 0o755


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(ApptellsError, match="this is a file"):
        private_folder(tmp_path / "f")
    with pytest.raises(ApptellsError, match="this is a folder"), private_file(tmp_path):
        pass
