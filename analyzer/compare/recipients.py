"""Recipients whose owner one of two builds knows and the other does not: tables of owners grow between versions.

Such a recipient is called by its registrable domain in the one build, and by its owner in the other. Nobody new
receives anything by that, so both builds are compared with the owner's name.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from analyzer.compare.observation import Key, Observations, Observed
from analyzer.compare.observe import joined, runs_of

MAX_LABELS = 20
"""Of a host that are looked at, from its first on; hostile ones have hundreds."""


def owners_known(before: Observations, after: Observations) -> Mapping[str, str]:
    """Registrable domains that one build has as recipients, and the owner that the other knows their hosts by.

    Not where it cannot be told: where the other build has the domain as a recipient too, where several owners have
    hosts of it, or where the owner already received something there in the build that has the domain as a recipient.
    """
    sides = [_Hosts(build) for build in (before, after)]
    found: dict[str, str] = {}
    for ours, theirs in (sides, reversed(sides)):
        for name in ours.domains - theirs.of.keys():
            owners = {one for host in ours.of[name] for one in theirs.near(host)} - theirs.domains
            if len(owners) == 1 and (owner := owners.pop()) not in ours.near(name):
                found[name] = owner
    return dict(sorted(found.items()))


def with_names(build: Observations, names: Mapping[str, str]) -> Observations:
    """The build with recipients called as `names` says; what then has the same key is one."""
    items: dict[Key, Observed] = {}
    for one in build.items:
        one = replace(one, key=named(one.key, names))
        known = items.get(one.key)
        items[one.key] = one if known is None else joined(known, one, runs_of((known, one)))
    return replace(build, items=tuple(one for _, one in sorted(items.items())))


def named(key: Key, names: Mapping[str, str]) -> Key:
    """The key with its recipient called as `names` says."""
    return replace(key, recipient=names.get(key.recipient, key.recipient))


class _Hosts:
    """The hosts of a build's recipients, found again by their names and by what those stand under."""

    def __init__(self, build: Observations) -> None:
        self.of: dict[str, set[str]] = {}
        """By recipient."""
        self._at: dict[str, set[str]] = {}
        """Recipients by host."""
        self._under: dict[str, set[str]] = {}
        """Recipients by each name that a host of theirs stands under, its own among them."""
        for one in build.items:
            recipient = one.key.recipient
            for host in set(one.hosts) - self.of.setdefault(recipient, set()):
                self.of[recipient].add(host)
                self._at.setdefault(host, set()).add(recipient)
                for name in _names_over(host):
                    self._under.setdefault(name, set()).add(recipient)
        self.domains = {name for name in self.of if name in self._under.get(name, ())}
        """Recipients that are called by their domain, for their owner is not known."""

    def near(self, name: str) -> set[str]:
        """Recipients with this host, or with one under it or over it: a baseline keeps registrable names only."""
        over = (self._at.get(one, set()) for one in _names_over(name))
        return self._under.get(name, set()).union(*over)


def _names_over(host: str) -> Iterator[str]:
    """The host, and each name that it stands under."""
    labels = host.split(".")
    return (".".join(labels[start:]) for start in range(min(len(labels), MAX_LABELS)))
