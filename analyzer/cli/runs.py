"""The runs that a build is judged by, and what the user asks of them."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from analyzer.model import Severity
from analyzer.report.judged import File, Place
from analyzer.reported import Group, Report

PLACES = 10
FailOnNew = Literal["any", "third-party", "none"]


class Demands(Struct, frozen=True, kw_only=True):
    """What the user asks of a build."""

    fail_on: Severity = "high"
    """The least severity of an indication that fails it."""
    fail_on_new: FailOnNew = "any"
    min_exchanges: int = 1
    """Of each run."""
    max_unread: float | None = None
    """Share (0 to 1) of connections that could not be read among them and the exchanges, of each run."""
    require_seeds: bool = False
    fail_on_undeclared: bool = False


class Run(Struct, frozen=True, kw_only=True):
    """One capture of the build, and the report on it."""

    file: str
    """`Place.file`; different in each run."""
    report: Report

    def places(self, exchanges: Iterable[int]) -> tuple[Place, ...]:
        """These requests, or the file itself where there are none."""
        found = tuple(Place(file=self.file, exchange=each) for each in sorted(set(exchanges))[:PLACES])
        return found or (Place(file=self.file),)

    def groups(self) -> Iterator[Group]:
        """All groups of the report."""
        for recipient in self.report.recipients:
            yield from recipient.groups

    @property
    def unread(self) -> int:
        """Connections that could not be read."""
        return sum(unread.count for unread in self.report.unread)

    def described(self) -> File:
        """The capture as it is told of."""
        capture = self.report.capture
        return File(
            name=self.file,
            sha256=capture.sha256,
            bytes=capture.bytes,
            exchanges=capture.exchanges,
            unread=self.unread,
            undecoded=self.report.undecoded_total,
        )


def often(shown: int, runs: int) -> str:
    """The sentence that ends a message where some of the runs only show what it says; empty where all do."""
    return f" Seen in {shown} of {runs} runs." if shown < runs else ""
