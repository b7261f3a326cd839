"""Follows the DNS queries that pass a proxy, and writes down what was asked, also where nobody answers."""

import time
from collections.abc import Callable

from mitmproxy import dns

from analyzer.capture.flow import dns_lookups
from analyzer.capture.record import Lookup, Record

UNANSWERED = 5.0
"""Seconds after which a query is written without an answer."""
WAITING = 10_000


class Lookups:
    """Each method is one hook of the proxy. `write` takes the records, `number` gives the index of the next one."""

    def __init__(self, write: Callable[[Record], None], number: Callable[[], int]) -> None:
        self._write, self._number = write, number
        self._open: dict[str, dns.DNSFlow] = {}

    def asked(self, flow: dns.DNSFlow) -> None:
        """A name is asked for."""
        if len(self._open) < WAITING:
            self._open[flow.id] = flow

    def ended(self, flow: dns.DNSFlow) -> None:
        """An answer has come, or never will."""
        self._open.pop(flow.id, None)
        for name, aliases, addresses in dns_lookups(flow):
            self._write(
                Lookup(
                    index=self._number(),
                    time=flow.request.timestamp or time.time(),
                    name=name,
                    answered=flow.response is not None,
                    aliases=aliases,
                    addresses=addresses,
                )
            )

    def sweep(self, now: float) -> None:
        """Writes what nobody answers, for of that mitmproxy tells nothing; called now and then."""
        for flow in list(self._open.values()):
            if not 0 <= now - (flow.request.timestamp or 0.0) <= UNANSWERED:
                self.ended(flow)
