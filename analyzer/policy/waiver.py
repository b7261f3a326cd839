"""A user's decision to set indications of a rule aside for a time, with the reason."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from analyzer.policy.condition import Subject
from analyzer.policy.rule import data_types
from analyzer.taxonomy import Taxonomy


class Waiver(Struct, frozen=True, kw_only=True):
    """It is about what it names; what it leaves empty may be anything."""

    rule: str
    reason: str
    expires: date
    """The last day on which it holds."""
    by: str = ""
    recipient: str = ""
    """Name of the recipient or of an owner of it, in any case; or the registrable domain of the host, by which it was
    called while its owner was not known."""
    host: str = ""
    """The host, or a domain that it is under."""
    data_type: str = ""
    """An id, `prefix.*`, or `@column=value` of the taxonomy."""

    def words(self) -> str:
        """Why, by whom and until when."""
        by = f"by {self.by}, " if self.by else ""
        return f"{self.reason.rstrip('.')} ({by}until {self.expires.isoformat()})"


class Waivers:
    """All waivers, asked by rule and subject."""

    def __init__(self, waivers: Iterable[Waiver], taxonomy: Taxonomy, today: date) -> None:
        self._today = today
        self._of_rule: dict[str, list[tuple[Waiver, frozenset[str]]]] = {}
        # Those that last longest come first, in an order that does not depend on that of the file.
        for waiver in sorted(waivers, key=lambda waiver: (waiver.expires, waiver.words()), reverse=True):
            kinds = data_types((waiver.data_type,) if waiver.data_type else (), taxonomy)
            self._of_rule.setdefault(waiver.rule, []).append((waiver, kinds))

    def of(self, rule: str, subject: Subject) -> tuple[Waiver | None, Waiver | None]:
        """The waiver that holds of this today; or else the one that did last."""
        about = (waiver for waiver, kinds in self._of_rule.get(rule, ()) if _covers(waiver, kinds, subject))
        last = next(about, None)
        return (last, None) if last and last.expires >= self._today else (None, last)


def _covers(waiver: Waiver, kinds: frozenset[str], subject: Subject) -> bool:
    to, group = subject.recipient, subject.group
    domain = subject.destination.domain if subject.destination else None
    names = {name.lower() for name in (to.name, to.owner, to.parent, domain) if name}
    return (
        group.data_type in kinds
        and (not waiver.recipient or waiver.recipient.lower() in names)
        and (not waiver.host or f".{group.host.lower()}".endswith(f".{waiver.host.lower()}"))
    )
