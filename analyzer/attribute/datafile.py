"""The data files: what each is, its date, licence and checksum."""

import hashlib
import re
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.table import Row, read_table
from analyzer.errors import KnowledgeError
from analyzer.reported import Database

COLUMNS = ("file", "name", "date", "licence", "attribution", "url", "content_sha256")

_SHA256 = re.compile(r"[0-9a-f]{64}")


class DataFile(Struct, frozen=True, kw_only=True):
    """A data file and where it comes from."""

    path: Path
    name: str
    date: str
    """YYYY-MM-DD."""
    licence: str
    attribution: str = ""
    url: str = ""
    content_sha256: str = ""
    """Of the unpacked content; empty where the file is not packed."""

    def database(self) -> Database:
        """The file as a report names it, with the SHA-256 of the file itself. Raises KnowledgeError."""
        try:
            with self.path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise KnowledgeError(f"{self.path}: cannot be read ({error.strerror}): check the path") from None
        return Database(
            name=self.name,
            date=self.date,
            licence=self.licence,
            attribution=self.attribution,
            url=self.url,
            sha256=sha256,
        )


def load_data_files(path: Path) -> dict[str, DataFile]:
    """The files that a `databases.csv` lists, by file name; raises KnowledgeError with every mistake."""
    return {
        row["file"]: DataFile(
            path=path.with_name(row["file"]),
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
    if row["content_sha256"] and not _SHA256.fullmatch(row["content_sha256"]):
        return "content_sha256 is not 64 hexadecimal digits"
    return None
