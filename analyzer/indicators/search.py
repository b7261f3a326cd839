"""Compares a capture with indicators while it is read, at next to no cost where nothing is listed."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from analyzer.indicators.indicators import KINDS, Indicators
from analyzer.indicators.value import app_id, host_name, parse_address, parse_url
from analyzer.indicators.wording import Relation, Seen, describe
from analyzer.model import Exchange, NameLookup, Unread
from analyzer.reported import IndicatorList, IndicatorMatch

MAX_MATCHES = 1_000
MAX_REMEMBERED = 100_000
"""Hosts and addresses; further ones are compared too, but only those that are listed are remembered."""
_EXCHANGES = 10
_LONGEST_HOST = 300

# Android's WebView, Google's client libraries, and Firebase on iOS put the id of the app there.
_APP_HEADERS = {
    "x-requested-with": "X-Requested-With",
    "x-android-package": "X-Android-Package",
    "x-ios-bundle-identifier": "X-Ios-Bundle-Identifier",
}
_LENGTHS = frozenset(map(len, _APP_HEADERS))


class _Contact:
    """A host, an address or another thing that may be listed, and how often it was seen."""

    __slots__ = ("count", "exchanges", "has_urls", "listed", "name")

    def __init__(self, name: str, listed: bool, has_urls: bool = False) -> None:
        self.name, self.listed, self.has_urls = name, listed, has_urls
        self.count = 0
        self.exchanges: list[int] = []

    def add(self, index: int) -> None:
        self.count += 1
        if self.count <= _EXCHANGES:
            self.exchanges.append(index)


class _Match(Struct):
    relation: Relation
    observed: str
    seen: Seen

    def order(self) -> tuple[int, bool, int, str, str]:
        """The most telling kind first, what was requested before what was only looked up, then by first request."""
        first = self.seen.exchanges[0] if self.seen.exchanges else 0
        indicator = self.relation.indicator
        return KINDS.index(indicator.kind), not self.seen.exchanges, first, self.observed, indicator.value


class IndicatorSearch:
    """Sees every exchange once, in a stream; `finish` then says what is listed."""

    def __init__(
        self,
        indicators: Indicators,
        app: str | None = None,
        is_shared: Callable[[str], bool] = lambda domain: False,
    ) -> None:
        """`app` is the id of the app under analysis, where it is known.

        `is_shared` tells domains under which anyone may publish (public suffixes, `github.io`): to list one of them
        says nothing of the names under it.
        """
        self._indicators, self._app, self._is_shared = indicators, app, is_shared
        self._named = bool(indicators.domains or indicators.urls or indicators.networks)
        self._hosts: dict[str, _Contact] = {}
        self._addresses: dict[str, _Contact] = {}
        self._others: dict[tuple[str, str], tuple[Relation, _Contact]] = {}

    def add(self, exchange: Exchange, host: str, naming: Iterable[tuple[str, str]] | None = None) -> bool:
        """Compare one exchange, and say whether it is listed; `host` is that of its URL, without the port.

        `naming` are those of its headers that may name the app, for callers who know them; without it all are tried.
        Only `finish` knows of aliases: a request to a host that is listed for its alias alone is not listed yet.
        """
        listed_here = False
        if self._named:
            contact = self._hosts.get(host) or self._new_host(host)
            contact.add(exchange.index)
            listed_here = contact.listed
            if contact.has_urls:
                listed_here |= self._compare_url(exchange)
        if self._indicators.networks and exchange.server_ip:
            address = self._addresses.get(exchange.server_ip) or self._new_address(exchange.server_ip)
            address.add(exchange.index)
            listed_here |= address.listed
        if self._indicators.certificates and exchange.certificate:
            for digits in (exchange.certificate.sha256, exchange.certificate.sha1):
                if listed := self._indicators.certificates.get(digits):
                    self._count(Relation("is the certificate", listed), digits, exchange.index)
                    listed_here = True
        if self._indicators.apps:
            listed_here |= self._compare_apps(exchange.index, exchange.headers if naming is None else naming)
        return listed_here

    def lists(self) -> tuple[IndicatorList, ...]:
        """The files that the capture is compared with."""
        return self._indicators.lists()

    def finish(
        self, lookups: Sequence[NameLookup] = (), unread: Sequence[Unread] = (), captured: float | None = None
    ) -> tuple[IndicatorMatch, ...]:
        """Everything that is listed, the most telling first: `MAX_MATCHES` at most.

        `captured` is when the capture was made, seconds since 1970 UTC; without it no indicator counts as expired.
        """
        if not self._indicators:
            return ()
        found: dict[tuple[str, str, str], _Match] = {}
        for match in (*self._on_hosts(lookups, unread), *self._on_addresses(lookups), *self._on_others()):
            indicator = match.relation.indicator
            found.setdefault((indicator.kind, indicator.value, match.observed), match)
        matches = sorted(found.values(), key=_Match.order)[:MAX_MATCHES]
        return tuple(
            describe(f"i{number}", match.relation, match.observed, match.seen, captured)
            for number, match in enumerate(matches, 1)
        )

    def _new_host(self, host: str) -> _Contact:
        name = host_name(host) or host
        listed = any(self._listed_names(name)) or any(self._listed_addresses(name))
        return _remember(self._hosts, host, _Contact(name, listed, has_urls=name in self._indicators.urls))

    def _new_address(self, text: str) -> _Contact:
        contact = _Contact(host_name(text) or text, listed=any(self._listed_addresses(text)))
        return _remember(self._addresses, text, contact)

    def _listed_names(self, name: str) -> Iterator[Relation]:
        for domain, indicator in self._indicators.above(name):
            if domain == name:
                yield Relation("is the domain", indicator)
            elif not self._is_shared(domain):
                yield Relation("is under the domain", indicator)

    def _listed_addresses(self, text: str) -> Iterator[Relation]:
        address = parse_address(text) if self._indicators.networks else None
        for indicator in self._indicators.around(address) if address else ():
            yield Relation("is in the network" if "/" in indicator.value else "is the address", indicator)

    def _compare_url(self, exchange: Exchange) -> bool:
        parsed = parse_url(exchange.url)
        listed = self._indicators.matching(*parsed) if parsed else None
        if listed:
            # What the capture's URL says beyond the indicator is not repeated: it may hold values.
            self._count(Relation("is the URL", listed), listed.value, exchange.index)
        return bool(listed)

    def _compare_apps(self, index: int, headers: Iterable[tuple[str, str]]) -> bool:
        found = False
        for name, value in headers:
            if len(name) in _LENGTHS and (header := _APP_HEADERS.get(name.lower())):
                if listed := self._indicators.apps.get(value.strip()):
                    self._count(Relation("is the app", listed, header), value.strip(), index)
                    found = True
        return found

    def _count(self, relation: Relation, observed: str, index: int) -> None:
        """Count a match that is not of a host or an address: at most one for each value of a list."""
        key = (relation.indicator.kind, observed)
        self._others.setdefault(key, (relation, _Contact(observed, listed=True)))[1].add(index)

    def _on_hosts(self, lookups: Sequence[NameLookup], unread: Sequence[Unread]) -> Iterator[_Match]:
        """Hosts that were sent requests, could not be read or were looked up: by their own names and by aliases."""
        asked = {host_name(lookup.name) or lookup.name: lookup for lookup in lookups}
        lost: dict[str, list[Unread]] = {}
        for one in unread:
            lost.setdefault(host_name(one.host) or one.host, []).append(one)
        sent = _by_name(self._hosts)
        for name in dict.fromkeys((*sent, *lost, *asked)):
            lookup = asked.get(name)
            relations = [*self._listed_names(name), *self._listed_addresses(name)]
            if lookup:
                for alias in lookup.aliases:
                    alias = host_name(alias) or alias
                    named = self._listed_names(alias)
                    relations += [Relation(own.how, own.indicator, lookup.source, alias) for own in named]
            for relation in relations:
                yield _Match(relation, name, _seen(sent.get(name, ()), lost.get(name, ()), lookup))

    def _on_addresses(self, lookups: Sequence[NameLookup]) -> Iterator[_Match]:
        for address, contacts in _by_name(self._addresses).items():
            for relation in self._listed_addresses(address):
                yield _Match(relation, address, _seen(contacts))
        for lookup in lookups if self._indicators.networks else ():
            for address in lookup.addresses:
                for relation in self._listed_addresses(address):
                    yield _Match(relation, host_name(address) or address, _seen((), (), lookup))

    def _on_others(self) -> Iterator[_Match]:
        for relation, contact in self._others.values():
            yield _Match(relation, contact.name, _seen([contact]))
        if self._app and (listed := self._indicators.apps.get(app_id(self._app) or "")):
            yield _Match(Relation("is the app", listed), self._app, Seen())


def _remember(table: dict[str, _Contact], key: str, contact: _Contact) -> _Contact:
    # Of names without end that all lie under a listed domain, more than are ever shown need not be kept either.
    most = 2 * MAX_REMEMBERED if contact.listed else MAX_REMEMBERED
    if len(table) < most and len(key) <= _LONGEST_HOST:
        table[key] = contact
    return contact


def _by_name(table: dict[str, _Contact]) -> dict[str, list[_Contact]]:
    """Contacts by the one form of a name that captures may spell in several."""
    named: dict[str, list[_Contact]] = {}
    for contact in table.values():
        named.setdefault(contact.name, []).append(contact)
    return named


def _seen(contacts: Iterable[_Contact], lost: Iterable[Unread] = (), lookup: NameLookup | None = None) -> Seen:
    contacts, lost = list(contacts), list(lost)
    return Seen(
        requests=sum(contact.count for contact in contacts),
        exchanges=tuple(sorted(index for contact in contacts for index in contact.exchanges)[:_EXCHANGES]),
        unread=sum(one.count for one in lost),
        reasons=tuple(one.reason for one in lost),
        lookup=lookup,
    )
