"""What the lists name, ready to be looked up: domains, URLs, networks, certificates and apps."""

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Literal

from msgspec import Struct

from analyzer.indicators.value import LONGEST_NAME, Address, Network, Url
from analyzer.reported import IndicatorList

Kind = Literal["domain", "url", "address", "certificate", "app"]
KINDS: tuple[Kind, ...] = ("domain", "url", "address", "certificate", "app")
"""The most telling first."""

Key = str | tuple[str, Url] | Network
"""What a value of a kind is looked up by: name, (host, URL), network, fingerprint or app id."""


class Listing(Struct, frozen=True, order=True):
    """That one indicator of one file lists a value."""

    value: str
    """As the file spells it."""
    file: str
    id: str
    day: str = ""
    """Day it was created, YYYY-MM-DD; empty where the file does not say."""
    targets: tuple[str, ...] = ()
    """Malware, tools or campaigns that it indicates."""
    name: str = ""
    """The indicator's own."""
    until: float = inf
    """When the file stops vouching for it, seconds since 1970 UTC."""
    until_day: str = ""


class Indicator(Struct, frozen=True):
    """A value and everything that lists it."""

    kind: Kind
    listings: tuple[Listing, ...]
    """Sorted; never empty."""

    @property
    def value(self) -> str:
        """The value as listed."""
        return self.listings[0].value


Listed = tuple[Kind, Key, Listing]


class Indicators:
    """All lists together. The same lists in any order are the same indicators."""

    def __init__(self, listed: Iterable[Listed] = (), lists: Sequence[IndicatorList] = ()) -> None:
        self._lists = tuple(lists)
        grouped: dict[tuple[Kind, Key], set[Listing]] = {}
        for kind, key, listing in listed:
            grouped.setdefault((kind, key), set()).add(listing)
        self.domains: dict[str, Indicator] = {}
        self.urls: dict[str, dict[Url, Indicator]] = {}
        """By host."""
        self.certificates: dict[str, Indicator] = {}
        self.apps: dict[str, Indicator] = {}
        self.networks: dict[tuple[int, int], dict[int, Indicator]] = {}
        """By IP version and bits of the prefix, then by prefix."""
        texts = {"domain": self.domains, "certificate": self.certificates, "app": self.apps}
        for (kind, key), listings in grouped.items():
            indicator = Indicator(kind, tuple(sorted(listings)))
            if isinstance(key, str):
                texts[kind][key] = indicator
            elif len(key) == 2:
                self.urls.setdefault(key[0], {})[key[1]] = indicator
            else:
                self.networks.setdefault(key[:2], {})[key[2]] = indicator

    def __bool__(self) -> bool:
        """Whether any of them names something that traffic can show."""
        return any((self.domains, self.urls, self.networks, self.certificates, self.apps))

    def lists(self) -> tuple[IndicatorList, ...]:
        """The files read, in the order given."""
        return self._lists

    def above(self, name: str) -> Iterator[tuple[str, Indicator]]:
        """Listed domains that are `name` or end it at a label boundary, the longest first."""
        while name and len(name) <= LONGEST_NAME:
            if found := self.domains.get(name):
                yield name, found
            name = name.partition(".")[2]

    def around(self, address: Address) -> Iterator[Indicator]:
        """Listed addresses and networks that hold an address, the smallest first."""
        version, number = address
        width = 32 if version == 4 else 128
        for one, bits in sorted(self.networks, reverse=True):
            if one == version and (found := self.networks[one, bits].get(number >> (width - bits))):
                yield found

    def matching(self, host: str, url: Url) -> Indicator | None:
        """The listed URL that a request's URL equals; a list may leave scheme and query open."""
        listed = self.urls.get(host, {})
        schemes = dict.fromkeys((url.scheme, ""))
        queries = dict.fromkeys((url.query, None))
        candidates = (listed.get(Url(scheme, url.port, url.path, query)) for query in queries for scheme in schemes)
        return next((found for found in candidates if found), None)
