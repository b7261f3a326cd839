"""Lets a file in: recognised, newer than the one in use, right in fixed look-ups; only then the old one goes."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from analyzer.attribute.datafile import REPEATABLE, DataFile, Origin, file_sha256
from analyzer.errors import ApptellsError, KnowledgeError
from analyzer.refresh.job import Job, Outcome, could_not
from analyzer.refresh.recognise import Known, recognise
from analyzer.refresh.sanity import check
from analyzer.refresh.store import Candidate

_VERSION = re.compile(r" (\d{1,9}(?:\.\d{1,9})+)")
_AHEAD = timedelta(days=2)
"""How far clocks and time zones may put a date into the future."""


def import_files(paths: Sequence[Path], job: Job) -> Iterator[Outcome]:
    """Install what files of the user hold, each for itself, with an outcome for each data file in them."""
    for path in paths:
        try:
            with job.store.scratch() as scratch:
                yield from admit(path, scratch, job, "imported", path.name)
        except (ApptellsError, OSError) as error:
            yield could_not(path.name, error)


def admit(
    path: Path, scratch: Path, job: Job, origin: Origin, source: str, wanted: Callable[[Candidate], bool] | None = None
) -> Iterator[Outcome]:
    """Install the data files in `path`; one outcome for each. `wanted` says which a source may bring.

    Raises KnowledgeError where it holds none.
    """
    cloud = job.used("cloud-ranges")
    assert cloud is not None  # it is shipped
    try:
        found = recognise(path, scratch, Known(today=job.today.isoformat(), cloud=cloud.path))
    except KnowledgeError as error:
        if origin == "imported":
            raise
        why = str(error).splitlines()[0]
        raise KnowledgeError(f"{source}: what came is not the data asked for ({why}); try again later") from None
    candidates = [one for one in found if wanted is None or wanted(one)]
    if not candidates:
        raise KnowledgeError(f"{path.name}: holds {found[0].name}, which was not asked for; try again later")
    for candidate in candidates:
        try:
            yield _admit(candidate, job, origin, source or candidate.role)
        except ApptellsError as error:
            yield could_not(source or candidate.role, error)


def _admit(candidate: Candidate, job: Job, origin: Origin, source: str) -> Outcome:
    of = f"{candidate.name} of {candidate.date}"
    if candidate.date > (job.today + _AHEAD).isoformat():
        raise KnowledgeError(f"{of}: is dated in the future; check the clock of this machine, or fetch the file again")
    old = _replaced(candidate, job)
    if old and content_sha256(old) == file_sha256(candidate.path):
        return Outcome(source=source, result="already newest", said=f"{of} is in use already.")
    if old and old.role not in REPEATABLE and _is_older(candidate, old):
        if origin == "installed":
            return Outcome(source=source, result="already newest", said=f"{old.name} of {old.date} is newer than {of}.")
        raise KnowledgeError(f"{of}: older than {old.name} of {old.date} in use, which stays; import a newer file")
    answered = check(candidate.role, candidate.path, job.regions)
    if not answered.sound:
        few = "; ".join(answered.wrong[:3]) or f"{answered.unanswered} unanswered"
        raise KnowledgeError(
            f"{of}: only {answered.right} of {answered.asked} known look-ups are right ({few}); what is in use stays, "
            "fetch the file again or use one of another date"
        )
    job.store.install(candidate, origin)
    instead = f" takes the place of {old.name} of {old.date}" if old else " is used from now on"
    asked = f"; {answered.right} of {answered.asked} known look-ups right" if answered.asked else ""
    note = f" {candidate.licence}: {candidate.note}" if candidate.note else ""
    return Outcome(
        source=source, result="imported" if origin == "imported" else "updated", said=f"{of}{instead}{asked}.{note}"
    )


def _is_older(candidate: Candidate, old: DataFile) -> bool:
    """By date; a package that states none has a version in its name."""
    new, present = (_VERSION.findall(name) for name in (candidate.name, old.name))
    if new and present:
        return [int(part) for part in new[0].split(".")] < [int(part) for part in present[0].split(".")]
    return candidate.date < old.date


def _replaced(candidate: Candidate, job: Job) -> DataFile | None:
    """The file in use whose place the candidate would take: of its role, or of the user's own that of its name."""
    if candidate.role not in REPEATABLE:
        return job.used(candidate.role)
    target = job.store.folder / candidate.file
    return next((file for file in job.in_use if file.path == target), None)


def content_sha256(file: DataFile) -> str:
    """Of what a file holds, unpacked, as recorded; read where there is no record. Raises KnowledgeError."""
    return file.content_sha256 or file_sha256(file.path)
