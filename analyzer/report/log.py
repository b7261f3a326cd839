"""The log of all transmissions: in memory while it is small, in a private temporary file after that."""

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from analyzer.model import Transmission
from analyzer.report.json import encoded
from analyzer.reported import TransmissionLog

MEMORY_BYTES = 4 << 20
PENDING = 500
"""Lines that are written at once."""
VALUES = 4_096

# A quote within a text is escaped, so these can only be members.
_START = b'{"exchange":0,"host":""'
_VALUE = b'"masked_value":""'
_DESTINATION = b'"destination":0'
_decode = msgspec.json.Decoder(Transmission).decode


class Template(NamedTuple):
    """The JSON of a transmission without its exchange, host, value and destination: what stands between them."""

    before_value: bytes
    before_destination: bytes
    end: bytes


def template_of(transmission: Transmission) -> Template:
    """The template of all transmissions that are like this one in everything that a template holds."""
    line = encoded(replace(transmission, exchange=0, host="", masked_value="", destination=0))
    before_value, _, rest = line.removeprefix(_START).partition(_VALUE)
    before_destination, _, end = rest.partition(_DESTINATION)
    return Template(before_value, before_destination, end)


class SpooledLog(TransmissionLog):
    """A transmission log that holds at most 4 MiB in memory, however long the capture."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - lives as long as the log
        self._count = 0
        self._pending: list[bytes] = []
        self._text = lru_cache(VALUES)(encoded)
        """The JSON of masked values, most of which are alike."""

    def append(self, transmission: Transmission) -> None:
        """Add one; only while the log is being built."""
        self._add(encoded(transmission))

    def append_like(self, template: Template, exchange: int, host: bytes, masked_value: str, destination: int) -> None:
        """Add the transmission that a template and the rest make: much faster than `append`. `host` is JSON."""
        self._add(
            b'{"exchange":%d,"host":%b%b"masked_value":%b%b"destination":%d%b'
            % (
                exchange,
                host,
                template.before_value,
                self._text(masked_value),
                template.before_destination,
                destination,
                template.end,
            )
        )

    def _add(self, line: bytes) -> None:
        self._count += 1
        self._pending.append(line)
        if len(self._pending) >= PENDING:
            self._flush()

    def _flush(self) -> None:
        self._file.write(b"".join([line + b"\n" for line in self._pending]))
        self._pending.clear()

    def __len__(self) -> int:
        return self._count

    def encoded(self) -> Iterator[bytes]:
        """Each transmission as one line of JSON, without a line end."""
        self._flush()
        self._file.seek(0)
        for line in self._file:
            yield line[:-1]
        self._file.seek(0, 2)

    def __iter__(self) -> Iterator[Transmission]:
        return map(_decode, self.encoded())
