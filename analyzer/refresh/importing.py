"""Takes in files that the user has; nothing is fetched."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from analyzer.errors import ApptellsError
from analyzer.refresh.admit import admit
from analyzer.refresh.job import Job, Outcome, could_not


def import_files(paths: Sequence[Path], job: Job) -> Iterator[Outcome]:
    """Install what the files hold, each for itself, with an outcome for each data file in them."""
    for path in paths:
        try:
            with job.store.scratch() as scratch:
                yield from admit(path, scratch, job, "imported", path.name)
        except (ApptellsError, OSError) as error:
            yield could_not(path.name, error)
