"""Which identifiers several recipients know: who handed them out, who was sent them, and where that is seen."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from analyzer.detect.shared_ids import HandedOut, Known, Sent
from analyzer.english import listed
from analyzer.model import Location
from analyzer.report.masking import HIDDEN, Masking
from analyzer.reported import Assigner, Receiver, Recipient, SharedIdentifier
from analyzer.taxonomy import Taxonomy

MAX_SHARED = 500
MAX_RECEIVERS = 100
MAX_TOLD = 4
"""Hosts that the sentence of evidence names."""
SHOWN_VALUE_CHARS = 200
HANDED_OUT = "Server-made identifier"
PASSED_ON = "Identifier passed on by a server"
LOCATION_WORDS: Mapping[Location, str] = {"path": "URL path", "message": "WebSocket message", "host": "host name"}


class Shared:
    """The identifiers that several recipients know, out of those that several hosts know."""

    def __init__(
        self, recipients: Sequence[Recipient], taxonomy: Taxonomy, masking: Masking | None, known: Iterable[Known]
    ) -> None:
        """Values and names are shown where there is no `masking`."""
        self._recipient_of = {to.host: recipient for recipient in recipients for to in recipient.destinations}
        self._taxonomy = taxonomy
        self._masking = masking
        self.returned = 0
        """Values that went back to other hosts of the recipient that handed them out, and to no other."""
        found: list[tuple[Known, list[Recipient]]] = []
        for identifier in known:
            knowing = self._knowing(identifier)
            if len(knowing) > 1:
                found.append((identifier, knowing))
            else:
                self.returned += identifier.origin is not None and not identifier.origin.is_echo
        found.sort(key=lambda each: (-len(each[1]), not each[0].data_types, min(_exchanges(each[0]))))
        self.total = len(found)
        self.identifiers = tuple(
            self._identifier(f"s{number}", *each) for number, each in enumerate(found[:MAX_SHARED], 1)
        )

    def _knowing(self, identifier: Known) -> list[Recipient]:
        origin = identifier.origin
        hosts = [origin.host] if origin and not origin.is_echo else []
        hosts += identifier.hosts
        found = {to.id: to for host in hosts if (to := self._recipient_of.get(host))}
        return list(found.values())

    def _identifier(self, anchor: str, identifier: Known, knowing: Sequence[Recipient]) -> SharedIdentifier:
        data_types = tuple(identifier.data_types)
        receivers = [
            self._receiver(to, sent)
            for sent in islice(identifier.hosts.values(), MAX_RECEIVERS)
            if (to := self._to(sent.host))
        ]
        origin = identifier.origin
        assigner = None
        if origin and not origin.is_echo and (to := self._to(origin.host)):
            assigner = Assigner(
                recipient=to.id, name=to.name, host=origin.host, exchange=origin.exchange, where=self._where(origin)
            )
        return SharedIdentifier(
            id=anchor,
            masked_value=self._value(identifier.value, data_types),
            data_types=data_types,
            label=self._taxonomy.get(data_types[0]).label if data_types else HANDED_OUT if assigner else PASSED_ON,
            assigner=assigner,
            receivers=tuple(receivers),
            recipients=tuple(to.id for to in knowing),
            names=tuple(to.name for to in knowing),
            count=identifier.count,
            evidence=self._evidence(assigner, receivers, origin, len(identifier.hosts) - len(receivers)),
        )

    def _to(self, host: str) -> Recipient | None:
        return self._recipient_of.get(host)

    def _receiver(self, to: Recipient, sent: Sent) -> Receiver:
        path = sent.path
        if self._masking is not None:
            path = HIDDEN if sent.path_holds_value else self._masking.path(path)
        return Receiver(
            recipient=to.id,
            name=to.name,
            host=sent.host,
            location=sent.location,
            path=path,
            exchange=sent.exchange,
            count=sent.count,
        )

    def _value(self, value: str, data_types: Sequence[str]) -> str:
        if self._masking is None:
            return value[:SHOWN_VALUE_CHARS]
        masked = self._taxonomy.mask(data_types[0] if data_types else "id.other", value)
        return HIDDEN if self._masking.holds_secret(masked) else masked

    def _where(self, origin: HandedOut) -> str:
        name = origin.received.name
        return f"{origin.received.where} {self._masking.path(name) if self._masking else name}".strip()

    def _evidence(
        self, assigner: Assigner | None, receivers: Sequence[Receiver], origin: HandedOut | None, more: int
    ) -> str:
        told = [f"to {to.host} in request {to.exchange} ({_place(to)})" for to in receivers[:MAX_TOLD]]
        if rest := len(receivers) + more - len(told):
            told.append(f"to {rest:,} more {'host' if rest == 1 else 'hosts'}")
        if assigner:
            text = (
                f"First seen in the answer of {assigner.host} to request {assigner.exchange} ({assigner.where}), "
                f"then sent {listed(told)}"
            )
        else:
            text = f"Sent {listed(told)}"
        if origin and origin.is_echo:
            text += f"; the answer of {origin.host} to request {origin.exchange} passed it on ({self._where(origin)})"
        return f"{text}."


def _exchanges(identifier: Known) -> Iterable[int]:
    return (sent.exchange for sent in identifier.hosts.values())


def _place(receiver: Receiver) -> str:
    return f"{LOCATION_WORDS.get(receiver.location, receiver.location)} {receiver.path}".strip()
