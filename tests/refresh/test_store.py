import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.attribute.installed import MANIFEST, data_files, read_installed
from analyzer.errors import ApptellsError
from analyzer.refresh.store import Candidate, Store, locked
from tests.attribute.conftest import DATA
from tests.conftest import ROOT

OLD, NEW = b"the old content", b"the new content, longer"


def candidate(store: Store, content: bytes, day: str, role: str = "country", file: str = "country.mmdb") -> Candidate:
    path = store.incoming / "candidate"
    path.write_bytes(content)
    return Candidate(path=path, file=file, role=role, name="X", date=day, licence="CC BY 4.0")


def used(folder: Path) -> bytes:
    (file,) = [file for file in data_files(DATA, folder) if file.role == "country"]
    return file.path.read_bytes() if file.origin != "shipped" else b"shipped"


class Cut(Exception):
    """The process ends here."""


@pytest.mark.parametrize("steps", range(4))
def test_wherever_it_is_cut_off_one_whole_file_is_in_use(
    store: Store, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    store.install(candidate(store, OLD, "2026-10-01"), "installed")
    done: list[Path] = []

    def replace(path: Path, target: Path) -> None:
        if len(done) == steps:
            raise Cut
        done.append(target)
        os.replace(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    if steps == 3:
        store.install(candidate(store, NEW, "2026-11-01"), "installed")
    else:
        with pytest.raises(Cut):
            store.install(candidate(store, NEW, "2026-11-01"), "installed")
    assert used(store.folder) == (NEW if steps == 3 else OLD)


def test_a_change_that_is_cut_off_twice_leaves_the_old_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.install(candidate(store, OLD, "2026-10-01"), "installed")

    def cut(records: list[object]) -> None:
        raise Cut

    monkeypatch.setattr(store, "_write_manifest", cut)
    for _ in range(2):
        with pytest.raises(Cut):
            store.install(candidate(store, NEW, "2026-11-01"), "installed")
        assert used(store.folder) == OLD
    monkeypatch.undo()
    store.install(candidate(store, NEW, "2026-11-01"), "installed")
    assert used(store.folder) == NEW


def test_a_cut_off_change_can_be_made_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.install(candidate(store, OLD, "2026-10-01"), "installed")
    (store.folder / "country.mmdb").replace(store.folder / "country.mmdb.previous")
    store.install(candidate(store, NEW, "2026-11-01"), "installed")
    assert used(store.folder) == NEW


def test_an_update_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    folder = tmp_path / "apptells"
    with locked(folder) as store:
        store.install(candidate(store, OLD, "2026-10-01"), "installed")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from analyzer.refresh.store import locked\n"
        "from tests.refresh.test_store import NEW, candidate\n"
        "with locked(Path(sys.argv[1])) as store:\n"
        "    store._write_manifest = lambda records: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    store.install(candidate(store, NEW, '2026-11-01'), 'installed')\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, timeout=60)
    assert killed.returncode < 0
    assert used(folder) == OLD
    with locked(folder) as store:
        store.install(candidate(store, NEW, "2026-11-01"), "installed")
    assert used(folder) == NEW


def test_two_at_once(store: Store) -> None:
    with pytest.raises(ApptellsError, match="another `apptells data` is at work here"), locked(store.folder):
        pass


def test_what_an_interrupted_one_left_goes_but_for_downloads(folder: Path) -> None:
    with locked(folder) as store:
        (store.incoming / "left").mkdir()
        (store.incoming / "left" / "file").write_bytes(b"x")
        (store.incoming / "tmp1").write_bytes(b"x")
        (store.incoming / "country.part").write_bytes(b"x")
        (store.incoming / "country.part.json").write_bytes(b"x")
    with locked(folder) as store:
        assert sorted(path.name for path in store.incoming.iterdir()) == ["country.part", "country.part.json"]


def test_the_users_own_files_are_private_and_their_old_versions_go(store: Store) -> None:
    for day in ("2026-10-01", "2026-11-01"):
        store.install(candidate(store, day.encode(), day, "geoip", "geoip-X.mmdb"), "imported")
    names = {path.name: path.stat().st_mode & 0o777 for path in store.folder.iterdir()}
    assert names == {"geoip-X.mmdb": 0o600, MANIFEST: 0o600, "lock": 0o600, "incoming": 0o700}
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_a_role_of_one_file_has_one_record_and_others_stay(store: Store) -> None:
    later = {"form": 99, "file": "vpn.mmdb", "role": "vpn"}
    (store.folder / MANIFEST).write_text(json.dumps({"files": [later, "text"]}))
    store.install(candidate(store, OLD, "2026-10-01"), "installed")
    store.install(candidate(store, NEW, "2026-11-01", file="other-country.mmdb"), "installed")
    listed = json.loads((store.folder / MANIFEST).read_bytes())["files"]
    assert [one if isinstance(one, str) else one["file"] for one in listed] == [
        "vpn.mmdb",
        "text",
        "other-country.mmdb",
    ]
    assert [file.path.name for file in read_installed(store.folder)[0]] == ["other-country.mmdb"]


def test_a_damaged_manifest_is_begun_anew(store: Store) -> None:
    (store.folder / MANIFEST).write_bytes(b"{")
    store.install(candidate(store, NEW, "2026-11-01"), "installed")
    assert used(store.folder) == NEW


def test_a_manifest_that_cannot_be_read_is_not_written_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.install(candidate(store, OLD, "2026-10-01"), "installed")
    before = (store.folder / MANIFEST).read_bytes()
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == MANIFEST:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PermissionError):
        store.install(candidate(store, NEW, "2026-11-01", "network", "network.mmdb"), "installed")
    monkeypatch.undo()
    assert (store.folder / MANIFEST).read_bytes() == before
    assert used(store.folder) == OLD
