"""Identifiers that reach several hosts: those that detectors recognise, and values that a server handed out."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from analyzer.detect.received import Received, looks_random, names_somebody, names_something, received
from analyzer.model import Exchange, Field, Finding, Location

MAX_HANDED_OUT = 20_000
"""Values that are remembered of those that servers handed out."""
MAX_SENT = 10_000
"""Identifiers that are remembered of those that one host was sent so far; beyond, the oldest is forgotten."""
MAX_KNOWN = 5_000
MAX_LINKS = 50_000
"""Pairs of an identifier and a host that it was sent to, for all identifiers together."""
MAX_PATH = 200
MIN_CHARS, MAX_CHARS = 8, 512
MIN_DISTINCT = 5
MIN_SECRET = 5
"""Characters; shorter values are part of ordinary names."""


class Sent(Struct, gc=False):
    """The first place at which a host was sent a value, and how often it has been since."""

    host: str
    exchange: int
    location: Location
    path: str
    data_type: str
    """Empty where no detector recognised it."""
    path_holds_value: bool
    """Whether the path holds a value that was found beside it, which a masked report must not show."""
    count: int = 1


class HandedOut(Struct, frozen=True, gc=False):
    """A value that a host handed out in its answer to an exchange."""

    host: str
    exchange: int
    received: Received
    is_echo: bool
    """Whether the request already held it: the host passes it on, and another one made it."""


class Known:
    """An identifier that was sent to several hosts, or to another than the one that handed it out."""

    __slots__ = ("count", "data_types", "hosts", "origin", "value")

    def __init__(self, value: str, origin: HandedOut | None) -> None:
        self.value = value
        self.origin = origin
        self.data_types: dict[str, None] = {}
        """What detectors took it for, in the order in which they did."""
        self.hosts: dict[str, Sent] = {}
        self.count = 0

    def add(self, sent: Sent) -> None:
        """Count that the value was sent, to a host that is new or not."""
        if sent.data_type:
            self.data_types.setdefault(sent.data_type)
        self.count += sent.count
        before = self.hosts.setdefault(sent.host, sent)
        if before is not sent:
            before.count += sent.count


class _Moment:
    """One exchange while it is looked at."""

    def __init__(self, host: str, exchange: int, findings: Sequence[Finding]) -> None:
        self.host, self.exchange, self._findings = host, exchange, findings

    @cached_property
    def _values(self) -> list[str]:
        return [finding.value.lower() for finding in self._findings if len(finding.value) >= MIN_SECRET]

    def sent(self, field: Field, data_type: str) -> Sent:
        path = field.path[:MAX_PATH]
        lower = path.lower()
        holds_value = len(path) >= MIN_SECRET and any(value in lower for value in self._values)
        return Sent(self.host, self.exchange, field.location, path, data_type, holds_value)


class SharedIds:
    """Follows identifiers from exchange to exchange.

    Followed are findings of the types `id.*`, and values that a server handed out in a Set-Cookie, a redirect or a
    text where they look random. Of the latter, names that stand for a thing (`apiKey`, `csrf`, `etag`) rule out both
    what is handed out and what is sent; values from redirects and texts must also be named after somebody, on
    either side. A value that the app sent before is not taken for one that the server made. What was recognised once
    by more than a name is found again wherever it is sent.
    """

    def __init__(self) -> None:
        self._handed_out: dict[str, HandedOut] = {}
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        """By the value in one spelling, those that one host was sent so far; the oldest first."""
        self._known: dict[str, Known] = {}
        self._watched: set[str] = set()
        """Values to look for in all fields: what was handed out, and identifiers recognised by more than a name."""
        self._links = 0
        self.passed_over = 0
        """Values and hosts that were not followed because too many were."""

    def add(
        self, exchange: Exchange, host: str, fields: Sequence[Field], findings: Sequence[Finding], text: str
    ) -> bool:
        """Look at one exchange, in capture order; `text` is what its response says.

        Whether the exchange is the first in which some host was sent an identifier that another knows.
        """
        links = self._links
        now = _Moment(host, exchange.index, findings)
        for finding in findings:
            if finding.data_type.startswith("id.") and MIN_CHARS <= len(finding.value) <= MAX_CHARS:
                # A name alone proves nothing of a value: it must look like an identifier, too.
                self._add(now, finding.value, finding.field, finding.data_type, finding.evidence == "key")
        if self._watched and not self._watched.isdisjoint([field.value for field in fields]):
            recognised = {finding.value for finding in findings if finding.data_type.startswith("id.")}
            for field in fields:
                value = field.value
                if value in self._watched and value not in recognised and self._is_identifier(value, field):
                    self._add(now, value, field)
        if exchange.response_headers or text:
            self._remember(now, fields, received(exchange, text))
        return self._links > links

    def known(self) -> Iterator[Known]:
        """The identifiers that two hosts or more know, in the order in which that was seen."""
        return iter(self._known.values())

    def returned(self) -> int:
        """How many values a host handed out that were sent back to it, and to no other."""
        return sum(not origin.is_echo and _canonical(value) in self._sent for value, origin in self._handed_out.items())

    def _add(self, now: _Moment, value: str, field: Field, data_type: str = "", is_weak: bool = False) -> None:
        key = _canonical(value)
        before = self._sent.get(key)
        if before is not None and before.host == now.host:
            before.count += 1
            return
        known = self._known.get(key)
        if known is not None:
            self._link(known, now.sent(field, data_type))
            return
        origin = self._handed_out.get(value)
        if before is None and (origin is None or origin.host == now.host):
            if len(self._sent) >= MAX_SENT:
                self._sent.popitem(last=False)
                self.passed_over += 1
            self._sent[key] = now.sent(field, data_type)
            if data_type and not is_weak and len(self._watched) < MAX_HANDED_OUT and looks_random(value):
                self._watched.add(value)
        elif len(set(value)) >= MIN_DISTINCT and not (is_weak and not looks_random(value)):
            if len(self._known) >= MAX_KNOWN:
                self.passed_over += 1
                return
            known = self._known[key] = Known(value, origin)
            if before is not None:
                self._link(known, self._sent.pop(key))
            self._link(known, now.sent(field, data_type))

    def _link(self, known: Known, sent: Sent) -> None:
        if sent.host not in known.hosts:
            if self._links >= MAX_LINKS:
                self.passed_over += 1
                return
            self._links += 1
        known.add(sent)

    def _remember(self, now: _Moment, fields: Sequence[Field], found: Sequence[Received]) -> None:
        own = {field.value: field for field in fields} if found else {}
        for each in found:
            value, key = each.value, _canonical(each.value)
            if value in self._handed_out or key in self._known:
                continue
            if len(self._handed_out) >= MAX_HANDED_OUT:
                self.passed_over += 1
                continue
            field = own.get(value)
            is_echo = field is not None
            if field is not None:
                if each.where != "redirect" or field.location != "cookie" or names_something(field.key):
                    continue
                if key not in self._sent:
                    self._add(now, value, field)
            elif key in self._sent:
                continue
            self._handed_out[value] = HandedOut(now.host, now.exchange, each, is_echo)
            self._watched.add(value)

    def _is_identifier(self, value: str, field: Field) -> bool:
        """Whether the names on both sides let a value that is sent pass for an identifier."""
        if names_something(field.key) or field.path == "authorization":
            return False
        origin = self._handed_out.get(value)
        if origin is None:
            return True
        # A short value may be the same by accident: it counts where a detector calls it an identifier, not here.
        if not looks_random(value):
            return False
        handed = origin.received
        if origin.is_echo or handed.where == "cookie" or field.location == "cookie":
            return True
        # In a path it may be the address of what the text told of: an article, a picture.
        return field.location != "path" and (names_somebody(handed.name) or names_somebody(field.key))


def _canonical(value: str) -> str:
    """One spelling for identifiers that differ in letter case and dashes only."""
    return value.lower().replace("-", "")
