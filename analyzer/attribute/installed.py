"""Which data files are in use: of the shipped and the installed ones the newest, and the user's own beside them."""

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.attribute.datafile import EXCLUSIVE, REPEATABLE, DataFile, Origin, file_sha256, load_data_files
from analyzer.attribute.domain import bundled_list, list_version
from analyzer.errors import KnowledgeError

MANIFEST = "manifest.json"
FORM = 1
"""Of the records and files that this version writes; those of another form are for another version of apptells."""
MAX_MANIFEST = 1 << 20
PREVIOUS = ".previous"
"""Ends the name of the file that was replaced last."""
TABLES = ("geo/databases.csv", "owners/databases.csv")
"""The lists of shipped files."""

_LIST_HEAD = 4096
"""Bytes within which a public suffix list says its version."""
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class Installed(Struct, frozen=True, kw_only=True):
    """The record of one installed file in `manifest.json`."""

    form: int
    file: str
    """Its name in the folder."""
    role: str
    name: str
    date: str
    licence: str
    origin: Origin
    content_sha256: str
    size: int
    attribution: str = ""
    url: str = ""

    def data_file(self, path: Path) -> DataFile:
        """The file at `path` as the rest of apptells knows it."""
        return DataFile(
            path=path,
            role=self.role,
            name=self.name,
            date=self.date,
            licence=self.licence,
            origin=self.origin,
            attribution=self.attribution,
            url=self.url,
            content_sha256=self.content_sha256,
        )


class PassedOver(Struct, frozen=True, kw_only=True):
    """An installed file that is not used, and why."""

    file: str
    reason: str


def data_folder(environment: Mapping[str, str]) -> Path | None:
    """`$XDG_DATA_HOME/apptells` or `~/.local/share/apptells` (XDG Base Directory); None where neither is absolute."""
    for variable, below in (
        ("XDG_DATA_HOME", "apptells"),
        ("HOME", ".local/share/apptells"),
        ("LOCALAPPDATA", "apptells/data"),
    ):
        base = Path(environment.get(variable, ""))
        if base.is_absolute():
            return base / below
    return None


def data_files(shipped: Path, installed: Path | None) -> tuple[DataFile, ...]:
    """The files in use, by role: for each exclusive role the newest, after them all of the user's own.

    `shipped` is the folder of shipped data, `installed` the user's `data_folder`, from which nothing is fatal: what is
    damaged, half-written or of another version is passed over (`read_installed` says why).
    Raises KnowledgeError for wrong shipped tables.
    """
    known = [file for table in TABLES for file in load_data_files(shipped / table).values()]
    known += read_installed(installed)[0]
    # Of one date, the one that the user fetched counts: sorting keeps the order of equals.
    newest = {file.role: file for file in sorted(known, key=lambda file: file.date) if file.role in EXCLUSIVE}
    if "suffixes" in newest and newest["suffixes"].date < bundled_suffixes().date:
        del newest["suffixes"]
    return (
        *(newest[role] for role in EXCLUSIVE if role in newest),
        *(file for role in REPEATABLE for file in known if file.role == role),
    )


def bundled_suffixes() -> DataFile:
    """The Public Suffix List inside tldextract, which counts until a newer one is installed. Raises KnowledgeError."""
    path = bundled_list()
    try:
        with path.open("rb") as file:
            version = list_version(file.read(_LIST_HEAD).decode("utf-8", "replace"))
    except OSError:
        version = None
    if version is None:
        raise KnowledgeError("the public suffix list is missing: install tldextract again")
    return DataFile(
        path=path,
        role="suffixes",
        name="Public Suffix List (in tldextract)",
        date=version,
        licence="MPL-2.0",
        url="https://publicsuffix.org",
    )


def read_installed(folder: Path | None) -> tuple[tuple[DataFile, ...], tuple[PassedOver, ...]]:
    """The sound installed files in the order of the manifest, and those that are passed over. Never fails.

    A file that is gone is neither: deleting it is how the user takes it out.
    """
    if folder is None:
        return (), ()
    try:
        records, passed = read_manifest(folder)
    except KnowledgeError as error:
        return (), (PassedOver(file=MANIFEST, reason=str(error)),)
    files: list[DataFile] = []
    for record in records:
        path = next((path for path in _places(folder, record) if _is_as_recorded(path, record)), None)
        if path:
            files.append(record.data_file(path))
        elif os.path.lexists(folder / record.file):
            passed += (PassedOver(file=record.file, reason="damaged: it is not as it was recorded"),)
    return tuple(files), passed


def read_manifest(folder: Path) -> tuple[tuple[Installed, ...], tuple[PassedOver, ...]]:
    """The records in `manifest.json`, and those that this version cannot use; none where there is no manifest.

    Raises KnowledgeError where it cannot be read as one at all.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            text = file.read(MAX_MANIFEST + 1)
        listed = json.loads(text)["files"] if len(text) <= MAX_MANIFEST else None
    except FileNotFoundError:
        return (), ()
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}): check its rights") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        raise KnowledgeError(f"{path}: not a list of installed files: delete it and run `apptells data update`")
    records: list[Installed] = []
    passed: list[PassedOver] = []
    for item in listed:
        try:
            record = msgspec.convert(item, Installed)
            wrong = _wrong(record)
        except msgspec.ValidationError as error:
            wrong = f"its record is damaged or of another version ({error})"
        if wrong:
            name = item.get("file") if isinstance(item, dict) else None
            passed.append(PassedOver(file=str(name or MANIFEST)[:120], reason=wrong))
        else:
            records.append(record)
    return tuple(records), tuple(passed)


def _wrong(record: Installed) -> str:
    if record.form != FORM:
        return "it was installed by another version of apptells"
    if not _FILE.fullmatch(record.file):
        return "its name is not one that apptells gives"
    if record.role not in EXCLUSIVE and record.role not in REPEATABLE:
        return f"this version has no use for the role {record.role[:40]!r}"
    try:
        date.fromisoformat(record.date)
    except ValueError:
        return f"its date {record.date[:40]!r} is not YYYY-MM-DD"
    return ""


def _places(folder: Path, record: Installed) -> Iterator[Path]:
    """Where the file of a record may lie: an update that was cut off may have put it aside already."""
    yield folder / record.file
    yield folder / (record.file + PREVIOUS)


def _is_as_recorded(path: Path, record: Installed) -> bool:
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != record.size:
            return False
        # Each time anew: damage leaves the times of a file as they were, and must not stop an analysis later.
        return file_sha256(path) == record.content_sha256
    except (OSError, KnowledgeError):
        return False
