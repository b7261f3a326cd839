"""The user's folder of data files: one writer at a time, and every change either whole or not at all."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.attribute.datafile import EXCLUSIVE, Origin, file_sha256
from analyzer.attribute.installed import FORM, MANIFEST, PREVIOUS, Installed, read_installed
from analyzer.errors import ApptellsError

INCOMING = "incoming"
"""The folder inside it for what is being downloaded, unpacked and checked."""
_LOCK = "lock"


class Candidate(Struct, frozen=True, kw_only=True):
    """A data file that is unpacked and described, but not yet installed."""

    path: Path
    file: str
    """The name that it is to have."""
    role: str
    name: str
    date: str
    """YYYY-MM-DD."""
    licence: str
    attribution: str = ""
    url: str = ""
    note: str = ""
    """What the licence forbids, as a sentence for the user."""


class Store:
    """The folder while it is locked; made by `locked`."""

    def __init__(self, folder: Path) -> None:
        """`folder` exists."""
        self.folder = folder
        self.incoming = folder / INCOMING

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder of its own for one file, on the same disk; it goes with all that is in it."""
        with tempfile.TemporaryDirectory(dir=self.incoming) as name:
            yield Path(name)

    def install(self, candidate: Candidate, origin: Origin) -> None:
        """Put a file in the place of the one of its role (or, of the user's own, of its name).

        At every moment the manifest describes a file that is there: the new one, the old one, or the old one under
        the name that ends in `.previous`, where a replaced file stays. Of the user's own files none stays: MaxMind's
        licence wants old versions destroyed. Raises OSError where the disk is full or the manifest cannot be read;
        then all is as before.
        """
        listed = self._listed()
        candidate.path.chmod(0o600)
        _flush(candidate.path)
        record = Installed(
            form=FORM,
            file=candidate.file,
            role=candidate.role,
            name=candidate.name,
            date=candidate.date,
            licence=candidate.licence,
            origin=origin,
            content_sha256=file_sha256(candidate.path),
            size=candidate.path.stat().st_size,
            attribution=candidate.attribution,
            url=candidate.url,
        )
        target = self.folder / candidate.file
        previous = target.with_name(target.name + PREVIOUS)
        if any(file.path == target for file in read_installed(self.folder)[0]):
            target.replace(previous)  # not what a change that was cut off left there: the recorded file is aside then
        candidate.path.replace(target)
        kept = [other for other in listed if not _gives_way(other, record)]
        self._write_manifest([*kept, msgspec.to_builtins(record)])
        if record.role not in EXCLUSIVE:
            previous.unlink(missing_ok=True)

    def _listed(self) -> list[object]:
        """The records as they stand there, with those that only a newer apptells understands; none if damaged.

        Raises OSError where they cannot be read: to write others over them would lose them.
        """
        try:
            listed = json.loads((self.folder / MANIFEST).read_bytes())["files"]
        except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
            return []
        return listed if isinstance(listed, list) else []

    def _write_manifest(self, records: list[object]) -> None:
        text = json.dumps({"form": FORM, "files": records}, indent=1) + "\n"
        handle, name = tempfile.mkstemp(dir=self.incoming)  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        _flush(Path(name))
        Path(name).replace(self.folder / MANIFEST)


@contextmanager
def locked(folder: Path) -> Iterator[Store]:
    """The user's folder, made where it is missing (mode 0700), for this process alone.

    Raises ApptellsError where another one is at work in it. What an interrupted one left goes, but for files that are
    half downloaded.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / _LOCK).open("a") as lock:
        Path(lock.name).chmod(0o600)
        if not _taken(lock.fileno()):
            raise ApptellsError(f"{folder}: another `apptells data` is at work here; wait until it ends")
        store = Store(folder)
        store.incoming.mkdir(mode=0o700, exist_ok=True)
        for left in store.incoming.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            elif not left.name.endswith((".part", ".part.json")):
                left.unlink()
        yield store


def _taken(handle: int) -> bool:
    """Lock an open file until it is closed; the system lets go of it too when the process ends. False if it is held."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _gives_way(listed: object, record: Installed) -> bool:
    """Whether a listed record is of the file that the new one replaces."""
    if not isinstance(listed, dict):
        return False
    same_role = record.role in EXCLUSIVE and listed.get("role") == record.role
    return same_role or listed.get("file") == record.file


def _flush(path: Path) -> None:
    """A power cut must not leave a manifest that describes a file the disk never got."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
