"""Who operates a host: the longest suffix of its name that a table of services knows, and the companies above."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from analyzer.attribute.company import Companies, wrong_evidence
from analyzer.attribute.domain import MAX_HOST, SUFFIX, normal_host
from analyzer.attribute.period import ALWAYS, Period, in_force, wrong_period
from analyzer.attribute.table import Row, read_table, trusted_rows, trusted_text
from analyzer.errors import KnowledgeError
from analyzer.memo import Memo
from analyzer.model import Owner, OwnerStep

SERVICE_COLUMNS = (
    "suffix", "product", "operator", "category", "since", "until", "source", "checked", "verified", "note",
)  # fmt: skip
FALLBACK_COLUMNS = ("suffix", "name", "company", "category")

HOSTING = frozenset({"cdn", "cloud", "hosting"})
"""Categories whose hosts carry what their customers put there."""
CATEGORIES = HOSTING | {
    "advertising", "analytics", "anti-fraud", "attribution", "commerce", "config", "consent", "content", "crash",
    "customer-data-platform", "engagement", "experiment", "feedback", "identifier", "identity", "location", "maps",
    "measurement", "media", "messaging", "other", "payment", "performance", "platform", "push", "session-replay",
    "social", "subscription", "support", "tag-manager", "telecom", "utility",
}  # fmt: skip

_CACHED = 65_536
_FALLBACK_CATEGORY = {
    "ad": "advertising",
    "consent-provider": "consent",
    "customer-success": "support",
    "marketing": "engagement",
    "video": "media",
}


class Service(Struct, frozen=True, gc=False):
    """Who operated the hosts under a suffix, for which product, in one period."""

    product: str
    operator: str
    category: str
    period: Period
    source: str
    checked: str
    verified: bool
    above: tuple[OwnerStep, ...] = ()
    """The companies above, where the table that names the operator names them itself."""
    country: str | None = None
    """The operator's seat, likewise."""


class Services(Protocol):
    """Services by suffix, one for each period: a dictionary, or a `ServiceFile`."""

    def get(self, suffix: str, /) -> Sequence[Service] | None:
        """The services with just this suffix; None where there are none."""


class ServiceFile:
    """A table with `SERVICE_COLUMNS` that a test has checked; of its many rows only those asked for are read."""

    def __init__(self, path: Path) -> None:
        """Raises KnowledgeError where the file is damaged."""
        self._lines: dict[str, str] = {}
        lines = iter(trusted_text(path, SERVICE_COLUMNS).splitlines())
        for line in lines:
            suffix = line.partition(",")[0]
            before = self._lines.get(suffix)
            self._lines[suffix] = f"{before}\n{line}" if before else line

    def get(self, suffix: str, /) -> Sequence[Service] | None:
        """The services with just this suffix; None where there are none."""
        lines = self._lines.get(suffix)
        return [_service(row) for row in csv.reader(lines.split("\n"))] if lines else None


class Owners:
    """Looks hosts up by longest suffix, at label boundaries, in several tables."""

    def __init__(self, tables: Sequence[Services], companies: Companies | None = None) -> None:
        """A row of a later table counts where those before it have none, or know only the hoster by a shorter suffix.

        `companies` says who owns an operator whose own row does not.
        """
        self._tables = tuple(tables)
        self._companies = companies or Companies()
        self._built = Memo[tuple[int, str, str | None], Owner](_CACHED)

    def find(self, host: str, day: str | None = None) -> Owner | None:
        """The owner of a host on a day (YYYY-MM-DD; None: as last checked); None where no table knows it."""
        found = self.match(host, day)
        return found[1] if found else None

    def match(self, host: str, day: str | None = None) -> tuple[str, Owner] | None:
        """The suffix that matched and its owner."""
        best: tuple[str, Owner] | None = None
        for position, table in enumerate(self._tables):
            found = _longest(host, table, day)
            if found is None or (best and len(found[0]) <= len(best[0])):
                continue
            suffix, service = found
            best = suffix, self._owner(position, suffix, service, day)
            if service.category not in HOSTING:
                break
        return best

    def _owner(self, position: int, suffix: str, service: Service, day: str | None) -> Owner:
        known = self._built.get((position, suffix, day))
        if known is None:
            known = Owner(product=service.product, category=service.category, steps=self._steps(service, day))
            self._built.keep((position, suffix, day), known)
        return known

    def _steps(self, service: Service, day: str | None) -> tuple[OwnerStep, ...]:
        operator = OwnerStep(
            name=service.operator,
            country=service.country,
            source=service.source,
            country_source=service.source if service.country else "",
            checked=service.checked,
            verified=service.verified,
            since=service.period.since or None,
            until=service.period.until or None,
        )
        return (operator, *service.above) if service.above else self._companies.owners_of(operator, day)


def suffixes_of(host: str) -> Iterable[str]:
    """The host and each shorter name that ends it at a label boundary, the longest first."""
    rest = normal_host(host)
    while rest and len(rest) <= MAX_HOST:
        yield rest
        rest = rest.partition(".")[2]


def _longest(host: str, table: Services, day: str | None) -> tuple[str, Service] | None:
    for suffix in suffixes_of(host):
        rows = table.get(suffix)
        service = in_force(rows, day) if rows else None
        if service:
            return suffix, service
    return None


def load_services(path: Path, companies: Companies) -> dict[str, list[Service]]:
    """Services by suffix from a table with `SERVICE_COLUMNS`; `companies` are all that may operate one.

    Raises KnowledgeError with every mistake as `path:line: what`.
    """
    rows = read_table(path, SERVICE_COLUMNS, service_mistake, key=("suffix", "since"))
    mistakes = [
        f"{path}: {row['suffix']} has the operator {row['operator']!r}, which has no row in the table of companies"
        for row in rows
        if row["operator"] not in companies
    ]
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    services: dict[str, list[Service]] = {}
    for row in rows:
        services.setdefault(row["suffix"], []).append(_service(list(row.values())))
    return services


def _service(row: Sequence[str]) -> Service:
    _, product, operator, category, since, until, source, checked, verified, _ = row
    return Service(product, operator, category, Period(since, until), source, checked, verified == "yes")


def load_fallback(path: Path, name: str, checked: str) -> dict[str, list[Service]]:
    """The tail: services from a table with `FALLBACK_COLUMNS`; one source, so never verified, and no seat.

    `name` is the source as reports cite it, `checked` its date. Raises KnowledgeError where the file is damaged.
    """
    return {
        suffix: [
            Service(product, company or product, _FALLBACK_CATEGORY.get(of, of), ALWAYS, name, checked, verified=False)
        ]
        for suffix, product, company, of in trusted_rows(path, FALLBACK_COLUMNS)
    }


def service_mistake(row: Row) -> str | None:
    """What is wrong with a row of `services.csv`, None where nothing is."""
    for column in ("product", "operator"):
        if not row[column]:
            return f"{column} is empty"
    if not SUFFIX.fullmatch(row["suffix"]):
        return f"suffix {row['suffix']!r} is not a host name in lower case, such as wzrkt.com"
    if row["category"] not in CATEGORIES:
        return f"category {row['category']!r} is not one of {', '.join(sorted(CATEGORIES))}"
    return wrong_period(row) or wrong_evidence(row)


def fallback_mistake(row: Row) -> str | None:
    """What is wrong with a row of the tail, None where nothing is."""
    if not SUFFIX.fullmatch(row["suffix"]):
        return f"suffix {row['suffix']!r} is not a host name in lower case"
    return None if row["name"] else "name is empty"
