"""Lets the reading of a flow file wait for the disk, and traffic for nothing."""

import asyncio
import time
from collections.abc import Awaitable

from mitmproxy.flow import Flow

from analyzer.recording.journal import Journal

WAITING = 8 << 20
"""Bytes of records that wait for the disk until the reading of a flow file does too."""
PATIENCE = 10.0
"""Seconds that it does so: the disk may be full."""


def paced(flow: Flow, journal: Journal | None) -> Awaitable[None] | None:
    """What mitmproxy is to wait for before it goes on with a flow; None where it need not."""
    return _room(journal) if journal is not None and not flow.live and journal.waiting > WAITING else None


async def _room(journal: Journal) -> None:
    end = time.monotonic() + PATIENCE
    while journal.waiting > WAITING and time.monotonic() < end:
        await asyncio.sleep(0.02)
