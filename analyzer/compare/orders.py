"""In which ways one transmission is worse than another: plain, earlier, outside TLS, to a third party, elsewhere."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from analyzer.compare.observation import Observed
from analyzer.compare.observe import NO_ADDRESS, UNKNOWN
from analyzer.countries import in_country

PLAIN = "plain"
HASHED = ".hashed"
"""How the ids of data types end that are the hash of another."""
_PHASES = {
    "launch": (3, "at launch"),
    "before-consent": (2, "before consent"),
    "after-reject": (1, "after a refusal"),
    "after-accept": (0, "after consent"),
}
_PARTIES = {"first": (0, "the app's own servers"), "third": (1, "a third party")}


class Order(NamedTuple):
    """One way in which transmissions are worse or better."""

    rank: Callable[[Observed], int | None]
    """The higher the worse; None where that cannot be said."""
    said: Callable[[Observed], str]

    def is_worse(self, one: Observed, other: Observed) -> bool:
        """Whether the one is worse than the other, as far as can be said of both."""
        rank, least = self.rank(one), self.rank(other)
        return rank is not None and least is not None and rank > least


def is_plain(one: Observed) -> bool:
    """Whether the recipient gets the datum itself, not a hash or another derivation of it."""
    return one.key.transform == PLAIN and not one.key.data_type.endswith(HASHED)


def _phase_rank(one: Observed) -> int | None:
    # What comes after the screens of consent (logged-in, a phase of the user's) is as late as an answer.
    return _PHASES.get(one.key.phase, (0, ""))[0] if one.key.phase else None


def _phase_said(one: Observed) -> str:
    known = _PHASES.get(one.key.phase)
    return known[1] if known else f"in the phase {one.key.phase}"


def _form_said(one: Observed) -> str:
    return PLAIN if is_plain(one) else "hashed" if one.key.transform == PLAIN else one.key.transform


ORDERS = (
    Order(is_plain, _form_said),
    Order(_phase_rank, _phase_said),
    Order(lambda one: not one.secure, lambda one: "inside TLS" if one.secure else "outside TLS"),
    Order(
        lambda one: _PARTIES[one.party][0] if one.party in _PARTIES else None,
        lambda one: f"to {_PARTIES[one.party][1]}",
    ),
)


def ways(one: Observed, other: Observed) -> list[Order]:
    """In which ways the one is worse than the other; nothing of the place."""
    return [order for order in ORDERS if order.is_worse(one, other)]


def worst_of(items: Iterable[Observed]) -> list[tuple[Order, Observed]]:
    """For each order the worst of the items; none for an order in which nothing can be said of them."""
    items = list(items)
    found = []
    for order in ORDERS:
        ranked = [(rank, one.key, one) for one in items if (rank := order.rank(one)) is not None]
        if ranked:
            found.append((order, max(ranked, key=lambda each: each[:2])[2]))
    return found


def worse_than_all(one: Observed, worst: Iterable[tuple[Order, Observed]]) -> list[tuple[Order, Observed]]:
    """In which ways `one` is worse than the `worst_of` others, and than which; nothing of the place."""
    return [(order, other) for order, other in worst if order.is_worse(one, other)]


def is_known(place: str) -> bool:
    """Whether a server location says something; no address and an unknown one do not."""
    return place not in (UNKNOWN, NO_ADDRESS)


def places_of(items: Iterable[Observed]) -> frozenset[str]:
    """The server locations that are known."""
    return frozenset(one.key.location for one in items if is_known(one.key.location))


def is_elsewhere(one: Observed, places: Collection[str]) -> bool:
    """Whether its server stands where none of `places` is; False where either is not known."""
    return bool(places) and is_known(one.key.location) and one.key.location not in places


def place_said(place: str, countries: Mapping[str, str]) -> str:
    """A server location in words, to follow *a server*."""
    if place == "edge":
        return "on an edge network (origin unknown)"
    return f"at a {place}" if place == "private address" else f"in {in_country(place, countries)}"
