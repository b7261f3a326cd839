"""What every capture reader offers: its exchanges as a stream, then what the file was and what it lacks."""

import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from analyzer.capture.fidelity import Tally
from analyzer.capture.lookups import Lookups
from analyzer.capture.phases import Timeline
from analyzer.errors import CaptureError
from analyzer.model import AppBuild, Capture, Device, Exchange, NameLookup, SkippedEntry, Unread, UnreadKind

SKIPPED_LISTED = 100
UNREAD_LISTED = 10_000
ADDRESSES_LISTED = 10
_DRAIN = 1 << 20


class Source(io.RawIOBase):
    """The bytes of a capture file, counted and hashed as they are read; CaptureError where reading fails."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256()
        self.count = 0
        """Bytes read so far."""
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise unreadable(path, error) from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            count = self._file.readinto(buffer) or 0
        except OSError as error:
            raise unreadable(self._path, error) from error
        self._hash.update(memoryview(buffer)[:count])
        self.count += count
        return count

    def drain(self) -> None:
        """Reads what is left, so that the hash is of the whole file."""
        buffer = bytearray(_DRAIN)
        while self.readinto(buffer):
            pass

    def sha256(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()
        super().close()


def unreadable(path: Path, error: OSError) -> CaptureError:
    """The CaptureError for a file that the system does not let us read."""
    return CaptureError(
        f"{path}: the capture cannot be read ({error.strerror or error}); check the file and its rights."
    )


class CaptureReader(ABC):
    """Iterate it once for the exchanges; `capture()`, `unread()` and `lookups()` are right when that has ended."""

    format: str

    def __init__(self, path: Path) -> None:
        self._path = path
        self._source = Source(path)
        self.bytes_total = path.stat().st_size
        """Size of the file, for a progress bar."""
        self.tally = Tally()
        self.recorder = "unknown recorder"
        self.comment: str | None = None
        self.app: AppBuild | None = None
        """The build that was captured, where the file says so; before the exchanges at least its id."""
        self.device: Device | None = None
        self.timeline = Timeline()
        """The phases of the session: set it before iterating, to one with the user's marks."""
        self._entries = 0
        self._skipped: list[SkippedEntry] = []
        self._skipped_total = 0
        self._unread: dict[tuple[str, UnreadKind, str], Unread] = {}
        self._lookups = Lookups()
        self._complete = True
        self._first: float | None = None
        self._last: float | None = None
        self._started = False

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self._source.count

    def __iter__(self) -> Iterator[Exchange]:
        if self._started:
            raise RuntimeError("a capture can be iterated once; open it again")
        self._started = True
        try:
            for exchange in self._exchanges():
                time = exchange.time
                if time is not None:
                    if self._first is None or time < self._first:
                        self._first = time
                    if self._last is None or time > self._last:
                        self._last = time
                    if self.timeline:
                        exchange = replace(exchange, phase=self.timeline.at(time))
                yield exchange
            self._source.drain()
            if self.timeline.dropped:
                self.tally.add("marks-dropped", self.timeline.dropped)
        finally:
            self.close()

    @abstractmethod
    def _exchanges(self) -> Iterator[Exchange]:
        """The exchanges in file order; the implementation numbers them with `_number` and `_skip`."""

    def _number(self) -> int:
        """The index of the next entry."""
        self._entries += 1
        return self._entries - 1

    def _skip(self, reason: str) -> None:
        """Counts the next entry as one that cannot be read."""
        index = self._number()
        self.tally.add("broken-entries")
        self._skipped_total += 1
        if len(self._skipped) < SKIPPED_LISTED:
            self._skipped.append(SkippedEntry(index=index, reason=reason))

    def _broke_off(self) -> None:
        """Notes that the file ends before it should."""
        if self._complete:
            self._complete = False
            self.tally.add("truncated-file")

    def _not_read(
        self,
        host: str,
        reason: str,
        kind: UnreadKind = "failed",
        address: str | None = None,
        time: float | None = None,
    ) -> None:
        """Counts a connection that the recorder could not read."""
        key = (host, kind, reason)
        known = self._unread.get(key)
        if known is None:
            # Beyond so many hosts the names are hostile; memory is worth more than one more of them.
            if len(self._unread) >= UNREAD_LISTED:
                return
            known = Unread(host=host, reason=reason, count=0, kind=kind, first_time=time)
        addresses = known.addresses
        if address is not None and address not in addresses and len(addresses) < ADDRESSES_LISTED:
            addresses = (*addresses, address)
        self._unread[key] = replace(known, count=known.count + 1, addresses=addresses)

    def capture(self) -> Capture:
        """The session as a whole: SHA-256 of the file's own bytes, what is broken, what the recorder did not keep."""
        return Capture(
            path=self._path.name,
            sha256=self._source.sha256(),
            bytes=self._source.count,
            format=self.format,
            recorder=self.recorder,
            comment=self.comment,
            exchanges=self._entries,
            first_time=self._first,
            last_time=self._last,
            phases=self.timeline.phases(self._first),
            app=self.app,
            device=self.device,
            fidelity=self.tally.notes(),
            skipped=tuple(self._skipped),
            skipped_total=self._skipped_total,
            complete=self._complete,
        )

    def unread(self) -> tuple[Unread, ...]:
        """Connections that the recorder could not read, by host and reason, sorted."""
        return tuple(one for _, one in sorted(self._unread.items()))

    def lookups(self) -> tuple[NameLookup, ...]:
        """Names that were looked up in DNS while the capture was made: ten thousand at most, each once, sorted."""
        return self._lookups.merged()

    def close(self) -> None:
        """Closes the file; iterating to the end does it too."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
