"""The names that a capture shows being looked up in DNS: made comparable, merged by name, bounded."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from itertools import islice

from analyzer.model import NameLookup

NAMES_KEPT = 10_000
CHAIN_KEPT = 32
"""CNAME records that are followed from one name; resolvers give up after fewer."""
ADDRESSES_KEPT = 16
_READ = 256
"""So many items of a list are looked at; more of them are no answer of a resolver."""

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
"""RFC 1035, with the underscore that service names and many hosts of CDNs carry (RFC 8552)."""
_LONGEST = 1024


def host_name(text: object) -> str | None:
    """A host name as it travels: lower case, without the final dot, Punycode; None for anything that is none."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    name = text.strip().removesuffix(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if _NAME.fullmatch(name) else None


def follow(name: str, canonical: Mapping[str, str]) -> tuple[str, ...]:
    """The chain from a name through CNAME records (alias to canonical name), cut where it would come back on itself."""
    chain: list[str] = []
    while (following := canonical.get(chain[-1] if chain else name)) and len(chain) < CHAIN_KEPT:
        if following == name or following in chain:
            break
        chain.append(following)
    return tuple(chain)


class Lookups:
    """Look-ups merged by name: the first with aliases, else with addresses, gives the source; addresses are united."""

    def __init__(self) -> None:
        self._found: dict[str, NameLookup] = {}

    def add(self, name: object, source: str, aliases: Iterable[object] = (), addresses: Iterable[object] = ()) -> None:
        """Adds one; aliases in the order of their chain. What is no name or no address is left out."""
        normal = host_name(name)
        if normal is None or (normal not in self._found and len(self._found) >= NAMES_KEPT):
            return
        chain: dict[str, None] = dict.fromkeys(filter(None, map(host_name, islice(aliases, _READ))))
        chain.pop(normal, None)
        known = tuple(dict.fromkeys(filter(None, map(_address, islice(addresses, _READ)))))[:ADDRESSES_KEPT]
        new = NameLookup(name=normal, source=source, aliases=tuple(chain)[:CHAIN_KEPT], addresses=known)
        old = self._found.get(normal)
        self._found[normal] = _merged(old, new) if old else new

    def merged(self) -> tuple[NameLookup, ...]:
        """All of them, sorted by name."""
        return tuple(found for _, found in sorted(self._found.items()))


def _merged(old: NameLookup, new: NameLookup) -> NameLookup:
    # An A and an AAAA query give the same chain; a query that stayed without answer says nothing of it.
    first = new if _says(new) > _says(old) else old
    both = tuple(dict.fromkeys((*old.addresses, *new.addresses)))
    return NameLookup(name=old.name, source=first.source, aliases=first.aliases, addresses=both[:ADDRESSES_KEPT])


def _says(lookup: NameLookup) -> tuple[bool, bool]:
    return bool(lookup.aliases), bool(lookup.addresses)


def _address(text: object) -> str | None:
    try:
        return str(ip_address(text.partition("%")[0])) if isinstance(text, str) else None
    except ValueError:
        return None
