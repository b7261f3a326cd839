"""Companies: who owns them and where their seat is, at a given time."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.period import Period, in_force, wrong_period
from analyzer.attribute.table import Row, read_table, trusted_rows
from analyzer.errors import KnowledgeError
from analyzer.model import OwnerStep

COMPANY_COLUMNS = ("name", "parent", "country", "since", "until", "source", "checked", "verified", "note")

_MAX_STEPS = 12
_NOT_A_COUNTRY = frozenset({"AP", "EU", "UK", "XX", "ZZ"})


class Company(Struct, frozen=True):
    """A company while one parent held it, as its row of `companies.csv` says."""

    name: str
    parent: str
    """Empty where it has none, or none is known."""
    country: str
    since: str
    until: str
    source: str
    checked: str
    verified: bool

    @property
    def period(self) -> Period:
        """When the parent held it."""
        return Period(self.since, self.until)


class Companies:
    """Companies by name, each with one row for each parent it has had."""

    def __init__(self, rows: Sequence[Company] = ()) -> None:
        self._rows: dict[str, list[Company]] = {}
        for row in rows:
            self._rows.setdefault(row.name, []).append(row)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def owners_of(self, operator: OwnerStep, day: str | None) -> tuple[OwnerStep, ...]:
        """The operator, with its seat, and above it each company that owned the one before on `day`.

        `day` is YYYY-MM-DD, None for the state as last checked. An operator without a row is all that is known.
        """
        steps: list[OwnerStep] = []
        step = operator
        while True:
            company = self._at(step.name, day)
            if company is None:
                return (*steps, step)
            steps.append(_seated(step, company))
            if not company.parent or not company.period.holds(day) or len(steps) == _MAX_STEPS:
                return tuple(steps)
            step = OwnerStep(
                name=company.parent,
                country=None,
                source=company.source,
                checked=company.checked,
                verified=company.verified,
                since=company.since or None,
                until=company.until or None,
            )

    def _at(self, name: str, day: str | None) -> Company | None:
        rows = self._rows.get(name)
        if not rows:
            return None
        # Of a time that no row speaks of, the seat is still taken from the last.
        return in_force(rows, day) or rows[-1]


def load_companies(path: Path, check: bool = True) -> Companies:
    """Companies from a table with `COMPANY_COLUMNS`.

    Raises KnowledgeError with every mistake as `path:line: what`; `check` is off for a file known to hold none.
    """
    if not check:
        return Companies([_company(row) for row in trusted_rows(path, COMPANY_COLUMNS)])
    rows = read_table(path, COMPANY_COLUMNS, company_mistake, key=("name", "since"))
    companies = Companies([_company(list(row.values())) for row in rows])
    mistakes = [
        f"{path}: {row['name']} has the parent {row['parent']!r}, which has no row of its own"
        for row in rows
        if row["parent"] and row["parent"] not in companies
    ]
    for row in rows:
        steps = companies.owners_of(_bare(row["name"]), None)
        if len({step.name for step in steps}) != len(steps):
            mistakes.append(f"{path}: {row['name']} owns itself through {steps[-1].name}")
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return companies


def company_mistake(row: Row) -> str | None:
    """What is wrong with a row of `companies.csv`, None where nothing is."""
    if not row["name"]:
        return "name is empty"
    if row["name"] == row["parent"]:
        return f"{row['name']} is its own parent"
    return wrong_country(row["country"]) or wrong_period(row) or wrong_evidence(row)


def wrong_country(code: str) -> str | None:
    """What is wrong with the code of a seat; an empty one says that the seat is not known."""
    if not code or (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        if code not in _NOT_A_COUNTRY:
            return None
    return f"country {code!r} is not an ISO 3166-1 alpha-2 code, such as IN or GB"


def wrong_evidence(row: Mapping[str, str]) -> str | None:
    """What is wrong with the source, date and mark of a row."""
    if not row["source"]:
        return "source is empty"
    if row["verified"] not in ("yes", "no"):
        return f"verified {row['verified']!r} is neither yes nor no"
    try:
        date.fromisoformat(row["checked"])
    except ValueError:
        return f"checked {row['checked']!r} is not a date, YYYY-MM-DD"
    return None


def _company(row: Sequence[str]) -> Company:
    name, parent, country, since, until, source, checked, verified, _ = row
    return Company(name, parent, country, since, until, source, checked, verified == "yes")


def _bare(name: str) -> OwnerStep:
    return OwnerStep(name=name, country=None, source="", checked="", verified=False)


def _seated(step: OwnerStep, company: Company) -> OwnerStep:
    return OwnerStep(
        name=step.name,
        country=company.country or step.country,
        source=step.source,
        country_source=company.source if company.country else step.country_source,
        checked=step.checked,
        verified=step.verified,
        since=step.since,
        until=step.until,
    )
