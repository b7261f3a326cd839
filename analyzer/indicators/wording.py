"""Says what a match with an indicator is, exactly and no more."""

from msgspec import Struct

from analyzer.indicators.indicators import Indicator, Listing
from analyzer.model import NameLookup
from analyzer.reported import IndicatorMatch

_MAX_LISTINGS = 3
_MAX_NAMES = 10


class Relation(Struct, frozen=True):
    """How something observed relates to an indicator."""

    how: str
    """`is the domain`, `is under the domain`, `is in the network`, ..."""
    indicator: Indicator
    by: str = ""
    """What says so, where it is not the request itself: a header, a DNS answer."""
    alias: str = ""
    """The captured alias of the host that the relation holds for, where it is not the host itself."""


class Seen(Struct, frozen=True, kw_only=True):
    """How often and where something was observed."""

    requests: int = 0
    exchanges: tuple[int, ...] = ()
    """The first ten."""
    unread: int = 0
    """Connections that could not be read."""
    reasons: tuple[str, ...] = ()
    lookup: NameLookup | None = None


def describe(anchor: str, relation: Relation, observed: str, seen: Seen, captured: float | None) -> IndicatorMatch:
    """The match as the report holds it; `captured` is when the capture was made, seconds since 1970 UTC."""
    indicator = relation.indicator
    expired = captured is not None and all(listing.until < captured for listing in indicator.listings)
    named = [name for listing in indicator.listings for name in listing.targets or (listing.name,) if name]
    return IndicatorMatch(
        id=anchor,
        kind=indicator.kind,
        indicator=indicator.value,
        observed=observed,
        how=f"has the alias {relation.alias}, which {relation.how}" if relation.alias else relation.how,
        indicates=tuple(dict.fromkeys(named))[:_MAX_NAMES],
        source=_several([_source(listing) for listing in indicator.listings], "; "),
        expired=expired,
        count=seen.requests + seen.unread or 1,
        exchanges=seen.exchanges,
        sentence=_sentence(relation, observed, seen, expired),
    )


def _sentence(relation: Relation, observed: str, seen: Seen, expired: bool) -> str:
    indicator = relation.indicator
    # The value is repeated only where it is another than what stands before.
    value = "" if indicator.value == (relation.alias or observed) else f" {indicator.value}"
    lists = _several([_lists(listing) for listing in indicator.listings], ", and ")
    alias = f", which has the alias {relation.alias} ({relation.by})" if relation.alias else ""
    text = f"{_event(relation, observed, seen)}{alias}, which {relation.how}{value} that {lists}."
    if expired:
        until = max(listing.until_day for listing in indicator.listings)
        text += f" It was vouched for until {until}, before the capture."
    one = len(indicator.listings) == 1
    return f"{text} The {'list names' if one else 'lists name'} it; that is all this says."


def _event(relation: Relation, observed: str, seen: Seen) -> str:
    requests = f"Request {seen.exchanges[0]}" if seen.exchanges else ""
    if seen.requests > 1:
        requests += f" and {seen.requests - 1:,} more"
    match relation.indicator.kind:
        case "app" if not requests:
            return f"The app under analysis is {observed}"
        case "app":
            verb = "names" if seen.requests == 1 else "name"
            return f"{requests} {verb} the app {observed} in {relation.by}"
        case "certificate":
            verb = "was" if seen.requests == 1 else "were"
            return f"{requests} {verb} answered with the certificate {observed}"
    if requests:
        return f"{requests} went to {observed}"
    if seen.unread:
        connections = "A connection" if seen.unread == 1 else f"{seen.unread:,} connections"
        return f"{connections} that could not be read ({_several(list(seen.reasons), ', ')}) went to {observed}"
    assert seen.lookup, "what is matched was observed"
    if relation.indicator.kind == "address":
        return f"DNS answered {seen.lookup.name} with {observed} ({seen.lookup.source})"
    return f"DNS was asked for {observed} ({seen.lookup.source})"


def _lists(listing: Listing) -> str:
    text = f"{listing.file} ({', '.join(_origin(listing))}) lists"
    if listing.targets:
        return f"{text} for {' and '.join(listing.targets)}"
    return f"{text} as {listing.name}" if listing.name else text


def _source(listing: Listing) -> str:
    return ", ".join((listing.file, *_origin(listing)))


def _origin(listing: Listing) -> list[str]:
    return [listing.id, *([f"created {listing.day}"] if listing.day else [])]


def _several(texts: list[str], between: str) -> str:
    more = len(texts) - _MAX_LISTINGS
    return between.join([*texts[:_MAX_LISTINGS], *([f"{more:,} more"] if more > 0 else [])])
