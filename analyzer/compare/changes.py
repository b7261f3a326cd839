"""All differences between two builds: what is new, worsened, gone or better; one change a fact."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from analyzer.compare.observation import Change, ChangeKind, Comparison, Key, Observations, Observed
from analyzer.compare.observe import joined, runs_of
from analyzer.compare.orders import (
    HASHED,
    Order,
    is_elsewhere,
    is_known,
    place_said,
    places_of,
    ways,
    worse_than_all,
    worst_of,
)
from analyzer.compare.recipients import owners_known, with_names
from analyzer.countries import load_countries

PLACES_SHOWN = 10
type Family = tuple[str, str]
"""Data type, hashed or not, and recipient: who was known to receive it."""


class _Side:
    """What one build was seen to transmit of one family, in the forms that others are compared with it by."""

    def __init__(self, items: Sequence[Observed], runs: int) -> None:
        self.items = {one.key: one for one in items}
        self.runs = runs
        """Of the build."""
        self.places = places_of(items)
        self.first_places = sorted(self.places)[:PLACES_SHOWN]
        self.worst = worst_of(items)
        self.elsewhere: dict[Key, Observed] = {}
        """By key without the place."""
        self.nowhere: set[Key] = set()
        """Keys without the place of those whose place is not known."""
        for one in items:
            self.elsewhere.setdefault(_placeless(one), one)
            if not is_known(one.key.location):
                self.nowhere.add(_placeless(one))
        self._often: dict[object, int] = {}

    @property
    def comes_by_chance(self) -> bool:
        """Whether in some of the runs nothing of the family was seen, in whatever form, phase and place."""
        return self._counted("any", lambda each: True) < self.runs

    def is_chance(self, one: Observed, worse: Iterable[tuple[Order, Observed]], places: Collection[str]) -> bool:
        """Whether what an item shows was seen in some of the runs only.

        What it is `worse` in than others, and that its server is at none of the `places` (where they are not empty),
        other items may show in the other runs: the same thing, at another moment or another place.
        """
        counts = [one.runs, *(self._runs_worse(order, other) for order, other in worse)]
        if is_elsewhere(one, places):
            counts.append(self._counted("place", lambda each: is_elsewhere(each, places)))
        return max(counts) < self.runs

    def _runs_worse(self, order: Order, other: Observed) -> int:
        return self._counted((order, order.rank(other)), lambda each: order.is_worse(each, other))

    def _counted(self, what: object, shows: Callable[[Observed], bool]) -> int:
        """In how many runs the items that show something were seen; counted once, for a family may be large."""
        if what not in self._often:
            self._often[what] = runs_of(filter(shows, self.items.values()))
        return self._often[what]

    def may_hold(self, one: Observed) -> bool:
        """Whether an item differs in its place only, and the place of one of both is not known: then nothing is."""
        return _placeless(one) in (self.nowhere if is_known(one.key.location) else self.elsewhere)

    def nearest(self, one: Observed) -> Observed:
        """The one that has the most in common with it."""
        return self.elsewhere.get(_placeless(one)) or next(iter(self.items.values()))


# Transmissions that are gone are paired with new ones, those first that have the most in common.
_IN_COMMON = (
    (True, True, False),
    (True, False, True),
    (False, True, True),
    (True, False, False),
    (False, True, False),
    (False, False, True),
    (False, False, False),
)
"""Phase, place, form."""


def compare(before: Observations, after: Observations, *, names_too: bool = False) -> Comparison:
    """Every difference between two builds, the gravest first. `compare(a, a)` has none.

    `new` and `gone` are of recipients that did not receive the data type, or of other forms and phases of it.
    `worsened` is what a known recipient of it receives otherwise than before: plain for derived, in an earlier phase
    (launch < before consent < an answer; after a refusal < after consent), outside TLS, as a third party, or at a
    server in another country. `better` is its mirror; what is worse in one way and better in another, or moved from
    one country to another, is worsened. Phases are compared where both builds have some, and places that are known.

    Transmissions that only the name of a field tells of (evidence `key`) are left out unless `names_too`. A recipient
    whose owner only one build knows is no other recipient: see `recipients.py`.
    """
    owners = owners_known(before, after)
    before, after = with_names(before, owners), with_names(after, owners)
    old, new = before.items, after.items
    if not (_has_phases(before) and _has_phases(after)):
        old, new = _without_phases(old), _without_phases(new)
    if not names_too:
        proven = {one.key for one in (*old, *new) if one.evidence != "key"}  # in one build is enough
        old, new = (tuple(one for one in items if one.key in proven) for items in (old, new))
    olds, news, countries = _families(old), _families(new), load_countries()
    changes = [
        change
        for family in olds.keys() | news.keys()
        for change in _changes(_Side(olds[family], before.runs), _Side(news[family], after.runs), countries)
    ]
    return Comparison(before=before, after=after, changes=tuple(sorted(changes, key=_gravity)), owners=owners)


def _told(change: Change) -> Observed:
    """The item that a change is about: what came, or what went."""
    told = change.after if change.kind in ("new", "worsened") else change.before
    assert told is not None
    return told


def _gravity(change: Change) -> tuple[bool, bool, int, bool, Key, str]:
    told = _told(change)
    went = change.kind in ("gone", "better")
    return went, change.is_flaky, -told.sensitivity, told.party == "first", told.key, change.kind


def _families(items: Sequence[Observed]) -> defaultdict[Family, list[Observed]]:
    families: defaultdict[Family, list[Observed]] = defaultdict(list)
    for one in items:
        families[one.key.data_type.removesuffix(HASHED), one.key.recipient].append(one)
    return families


def _has_phases(build: Observations) -> bool:
    return not build.items or any(one.key.phase for one in build.items)


def _without_phases(items: Sequence[Observed]) -> tuple[Observed, ...]:
    """The items as a build without marked phases would have them."""
    found: dict[Key, Observed] = {}
    for one in items:
        key = replace(one.key, phase="")
        known = found.get(key)
        one = replace(one, key=key)
        found[key] = one if known is None else joined(known, one, runs_of((known, one)))
    return tuple(found.values())


def _changes(before: _Side, after: _Side, countries: Mapping[str, str]) -> Iterator[Change]:
    for key in before.items.keys() & after.items.keys():
        yield from _moved(before.items[key], after.items[key], before, after, countries)
    went = dict.fromkeys(sorted(before.items.keys() - after.items.keys()))
    came = dict.fromkeys(sorted(after.items.keys() - before.items.keys()))
    for old, new in _pairs(went, came):
        if found := list(_moved(before.items[old], after.items[new], before, after, countries)):
            yield from found
            del went[old], came[new]
    for key in came:
        yield from _came(after.items[key], before, after, countries)
    for key in went:
        yield from _went(before.items[key], before, after, countries)


def _pairs(went: Iterable[Key], came: Iterable[Key]) -> list[tuple[Key, Key]]:
    """Each with the one of the others that it has the most in common with; the same pairs for swapped arguments."""
    pairs: list[tuple[Key, Key]] = []
    left, right = dict.fromkeys(went), dict.fromkeys(came)
    for phase, place, form in _IN_COMMON:
        waiting: defaultdict[object, deque[Key]] = defaultdict(deque)

        def common(key: Key, phase: bool = phase, place: bool = place, form: bool = form) -> object:
            return phase and key.phase, place and key.location, form and (key.data_type, key.transform)

        for key in right:
            waiting[common(key)].append(key)
        for key in list(left):
            if partners := waiting.get(common(key)):
                partner = partners.popleft()
                pairs.append((key, partner))
                del left[key], right[partner]
    return pairs


def _moved(old: Observed, new: Observed, before: _Side, after: _Side, countries: Mapping[str, str]) -> Iterator[Change]:
    """What became of a transmission that is another one now; nothing where it is neither worse nor better."""
    worse, less = ways(new, old), ways(old, new)
    worsened, better = (
        [f"now {order.said(new)} instead of {order.said(old)}" for order in found] for found in (worse, less)
    )
    if old.key.location != new.key.location:
        came, went = _new_place(new, before, countries), _gone_place(old, after, countries)
        if came and went:
            places = [place_said(one.key.location, countries) for one in (new, old)]
            worsened.append(f"now a server {places[0]} instead of {places[1]}")
        else:
            worsened, better = worsened + came, better + went
    if worsened:
        is_chance = after.is_chance(new, [(order, old) for order in worse], before.places)
        yield _change("worsened", old, new, worsened + [f"but {way}" for way in better], is_chance)
    elif better:
        is_chance = before.is_chance(old, [(order, new) for order in less], after.places)
        yield _change("better", old, new, better, is_chance)


def _came(one: Observed, before: _Side, after: _Side, countries: Mapping[str, str]) -> Iterator[Change]:
    """What came without another in its place having gone."""
    if not before.items:
        why = ["this recipient was not seen to receive it before"]
        yield _change("new", None, one, why, after.comes_by_chance)
        return
    worse = worse_than_all(one, before.worst)
    why = [f"now also {order.said(one)}, not only {order.said(worst)}" for order, worst in worse]
    why += _new_place(one, before, countries)
    is_chance = after.is_chance(one, worse, before.places)
    if why:
        yield _change("worsened", worse[0][1] if worse else before.nearest(one), one, why, is_chance)
    elif not before.may_hold(one):
        yield _change("new", None, one, ["known to this recipient, but not in this form, phase and place"], is_chance)


def _went(one: Observed, before: _Side, after: _Side, countries: Mapping[str, str]) -> Iterator[Change]:
    """What went without another in its place: the mirror of what came."""
    if not after.items:
        why = ["this recipient was not seen to receive it any more"]
        yield _change("gone", one, None, why, before.comes_by_chance)
        return
    worse = worse_than_all(one, after.worst)
    why = [f"no longer {order.said(one)}, only {order.said(worst)}" for order, worst in worse]
    why += _gone_place(one, after, countries)
    is_chance = before.is_chance(one, worse, after.places)
    if why:
        yield _change("better", one, worse[0][1] if worse else after.nearest(one), why, is_chance)
    elif not after.may_hold(one):
        yield _change("gone", one, None, ["this recipient receives it in another form, phase or place"], is_chance)


def _placeless(one: Observed) -> Key:
    return replace(one.key, location="")


def _new_place(one: Observed, before: _Side, countries: Mapping[str, str]) -> list[str]:
    if not is_elsewhere(one, before.places):
        return []
    return [f"a server {place_said(one.key.location, countries)} is new (before: {_list(before, countries)})"]


def _gone_place(one: Observed, after: _Side, countries: Mapping[str, str]) -> list[str]:
    if not is_elsewhere(one, after.places):
        return []
    return [f"no server {place_said(one.key.location, countries)} any more (now: {_list(after, countries)})"]


def _list(side: _Side, countries: Mapping[str, str]) -> str:
    more = len(side.places) - len(side.first_places)
    shown = ", ".join(place_said(place, countries) for place in side.first_places)
    return f"{shown} and {more:,} more" if more else shown


def _change(kind: ChangeKind, before: Observed | None, after: Observed | None, why: list[str], flaky: bool) -> Change:
    text = "; ".join(why)
    return Change(kind=kind, before=before, after=after, why=f"{text[:1].upper()}{text[1:]}.", is_flaky=flaky)
