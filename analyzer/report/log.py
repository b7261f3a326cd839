"""The log of all transmissions: in memory while it is small, in a private temporary file after that."""

import tempfile
from collections.abc import Iterator

import msgspec

from analyzer.model import Transmission, TransmissionLog
from analyzer.report.json import encoded

MEMORY_BYTES = 4 << 20

_decode = msgspec.json.Decoder(Transmission).decode


class SpooledLog(TransmissionLog):
    """A transmission log that holds at most 4 MiB in memory, however long the capture."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - lives as long as the log
        self._count = 0

    def append(self, transmission: Transmission) -> None:
        """Add one; only while the log is being built."""
        self._file.write(encoded(transmission) + b"\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def encoded(self) -> Iterator[bytes]:
        """Each transmission as one line of JSON, without a line end."""
        self._file.seek(0)
        for line in self._file:
            yield line[:-1]
        self._file.seek(0, 2)

    def __iter__(self) -> Iterator[Transmission]:
        return map(_decode, self.encoded())
