"""Counts the exchanges with each host at each address, and keeps what the capture shows of their connections."""

from analyzer.model import Certificate, Contact, Exchange

MAX_HOSTS = 50_000
OTHERS = "(other hosts)"


class Contacts:
    """Hosts at their addresses in the order in which they were met, numbered from 0."""

    def __init__(self) -> None:
        self._positions: dict[tuple[str, str | None], int] = {}
        self._exchanges: list[int] = []
        self._connect_ms: dict[int, float] = {}
        self._certificates: dict[int, Certificate] = {}
        self.others: int | None = None
        """The number that all hosts share that are too many."""

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, host: str, exchange: Exchange) -> int:
        """Count an exchange, one that continues another only where that is not known; the answer is the number of its
        host at its address.
        """
        position = self._positions.get((host, exchange.server_ip))
        if position is None:
            position = self._new(host, exchange.server_ip)
        if not (exchange.continues and self._exchanges[position]):
            self._exchanges[position] += 1
        if exchange.connect_ms is not None or exchange.certificate is not None:
            self._met(position, exchange)
        return position

    def contacts(self) -> tuple[Contact, ...]:
        """All of them, in the order of their numbers."""
        return tuple(
            Contact(
                host=host,
                server_ip=server_ip,
                exchanges=self._exchanges[position],
                connect_ms=self._connect_ms.get(position),
                certificate=self._certificates.get(position),
            )
            for (host, server_ip), position in self._positions.items()
        )

    def _new(self, host: str, server_ip: str | None) -> int:
        if self.others is not None:
            return self.others
        where = (host, server_ip)
        if len(self) >= MAX_HOSTS:
            self.others, where = len(self), (OTHERS, None)
        self._exchanges.append(0)
        return self._positions.setdefault(where, len(self) - 1)

    def _met(self, position: int, exchange: Exchange) -> None:
        if position == self.others:
            return
        if exchange.connect_ms is not None:
            least = self._connect_ms.get(position, exchange.connect_ms)
            self._connect_ms[position] = min(least, exchange.connect_ms)
        if exchange.certificate is not None:
            self._certificates.setdefault(position, exchange.certificate)
