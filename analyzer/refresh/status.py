"""What data is in use: its role, date, age, licence and checksum, and what to do about it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.datafile import DataFile
from analyzer.attribute.installed import bundled_suffixes, data_files, read_installed
from analyzer.errors import KnowledgeError
from analyzer.refresh.admit import content_sha256
from analyzer.reported import OLD_DAYS

MAXMIND_DAYS = 30
"""GeoLite2 EULA, 6(c): old versions are to be destroyed within thirty days after a newer one is out."""


class Line(Struct, frozen=True, kw_only=True):
    """One data file, as `apptells data status` shows it."""

    role: str
    name: str
    date: str
    age: str
    """Days; empty where unknown."""
    licence: str
    sha256: str
    """Of the content, unpacked, as recorded (`verify` compares); empty where it cannot be read."""
    origin: str
    note: str
    """What to do; empty where nothing is."""


def status(shipped: Path, installed: Path | None, today: date) -> Iterator[Line]:
    """A line for each file in use, then one for each installed file that is passed over. Raises KnowledgeError."""
    files = data_files(shipped, installed)
    for file in files if any(file.role == "suffixes" for file in files) else (*files, bundled_suffixes()):
        yield _line(file, today)
    for passed in read_installed(installed)[1]:
        yield Line(
            role="",
            name=passed.file,
            date="",
            age="",
            licence="",
            sha256="",
            origin="passed over",
            note=f"not used: {passed.reason}",
        )


def _line(file: DataFile, today: date) -> Line:
    try:
        sha256, damage = content_sha256(file), ""
    except KnowledgeError as error:
        sha256, damage = "", str(error)
    try:
        age = (today - date.fromisoformat(file.date)).days
    except ValueError:
        age = None
    return Line(
        role=file.role or "source",
        name=file.name,
        date=file.date,
        age="" if age is None else str(age),
        licence=file.licence,
        sha256=sha256,
        origin=file.origin,
        note=damage or _advice(file, age),
    )


def _advice(file: DataFile, age: int | None) -> str:
    if age is None or file.role in ("services", "companies"):
        return ""  # those are renewed with apptells itself
    if file.role == "owner-list":
        return f"over {OLD_DAYS} days old: import a newer one" if age > OLD_DAYS else ""
    if file.role == "geoip" and file.name.startswith("GeoLite2-") and age > MAXMIND_DAYS:
        return f"over {MAXMIND_DAYS} days old: `apptells data update maxmind`, or import a newer one"
    if age <= OLD_DAYS:
        return ""
    how = "import a newer one" if file.role == "geoip" else f"`apptells data update {file.role}`"
    return f"over {OLD_DAYS} days old: {how}"
