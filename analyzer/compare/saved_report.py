"""Reads a `report.json` again, as far as builds are compared by it."""

from itertools import chain
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from analyzer.errors import ApptellsError
from analyzer.model import Capture, Destination, Unread
from analyzer.reported import Method, Recipient

MAX_BYTES = 256 << 20
MAX_COUNT = 1 << 32


class SavedReport(Struct, frozen=True, kw_only=True):
    """The members of a `Report` that builds are compared by, of the schema that this version writes."""

    schema: Literal[1]
    capture: Capture
    recipients: tuple[Recipient, ...]
    destinations: tuple[Destination, ...]
    unread: tuple[Unread, ...]
    undecoded_total: int
    method: Method


def read_report(path: Path) -> SavedReport:
    """The report in a file. Raises ApptellsError where it is none of this version, or has more than 256 MiB."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ApptellsError(f"{path}: the report cannot be read ({error.strerror}); check the file.") from None
    if len(data) > MAX_BYTES:
        raise ApptellsError(f"{path}: a report larger than 256 MiB is not read; give the capture it is on.")
    try:
        report = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=SavedReport)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ApptellsError(
            f"{path}: no report of this version of apptells ({error}); write it again with `apptells analyze`."
        ) from None
    if not _is_sound(report):
        raise ApptellsError(f"{path}: the report has numbers that no report has; write it again.")
    return report


def _is_sound(report: SavedReport) -> bool:
    """Whether destinations are among those listed, and counts such as captures have: JSON knows others."""
    groups = [group for recipient in report.recipients for group in recipient.groups]
    places = len(report.destinations)
    counts = (
        [report.undecoded_total, report.capture.exchanges],
        (unread.count for unread in report.unread),
        (group.sensitivity for group in groups),
        (exchange for group in groups for exchange in group.exchanges),
    )
    return all(0 <= group.destination < places for group in groups) and all(
        0 <= count <= MAX_COUNT for count in chain.from_iterable(counts)
    )
