"""What no decoder could open: all of it counted by host, the first of it listed."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from analyzer.model import Undecoded
from analyzer.report.masking import HIDDEN, Masking
from analyzer.reported import UndecodedCount

MAX_LISTED = 1_000
MAX_TYPE_CHARS = 100


class UndecodedLog:
    """Counts bodies and parts as they come; memory depends on the number of destinations."""

    def __init__(self, masking: Masking | None) -> None:
        """Names and content types are shown as captured where there is no `masking`."""
        self._masking = masking
        self._counts: dict[int, tuple[int, int]] = {}
        """For each destination with such data: how many, how many bytes."""
        self.listed: list[Undecoded] = []
        """The first `MAX_LISTED`."""
        self.total = 0

    @property
    def is_full(self) -> bool:
        """Whether some are counted only."""
        return self.total > MAX_LISTED

    def add(self, destination: int, bodies: Sequence[Undecoded]) -> None:
        """Count what one exchange held; `destination` is the position of its destination."""
        count, size = self._counts.get(destination, (0, 0))
        self._counts[destination] = count + len(bodies), size + sum(body.bytes for body in bodies)
        self.total += len(bodies)
        self.listed += [self._masked(body) for body in bodies[: MAX_LISTED - len(self.listed)]]

    def by_host(self, hosts: Sequence[str], recipient_of: Mapping[str, str]) -> tuple[UndecodedCount, ...]:
        """The counts by host, the most bytes first: `hosts` of the destinations, `recipient_of` a host its id."""
        of_host: dict[str, tuple[int, int]] = {}
        for destination, (count, size) in self._counts.items():
            before = of_host.get(hosts[destination], (0, 0))
            of_host[hosts[destination]] = before[0] + count, before[1] + size
        counts = [
            UndecodedCount(host=host, recipient=recipient_of[host], count=count, bytes=size)
            for host, (count, size) in of_host.items()
        ]
        return tuple(sorted(counts, key=lambda each: (-each.bytes, each.host)))

    def _masked(self, body: Undecoded) -> Undecoded:
        if self._masking is None:
            return body
        kind = body.content_type.partition(";")[0].strip()
        shown = HIDDEN if self._masking.hides(kind, MAX_TYPE_CHARS) else kind
        return replace(body, path=self._masking.path(body.path), content_type=shown)
