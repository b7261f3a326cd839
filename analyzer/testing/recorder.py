"""A mitmdump with the addon around a test: it runs beside the test, and ends with it whatever happens."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from analyzer.capture.frame import MAGIC, Frames
from analyzer.capture.reader import Source
from analyzer.capture.record import Prepared, decode
from analyzer.errors import ApptellsError
from analyzer.live.control import Order, Ready, Said
from analyzer.live.proxy import STOPPING, Proxy
from analyzer.report.visible import visible

__tracebackhide__ = True
AUTHORITY = "mitmproxy-ca-cert.pem"
"""In mitmproxy's folder, the certificate that an app has to trust."""
STARTING = 60.0
"""Seconds that mitmdump has to begin to listen; a machine that runs many tests at once is slow."""
ANSWERING = 20.0
"""Seconds in which something that it is told to write has to stand in its file."""
_PAUSE = 0.02
_SAID = 5


class Recorder:
    """One proxy and its capture file. Should this process be killed, the proxy's input closes, and it ends itself."""

    def __init__(self, file: Path, folder: Path, options: Sequence[str]) -> None:
        """`folder` is mitmproxy's, which holds its certificate authority; `options` are mitmdump's."""
        self.file = file
        self.authority = folder / AUTHORITY
        words = ("--set", f"apptells_file={file}", "--set", f"confdir={folder}")
        self._folder = folder
        self._proxy = Proxy([*words, *options], self._hear, self._log)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="apptells proxy", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = threading.Event()
        """Set once it is known whether mitmdump listens."""
        self._ready: Ready | None = None
        self._stopping = asyncio.Event()
        self._is_stopped = False
        self._words: list[str] = []
        """What mitmdump and the addon said by themselves, the first few."""
        self._until = 0.0
        self._payloads: Iterator[bytes] = iter(())
        self._count = 0

    def start(self) -> tuple[str, int]:
        """Starts it; gives the address and port at which it listens. Raises ApptellsError where it does not."""
        with nullcontext() if self.authority.exists() else _alone(self._folder):
            self._thread.start()
            try:
                self._told.wait(STARTING)
                if self._ready is None or not self._ready.listening:
                    raise ApptellsError(f"The recording did not start: {self._last_words()}; check the port and seeds.")
            except BaseException:
                self.stop()
                raise
        source = Source(self.file)
        source.read(len(MAGIC))
        self._payloads = iter(Frames(source, self._wait))
        return self._ready.listening[0]

    def stop(self) -> None:
        """Has it write everything and end; by force where it does not."""
        self._is_stopped = True
        self._in_loop(self._stopping.set)
        self._thread.join(STARTING + STOPPING)

    def order(self, order: Order) -> None:
        """Has a record written."""
        self._in_loop(lambda: self._proxy.order(order))

    def settle(self) -> int:
        """Waits until all that the proxy has seen stands in the file; gives the number of records seen so far.

        Raises ApptellsError where the proxy has ended before it was told to, or does not answer.
        """
        if self._is_stopped:
            return self._count
        # A record that says nothing: what was written before it was in the file before it.
        mark = Prepared(time=time.time())
        self._until = time.monotonic() + ANSWERING
        self.order(mark)
        for payload in self._payloads:
            if decode(payload) == mark:
                break
            self._count += 1
        return self._count

    def _wait(self) -> bool:
        if not self._thread.is_alive():
            raise ApptellsError(f"The recording ended before the test did: {self._last_words()}; {self.file} is cut.")
        if time.monotonic() > self._until:
            raise ApptellsError(f"The recording to {self.file} stands still: {self._last_words()}; see the disk.")
        time.sleep(_PAUSE)
        return True

    # ---------------------------------------------------------------- in the thread

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._is_stopped:  # before there was a loop to tell it to
            self._stopping.set()
        running = asyncio.create_task(self._proxy.run())
        asked = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        while not running.done():  # the process may still be about to start
            await self._proxy.stop()
            await asyncio.wait({running}, timeout=_PAUSE)
        self._told.set()

    def _in_loop(self, act: Callable[[], None]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # of a loop that has ended
                self._loop.call_soon_threadsafe(act)

    def _hear(self, said: Ready | Said) -> None:
        if isinstance(said, Ready):
            self._ready = said
            self._told.set()
        else:
            self._log(said.message)

    def _log(self, text: str) -> None:
        if len(self._words) < _SAID:
            self._words.append(visible(text.strip(), 300).rstrip("."))

    def _last_words(self) -> str:
        return "; ".join(self._words) or "mitmdump said nothing"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While mitmproxy makes its certificate authority: workers that start together would each make one of their own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / ".apptells.lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        with suppress(ImportError):  # Windows
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
