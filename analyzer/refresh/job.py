"""What every source of data is given, and what came of it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct

from analyzer.attribute.datafile import DataFile
from analyzer.attribute.installed import bundled_suffixes, data_files
from analyzer.errors import ApptellsError
from analyzer.refresh.download import Progress, no_progress
from analyzer.refresh.store import Store

Result = Literal["updated", "imported", "already newest", "skipped", "would fetch", "could not"]


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one source or one file, in a sentence."""

    source: str
    result: Result
    said: str


def could_not(source: str, error: ApptellsError | OSError) -> Outcome:
    """The outcome of a source or file that failed."""
    said = str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        said = f"{where}{error.strerror or error}: check the free space and rights"
    return Outcome(source=source, result="could not", said=f"{said}.")


class Job(Struct, frozen=True, kw_only=True):
    """What `apptells data update` and `import` work with."""

    store: Store
    shipped: Path
    """The folder of shipped data."""
    today: date
    environment: Mapping[str, str]
    progress: Progress = no_progress

    @property
    def in_use(self) -> tuple[DataFile, ...]:
        """The files in use now: each one that is let in counts for the next. Raises KnowledgeError."""
        return data_files(self.shipped, self.store.folder)

    def used(self, role: str) -> DataFile | None:
        """The file of an exclusive role that is in use; None for other roles."""
        found = next((file for file in self.in_use if file.role == role), None)
        return bundled_suffixes() if found is None and role == "suffixes" else found

    @property
    def regions(self) -> Path:
        """The table of cloud regions."""
        return self.shipped / "geo" / "regions.csv"
