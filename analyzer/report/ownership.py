"""Who owns whom, from the operator of a host up to its ultimate parent: the chains of a recipient, and their words."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from analyzer.countries import in_country
from analyzer.model import Destination, OwnerStep
from analyzer.reported import Recipient


class Source(Struct, frozen=True):
    """Where a statement on a company comes from."""

    is_of_seat: bool
    """Whether it is the source of its seat alone."""
    text: str
    checked: str


class Link(Struct, frozen=True):
    """One company of a chain, with all statements that say the same of it."""

    step: OwnerStep
    """The first of the statements."""
    sources: tuple[Source, ...]
    verified: bool
    """Whether a second source confirms one of the statements."""


class Chain(Struct, frozen=True):
    """The operator first, its ultimate parent last."""

    links: tuple[Link, ...]
    products: tuple[str, ...]
    """What the operator runs at these destinations."""


def chains_of(destinations: Sequence[Destination]) -> tuple[Chain, ...]:
    """Each different chain once, that of the most destinations first; sources alone make no difference."""
    alike: dict[tuple[object, ...], list[Destination]] = {}
    for to in destinations:
        if to.ownership:
            companies = tuple((step.name, step.country, step.since, step.until) for step in to.ownership)
            alike.setdefault(companies, []).append(to)
    return tuple(
        Chain(
            tuple(_link(steps) for steps in zip(*(to.ownership for to in group), strict=True)),
            tuple(dict.fromkeys(to.product for to in group if to.product)),
        )
        for group in sorted(alike.values(), key=len, reverse=True)
    )


def _link(steps: Sequence[OwnerStep]) -> Link:
    sources = [Source(False, step.source, step.checked) for step in steps if step.source]
    told = {source.text for source in sources}
    seats = {step.country_source: step for step in steps if step.country_source not in ("", *told)}
    sources += [Source(True, text, step.checked) for text, step in seats.items()]
    return Link(steps[0], tuple(dict.fromkeys(sources)), any(step.verified for step in steps))


def operated_by(to: Destination, names_of: Mapping[str, str]) -> str:
    """`Adjust GmbH (Germany), owned by AppLovin Corporation (United States)`: the owner must be known.

    Companies between the two are left out and said to be by `ultimately`. `names_of` gives names of country codes.
    """
    steps = to.ownership
    if len(steps) < 2 or steps[0].name == steps[-1].name:
        text = to.owner or ""
        if not steps and to.parent and to.parent != to.owner:
            text += f", owned by {to.parent}"
        return f"{text}, seat in {in_country(to.owner_country, names_of)}" if to.owner_country else text
    owned = "owned by" if len(steps) == 2 else "ultimately owned by"
    return f"{_seated(steps[0], names_of)}, {owned} {_seated(steps[-1], names_of)}"


def seats_of(recipient: Recipient, names_of: Mapping[str, str]) -> list[str]:
    """Companies with their seats, the operators first: `["Adjust GmbH (Germany)", ...]`; empty for unknown owners."""
    steps = [step for to in recipient.destinations for step in to.ownership]
    if steps or not recipient.owner:
        return list(dict.fromkeys(_seated(step, names_of) for step in steps))
    seat = recipient.owner_country
    return [recipient.owner, *([names_of.get(seat, seat)] if seat else [])]


def _seated(step: OwnerStep, names_of: Mapping[str, str]) -> str:
    return f"{step.name} ({names_of.get(step.country, step.country)})" if step.country else step.name
