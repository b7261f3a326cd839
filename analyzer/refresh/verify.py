"""Whether every data file is what its record says, can be read, and answers the fixed look-ups rightly."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.company import load_companies
from analyzer.attribute.datafile import DataFile, file_sha256, load_data_files
from analyzer.attribute.installed import TABLES, bundled_suffixes, data_files, read_installed
from analyzer.attribute.owner import FALLBACK_COLUMNS, fallback_mistake, load_services
from analyzer.attribute.table import read_table
from analyzer.attribute.unpack import unpacked
from analyzer.errors import KnowledgeError
from analyzer.model import Owner
from analyzer.refresh.sanity import Checked, check

OWNERS = {
    "wzrkt.com": "CleverTap", "in1.clevertap-prod.com": "CleverTap", "graph.facebook.com": "Meta Platforms",
    "app-measurement.com": "Google", "api.segment.io": "Twilio", "api.amplitude.com": "Amplitude",
}  # fmt: skip
"""Hosts and what the name of their owner, or of its parent, holds."""


class Verified(Struct, frozen=True, kw_only=True):
    """What was found of one file."""

    right: bool
    role: str
    name: str
    said: str


def verify(shipped: Path, installed: Path | None) -> Iterator[Verified]:
    """One finding for each shipped and installed file, in use or not; then the owners of known hosts.

    Raises KnowledgeError where the lists of shipped files themselves are damaged.
    """
    regions = shipped / "geo" / "regions.csv"
    own, passed = read_installed(installed)
    files = [file for table in TABLES for file in load_data_files(shipped / table).values()]
    for file in (*files, bundled_suffixes(), *own):
        try:
            yield Verified(right=True, role=file.role or "source", name=_named(file), said=_examine(file, regions))
        except KnowledgeError as error:
            yield Verified(right=False, role=file.role, name=_named(file), said=str(error))
    for one in passed:
        said = f"not used: {one.reason}; delete it, run `apptells data update`, or import it again"
        yield Verified(right=False, role="installed", name=one.file, said=said)
    yield _owners(shipped, installed)


def _named(file: DataFile) -> str:
    return f"{file.name} of {file.date} ({file.origin})"


def _examine(file: DataFile, regions: Path) -> str:
    """What is right about a file. Raises KnowledgeError with what is not, and what to do."""
    again = "install apptells again" if file.origin == "shipped" else "run `apptells data update` or import it again"
    if file.packed:
        content = unpacked(file.path, file.content_sha256, None)
        assert isinstance(content, bytes)  # without a cache it is
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "content"
            path.write_bytes(content)
            answered = check(file.role, path, regions)
        sha256 = file.content_sha256
    else:
        sha256 = file_sha256(file.path)  # that of an installed file is as recorded, or it would not be here
        answered = check(file.role, file.path, regions)
        if file.role == "owner-list":
            from analyzer.attribute.owner_lists import read_owner_list

            read_owner_list(file.path)
    _judge(file, answered, again)
    recorded = "as recorded" if file.content_sha256 else "no record of it"
    asked = f", {answered.right} of {answered.asked} known look-ups right" if answered.asked else ""
    return f"SHA-256 {sha256[:12]} {recorded}{asked}."


def _judge(file: DataFile, answered: Checked, again: str) -> None:
    if not answered.sound:
        few = "; ".join(answered.wrong[:3]) or f"{answered.unanswered} unanswered"
        raise KnowledgeError(
            f"{file.path}: only {answered.right} of {answered.asked} known look-ups are right ({few}): {again}"
        )


def _owners(shipped: Path, installed: Path | None) -> Verified:
    """All tables of owners together: every row, which a run does not look at, and what a report would say."""
    from analyzer.attribute.attribution import load_attribution

    in_use = data_files(shipped, installed)
    try:
        _check_rows({file.role: file.path for file in in_use})
        attribution = load_attribution(shipped, installed=installed)
        wrong = [host for host, name in OWNERS.items() if not _is_owned(attribution.owners.find(host), name)]
        known = f"{len(OWNERS) - len(wrong)} of {len(OWNERS)} known hosts have the owner that they should"
        said = f"every row is well formed, {known}"
        lists = ", ".join(file.path.name for file in in_use if file.role == "owner-list")
        mend = f"delete the list of yours that says otherwise ({lists})" if lists else "install apptells again"
        return Verified(
            right=not wrong,
            role="owners",
            name=f"all tables together ({len(in_use)} files)",
            said=f"{said}; not {', '.join(wrong)}: {mend}." if wrong else f"{said}.",
        )
    except KnowledgeError as error:
        return Verified(right=False, role="owners", name="all tables together", said=str(error))


def _check_rows(tables: Mapping[str, Path]) -> None:
    """Raises KnowledgeError with every mistake of the tables, by role."""
    load_services(tables["services"], load_companies(tables["companies"]))
    read_table(tables["third-parties"], FALLBACK_COLUMNS, fallback_mistake, key=("suffix",))


def _is_owned(owner: Owner | None, name: str) -> bool:
    return owner is not None and any(name in step.name for step in owner.steps)
