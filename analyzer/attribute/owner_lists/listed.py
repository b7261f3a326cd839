"""The rows of a list of owners, whatever its format, and how texts of lists become them."""

from collections.abc import Mapping

from msgspec import Struct

from analyzer.attribute.domain import MAX_HOST, SUFFIX

_LONGEST_NAME = 200


class ListedOwner(Struct, frozen=True, kw_only=True):
    """Who operates the hosts under a suffix, as one list says."""

    suffix: str
    product: str
    owner: str
    """The operator; the product again where the list names no company."""
    parent: str | None = None
    """Its ultimate parent."""
    country: str | None = None
    """Seat of the parent, or of the owner where no parent is given; ISO 3166-1 alpha-2."""
    category: str = "other"
    """One of `owner.CATEGORIES`."""
    source: str = ""
    since: str = ""
    """YYYY, YYYY-MM or YYYY-MM-DD from which the row holds; empty where it is open."""
    until: str = ""
    """The date from which it no longer does."""
    checked: str = ""
    """YYYY-MM-DD; empty where the list does not say."""
    verified: bool = False


class OwnerList(Struct, frozen=True, kw_only=True):
    """A list of owners."""

    name: str
    licence: str
    """As far as known, in words."""
    rows: tuple[ListedOwner, ...]
    passed_over: int
    """Entries that name no host, or in a way that is not one suffix."""
    own: bool = False
    """True for the user's own table, whose rows count before all others."""
    content_sha256: str = ""
    """Of a folder: SHA-256 of the lines that `sha256sum` writes of its files, by name; empty for a file."""


class Rows:
    """Collects rows; of several for one suffix the first counts."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._rows: dict[str, ListedOwner] = {}
        self.passed_over = 0

    def add(
        self,
        suffix: object,
        product: object,
        owner: object,
        category: str = "other",
        country: str | None = None,
    ) -> None:
        """One row; what is no host name, or has no name for its owner, is passed over."""
        host, owned = host_suffix(suffix), name_of(owner) or name_of(product)
        if host is None or not owned:
            self.passed_over += 1
        elif host not in self._rows:
            self._rows[host] = ListedOwner(
                suffix=host,
                product=name_of(product) or owned,
                owner=owned,
                category=category,
                country=country,
                source=f"{self._source} ({host})",
            )

    def owner_list(self, licence: str) -> OwnerList:
        """The rows so far as a list."""
        rows = tuple(self._rows.values())
        return OwnerList(name=self._source, licence=licence, rows=rows, passed_over=self.passed_over)


def host_suffix(text: object) -> str | None:
    """A domain in lower case, a leading `*.` or `.` and the final dot off; None for anything else."""
    if not isinstance(text, str) or len(text) > 300:
        return None
    name = text.strip().lower().removeprefix("*").removeprefix(".").removesuffix(".")
    return name if len(name) <= MAX_HOST and SUFFIX.fullmatch(name) else None


def name_of(text: object) -> str:
    """A name on one line without characters that do not print, cut; empty where there is none."""
    if not isinstance(text, str):
        return ""
    return "".join(one for one in " ".join(text[: 2 * _LONGEST_NAME].split()) if one.isprintable())[:_LONGEST_NAME]


def members(value: object) -> Mapping[str, object]:
    """An object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def elements(value: object) -> list[object]:
    """An array of JSON; an empty one for anything else."""
    return value if isinstance(value, list) else []


def category_of(names: object, ours: Mapping[str, str]) -> str:
    """The first category of `ours` that a list's own names (one or several) name."""
    given = [names] if isinstance(names, str) else elements(names)
    # In the order of `ours`, not of the list: the most telling one counts.
    return next((ours[name] for name in ours if name in given), "other")
