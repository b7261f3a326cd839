"""The data files: what each is for, its date, licence and checksum."""

import re
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct

from analyzer.attribute.table import Row, read_table
from analyzer.errors import KnowledgeError
from analyzer.reported import Database

COLUMNS = ("file", "role", "name", "date", "licence", "attribution", "url", "content_sha256")

Exclusive = Literal["country", "network", "cloud-ranges", "services", "companies", "third-parties", "suffixes"]
Repeatable = Literal["geoip", "owner-list"]
EXCLUSIVE: tuple[str, ...] = get_args(Exclusive)
"""Roles that one file plays at a time, the newest."""
REPEATABLE: tuple[str, ...] = get_args(Repeatable)
"""Roles of the user's own files, which are used beside each other: geo databases, lists of owners."""
Origin = Literal["shipped", "installed", "imported"]
"""Came with apptells; fetched by `apptells data update`; given to `apptells data import`, or for one run."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class DataFile(Struct, frozen=True, kw_only=True):
    """A data file and where it comes from."""

    path: Path
    name: str
    date: str
    """YYYY-MM-DD."""
    licence: str
    role: str = ""
    """One of `EXCLUSIVE` or `REPEATABLE`; empty for a file given for one run, or that others are made from."""
    origin: Origin = "shipped"
    attribution: str = ""
    url: str = ""
    content_sha256: str = ""
    """Of the unpacked content, or of all files of a folder; empty for a shipped file that is not packed."""

    @property
    def packed(self) -> bool:
        """Whether the content has to be unpacked (`unpack.unpacked`)."""
        return self.path.suffix == ".xz"

    def database(self) -> Database:
        """The file as a report names it, with the SHA-256 of the file itself (or folder). Raises KnowledgeError."""
        # Of a file in the user's folder, that which it had when this run began: an update may replace it meanwhile.
        known = self.content_sha256 if not self.packed else ""
        return Database(
            name=self.name,
            date=self.date,
            licence=self.licence,
            attribution=self.attribution,
            url=self.url,
            sha256=known or file_sha256(self.path),
        )


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file as it lies there, hexadecimal. Raises KnowledgeError where it cannot be read."""
    try:
        import hashlib  # takes 5 ms, which look-ups need not wait for

        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}): check the path") from None


def load_data_files(path: Path) -> dict[str, DataFile]:
    """The files that a `databases.csv` lists, by file name; raises KnowledgeError with every mistake."""
    return {
        row["file"]: DataFile(
            path=path.with_name(row["file"]),
            role=row["role"],
            name=row["name"],
            date=row["date"],
            licence=row["licence"],
            attribution=row["attribution"],
            url=row["url"],
            content_sha256=row["content_sha256"],
        )
        for row in read_table(path, COLUMNS, _mistake, key=("file",))
    }


def _mistake(row: Row) -> str | None:
    if "/" in row["file"] or "\\" in row["file"]:
        return f"file {row['file']!r} lies in another folder"
    if not all(row[column] for column in ("file", "name", "date", "licence")):
        return "file, name, date or licence is empty"
    if row["role"] and row["role"] not in EXCLUSIVE:
        return f"role {row['role']!r} is not one of {', '.join(EXCLUSIVE)}"
    if row["content_sha256"] and not _SHA256.fullmatch(row["content_sha256"]):
        return "content_sha256 is not 64 hexadecimal digits"
    return None
