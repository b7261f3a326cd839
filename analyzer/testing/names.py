"""Whether a test's name for a recipient is one that the tables of owners know: a slip would make it pass."""

from analyzer.attribute.company import COMPANY_COLUMNS
from analyzer.attribute.owner import FALLBACK_COLUMNS, SERVICE_COLUMNS
from analyzer.attribute.table import trusted_rows
from analyzer.knowledge import DATA
from analyzer.testing.matching import FIRST_PARTY, THIRD_PARTIES, begins

_TABLES = (
    ("services.csv", SERVICE_COLUMNS, ("product", "operator")),
    ("companies.csv", COMPANY_COLUMNS, ("name", "parent")),
    ("third-party-web.csv", FALLBACK_COLUMNS, ("name", "company")),
)


def is_known(name: str) -> bool:
    """True for a party, for all that may be a host or a domain, and for what an owner or a product of the shipped
    tables is called. Raises KnowledgeError where the installation is damaged.
    """
    if name in (FIRST_PARTY, THIRD_PARTIES) or ("." in name and " " not in name):
        return True
    asked = name.casefold()
    return any(begins(one.casefold(), asked) for table in _TABLES for one in _names(*table))


def _names(file: str, columns: tuple[str, ...], named: tuple[str, ...]) -> set[str]:
    places = [columns.index(name) for name in named]
    return {row[place] for row in trusted_rows(DATA / "owners" / file, columns) for place in places}
