"""Whether a regime on where data may go has anything to say of a capture, before any recipient is looked at."""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from analyzer.countries import in_country
from analyzer.english import listed
from analyzer.errors import ApptellsError
from analyzer.policy.localisation_regime import Regime


class Wanted(Struct, frozen=True, kw_only=True):
    """Whom the user asks about: regimes of other countries and other roles do not apply."""

    jurisdictions: tuple[str, ...] = ()
    """Where the app's users are: ISO 3166-1 alpha-2, `EU` or `EEA`."""
    operator_countries: tuple[str, ...] = ()
    """Where the app's operator is established, ISO 3166-1 alpha-2."""
    roles: tuple[str, ...] = ()
    """What the operator is, as regimes name it: `payment_system_operator`, `regulated_lender`, ..."""
    historical: bool = False
    """Whether drafts that never became law say what they would have said, whatever the day."""
    payment_flow: bool | None = None
    """Whether the capture shows a payment; None leaves it to the data types that were found."""


def check_wanted(wanted: Wanted, regimes: Iterable[Regime], names_of: Mapping[str, str]) -> None:
    """Raises ApptellsError for a country or role that nothing knows: misspelt, it would make every rule silent."""
    known = [regime.applies_if for regime in regimes]
    roles = _folded({role for applies in known for role in applies.roles})
    countries = _folded({*names_of, *(code for applies in known for code in applies.subject_country)})
    for country in (*wanted.jurisdictions, *wanted.operator_countries):
        if not _folded([country]) <= countries:
            raise ApptellsError(
                f"{country[:60]!r} is no country code; give one of ISO 3166-1, such as IN, or EU or EEA."
            )
    for role in wanted.roles:
        if not _folded([role]) <= roles:
            raise ApptellsError(
                f"{role[:60]!r} is no role that a rule knows; they are {', '.join(sorted(roles)).lower()}."
            )


def not_applicable(regime: Regime, wanted: Wanted, day: date | None, names_of: Mapping[str, str]) -> str | None:
    """The sentence that says why the regime does not apply to what is asked; None where it does.

    `day` is that of the capture (UTC), None where it holds no time; `names_of` gives names of country codes.
    """
    if regime.status == "never_law" and not wanted.historical:
        return "This draft never became law; it is asked in a historical replay only."
    applies = regime.applies_if
    if why := _not_asked("users in", "country of users", applies.subject_country, wanted.jurisdictions, names_of):
        return why
    operators = wanted.operator_countries
    if why := _not_asked(
        "operators established in", "operator's country", applies.operator_country, operators, names_of
    ):
        return why
    if why := _not_asked("an operator that is a", "role", applies.roles, wanted.roles, {}):
        return why
    if regime.needs is not None and wanted.payment_flow is False:
        return f"It is about {regime.needs.what}, and you said that the capture shows none."
    if regime.status == "never_law" or day is None:
        return None
    begins = regime.perhaps_begins or regime.begins
    if begins and day.isoformat() < begins:
        earliest = " at the earliest" if regime.perhaps_begins else ""
        return f"It was not in force on {day}, the day of the capture; it applies from {begins}{earliest}."
    if regime.ends and day.isoformat() >= regime.ends:
        return f"It was no longer in force on {day}, the day of the capture; it ended on {regime.ends}."
    return None


def _not_asked(
    whom: str, what: str, needed: tuple[str, ...], given: tuple[str, ...], names_of: Mapping[str, str]
) -> str | None:
    """What to say where none of those that a regime needs was named by the user."""
    if not needed or _folded(needed) & _folded(given):
        return None
    # A set stands before its members: its name says them all.
    shown = needed[:1] if len(needed) > 3 and needed[0] not in names_of and names_of else needed
    allowed = listed((_in_words(name, names_of) for name in shown), 6, "more others", "or")
    asked = f"you named {listed((_in_words(name, names_of) for name in given), 6, 'more others')}"
    return f"It applies to {whom} {allowed}; {asked if given else f'no {what} was named'}."


def _in_words(name: str, names_of: Mapping[str, str]) -> str:
    name = name[:60]
    if not names_of:
        return name.replace("_", " ")
    return in_country(name.upper(), names_of) if name.upper() in names_of else f"the {name}"


def not_settled(regime: Regime, day: date | None) -> str | None:
    """The sentence that says why nothing of the capture could settle the matter; None where it may."""
    if regime.test.kind == "not_testable":
        return "No capture can show what it asks for."
    if regime.status != "never_law":
        if day is None and (regime.begins or regime.ends):
            return "The capture does not say on which day it was made, so it is open whether the rule was in force."
        if day is not None and regime.begins and day.isoformat() < regime.begins:
            named = f"days from {regime.perhaps_begins} to {regime.begins} have been named for its beginning"
            return f"It is not settled whether it was in force on {day}, the day of the capture: {named}."
    if not regime.types:
        return "The data that it is about has not been named by anyone yet."
    return None


def _folded(names: Iterable[str]) -> set[str]:
    return {name.strip().upper().replace("-", "_") for name in names}
