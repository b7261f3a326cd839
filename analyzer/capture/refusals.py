"""Connections that a recorder could not read: the words for the reason, and when silence looks like pinning."""

from collections.abc import Iterator
from types import MappingProxyType

from analyzer.capture.record import Refused
from analyzer.capture.recorded_text import line

SILENT = 2
"""Connections to a host that were opened and left silent, before that looks like pinning: one may be a preconnect."""
HOSTS = 100_000
SILENCES = 20_000
"""Silent connections that are remembered; a session has a few hundred at most."""

REASONS = MappingProxyType(
    {
        "refused by client": "the app did not accept the recorder's certificate",
        "suspected pinning": "the app finished the handshake and then sent nothing, as apps that pin may do",
        "refused by server": "the server broke the handshake off, or its certificate is not trusted",
        "passed through": "the recorder was told to leave it alone",
        "failed": "the connection could not be opened",
        "raw": "it spoke no protocol that is known here",
    }
)

Refusal = tuple[str, str, Refused]
"""Host, reason in words, and the record that says so."""


class Refusals:
    """Holds silent connections back until the whole session is known."""

    def __init__(self) -> None:
        self._reached: set[str] = set()
        self._silent: dict[str, list[Refused]] = {}
        self._count = 0

    def reached(self, host: str) -> None:
        """Something was read of a host."""
        if len(self._reached) < HOSTS:
            self._reached.add(host)

    def of(self, record: Refused) -> Refusal | None:
        """What a record says; None of a silent connection, which `silent` may tell of."""
        if record.kind != "suspected pinning":
            return _refusal(record)
        if self._count < SILENCES:
            self._count += 1
            self._silent.setdefault(_host(record), []).append(record)
        return None

    def silent(self) -> Iterator[Refusal]:
        """Of hosts that let the handshake finish and then got nothing: again and again, and never anything else."""
        for host, seen in self._silent.items():
            if len(seen) >= SILENT and host not in self._reached:
                yield from map(_refusal, seen)


def _host(record: Refused) -> str:
    return record.host or record.address or "unknown host"


def _refusal(record: Refused) -> Refusal:
    told = f" ({record.reason})" if record.reason else ""
    return line(_host(record)), line(REASONS[record.kind] + told), record
