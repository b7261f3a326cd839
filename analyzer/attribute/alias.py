"""Names that a host was an alias of, by the DNS answers in the capture (CNAME), which may belong to someone else."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from analyzer.attribute.domain import normal_host
from analyzer.model import NameLookup

_MAX_CHAIN = 32


class AliasChain(Struct, frozen=True):
    """The aliases of a host in order, and where the capture shows them."""

    names: tuple[str, ...]
    source: str


class Aliases:
    """Chains of aliases by host; a chain that goes on in another answer is followed."""

    def __init__(self, lookups: Iterable[NameLookup] = ()) -> None:
        self._lookups: Mapping[str, NameLookup] = {lookup.name: lookup for lookup in lookups if lookup.aliases}

    def of(self, host: str) -> AliasChain | None:
        """What a host was an alias of; None where the capture does not show that it was one."""
        name = normal_host(host)
        first = self._lookups.get(name)
        if first is None:
            return None
        chain = list(first.aliases)
        while (further := self._lookups.get(chain[-1])) and len(chain) < _MAX_CHAIN:
            fresh = [alias for alias in further.aliases if alias not in chain and alias != name]
            if not fresh:
                break
            chain += fresh
        return AliasChain(tuple(chain), first.source)
