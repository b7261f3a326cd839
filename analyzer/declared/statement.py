"""What the maker's documents say, each in the same form, whatever format it came in."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from analyzer.declared.consent import ConsentString, consent_in
from analyzer.declared.wording import Wording
from analyzer.reported import Declaration

Scheme = Literal["play", "apple"]


class Passage(Struct, frozen=True):
    """A sentence of a policy, word for word; line ends and runs of spaces are one space."""

    line: int
    """1-based line of the saved file in which it begins."""
    text: str


class Statement(Struct, frozen=True, kw_only=True):
    """One document of the maker."""

    declaration: Declaration
    scheme: Scheme | None = None
    collected: frozenset[str] = frozenset()
    """Kinds of the scheme."""
    shared: frozenset[str] = frozenset()
    tracking: frozenset[str] = frozenset()
    """Apple: kinds that are used to track."""
    unclear: frozenset[str] = frozenset()
    """Kinds of which the document can be read either way."""
    is_complete: bool = True
    """Whether a kind that it does not name is thereby not declared."""
    encrypted: bool | None = None
    """Whether it says that all data is encrypted on its way."""
    hides_ephemeral: bool = False
    """Whether it leaves out data that is only processed in memory."""
    permissions: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    consent: ConsentString | None = None


class Statements(Struct, frozen=True, kw_only=True):
    """All documents, and the wording that they are compared with the report in."""

    documents: tuple[Statement, ...]
    wording: Wording

    def and_consents(self, seen: "ConsentLog") -> "Statements":
        """These, and the consent strings that were found in the traffic."""
        return replace(self, documents=(*self.documents, *seen.statements()))


class ConsentLog:
    """Collects the consent strings of a capture: each once, with the request that it was first seen in."""

    MAX = 50

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str, ConsentString]] = {}

    def add(self, exchange: int, host: str, fields: Iterable[tuple[str, str]]) -> None:
        """Look at the (name, value) fields of one request."""
        for name, value in fields:
            if len(self._seen) < self.MAX and (found := consent_in(name, value)) is not None:
                self._seen.setdefault(found.sha256, (exchange, host, found))

    def statements(self) -> tuple[Statement, ...]:
        """What they say, the earliest first."""
        return tuple(
            Statement(
                declaration=Declaration(
                    kind="consent string",
                    source=f"request {exchange} to {host}",
                    sha256=found.sha256,
                    date=found.date,
                    note=f"{found.framework}: {found.says}.",
                ),
                is_complete=False,
                consent=found,
            )
            for exchange, host, found in self._seen.values()
        )
