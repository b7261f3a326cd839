"""Writes a capture file while the session runs: a thread puts records on disk, so that no disk delays traffic."""

import errno
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from analyzer.capture.frame import MAGIC, framed
from analyzer.capture.record import Lost, Record, encode
from analyzer.errors import CaptureError

PAUSE = 0.2
"""Seconds between two writes: what is lost when the process is killed."""
SYNC = 0.5
"""Seconds between two times that the system is told to put everything on disk: what is lost with the power."""
BACKLOG = 64 << 20
"""Bytes of records that wait while the disk takes none; what comes after is counted as lost."""
_AT_ONCE = 4 << 20
"""Bytes of one write, give or take a record."""
_CLOSING = 10.0
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Journal:
    """An append-only capture file. `write` never waits and never raises; a full disk costs records, not traffic."""

    def __init__(self, path: Path, trouble: Callable[[str], None], backlog: int = BACKLOG) -> None:
        """Makes the file (0600). `trouble` is called, in the writer's thread, with one sentence when something is wrong
        and when it is well again. Raises CaptureError where the file exists or cannot be made.
        """
        self.path = path
        self._trouble, self._backlog = trouble, backlog
        try:
            self._file = _made(path)
        except OSError as error:
            raise _unwritable(path, error) from error
        self._pending: deque[bytes] = deque()
        self._queued = self._written = 0
        """Bytes ever queued and ever taken; each has one writer, so that neither needs a lock."""
        self._size = len(MAGIC)
        self._lost, self._lost_since, self._lost_why = 0, 0.0, ""
        self.lost = 0
        """Records that could not be kept so far."""
        self._is_unwell = self._is_gone = False
        self._more, self._stop = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="apptells journal", daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._size

    @property
    def waiting(self) -> int:
        """Bytes that are not in the file yet."""
        return self._queued - self._written

    def write(self, record: Record) -> None:
        """Adds a record: it is in the file within `PAUSE`, on disk within `PAUSE + SYNC`."""
        try:
            data = encode(record)
        except ValueError:
            self._lose("its text was no Unicode")
            return
        waiting = self._queued - self._written
        if waiting + len(data) > self._backlog:
            self._lose("the disk was full")
            return
        if self._lost and waiting < self._backlog // 2:
            self._say_lost()
        self._queue(data)
        if waiting > _AT_ONCE and not self._is_unwell:
            self._more.set()

    def close(self, last: Record) -> None:
        """Writes the last record and everything before it, puts it on disk, ends the thread."""
        if self._lost:
            self._say_lost()
        self._queue(encode(last))
        self._stop = True
        self._more.set()
        self._thread.join(_CLOSING)

    def _queue(self, data: bytes) -> None:
        self._queued += len(data)
        self._pending.append(data)

    def _lose(self, why: str) -> None:
        if not self._lost:
            self._lost_since, self._lost_why = time.time(), why
        self._lost += 1
        self.lost += 1

    def _say_lost(self) -> None:
        lost = Lost(time=time.time(), since=self._lost_since, count=self._lost, reason=self._lost_why)
        self._lost = 0
        self._queue(encode(lost))

    # ---------------------------------------------------------------- in the thread

    def _run(self) -> None:
        synced = time.monotonic()
        batch: list[bytes] = []
        dirty = False
        while True:
            stopping = self._stop
            while self._pending:
                batch.append(self._pending.popleft())
            if batch:
                del batch[: self._append(batch)]
                dirty = True
            if dirty and (stopping or time.monotonic() - synced >= SYNC):
                self._sync()
                synced, dirty = time.monotonic(), False
            if stopping:
                self._give_up(len(batch))
                with suppress(OSError):
                    os.close(self._file)
                return
            self._more.wait(PAUSE)
            self._more.clear()

    def _append(self, batch: list[bytes]) -> int:
        """Writes records; how many of them the disk took."""
        taken = 0
        for piece in _pieces(batch):
            kept = self._append_piece(piece)
            taken += kept
            if kept < len(piece):
                return taken
        if self._is_unwell:
            self._is_unwell = False
            self._trouble(f"Recording to {self.path} goes on.")
        return taken

    def _append_piece(self, batch: list[bytes]) -> int:
        frames = framed(batch)
        data = memoryview(b"".join(frames))
        done = 0
        try:
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError as error:
            whole, kept = 0, 0
            for frame in frames:
                if whole + len(frame) > done:
                    break
                whole, kept = whole + len(frame), kept + 1
            # The file is to end with a whole record; where even that fails, a reader passes the torn one over.
            with suppress(OSError):
                os.ftruncate(self._file, self._size + whole)
                done = whole
            self._took(batch[:kept], done)
            self._complain("the disk is full" if error.errno in _FULL else f"writing failed ({error.strerror})")
            return kept
        self._took(batch, done)
        return len(batch)

    def _give_up(self, count: int) -> None:
        self.lost += count
        if count:
            self._trouble(f"NOT RECORDED: {count:,} records could not be written to {self.path} before the end.")

    def _took(self, records: list[bytes], size: int) -> None:
        self._size += size
        self._written += sum(map(len, records))

    def _sync(self) -> None:
        try:
            os.fdatasync(self._file) if hasattr(os, "fdatasync") else os.fsync(self._file)
            if not self._is_gone and not os.fstat(self._file).st_nlink:
                self._is_gone = True
                self._trouble(f"NOT RECORDED: {self.path} was deleted. Traffic passes; start again to record it.")
        except OSError as error:
            self._complain(f"what is written could not be put on disk ({error.strerror or error})")

    def _complain(self, what: str) -> None:
        if not self._is_unwell:
            self._is_unwell = True
            self._trouble(
                f"NOT RECORDED: {what}. Traffic passes, and what comes is kept in memory as far as it goes; "
                f"make room for {self.path}, and recording goes on by itself."
            )


def new_path() -> Path:
    """A name of the moment in the current folder, that is not taken."""
    stem = time.strftime("capture-%Y%m%d-%H%M%S")
    names = [f"{stem}{number}.apptells" for number in ("", *(f"-{count}" for count in range(2, 100)))]
    return Path(next((name for name in names if not Path(name).exists()), names[-1])).absolute()


def check_new(path: Path) -> None:
    """Raises CaptureError where it is plain, without making it, that there can be no new file."""
    if path.exists():
        raise _unwritable(path, FileExistsError())
    if not path.parent.is_dir():
        raise _unwritable(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _unwritable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def _unwritable(path: Path, error: OSError) -> CaptureError:
    if isinstance(error, FileExistsError):
        return CaptureError(f"{path}: there is such a file already; name another to record to.")
    return CaptureError(
        f"{path}: cannot be written ({error.strerror}); check the folder, its rights and the room on the disk."
    )


def _made(path: Path) -> int:
    """A new file with its first bytes, open to be appended to; OSError where there is one, or no room for it."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    try:
        os.write(file, MAGIC)
    except OSError:
        os.close(file)
        path.unlink(missing_ok=True)
        raise
    return file


def _pieces(batch: list[bytes]) -> Iterator[list[bytes]]:
    """Records in their order, as many together as are written at once."""
    size = start = 0
    for end, record in enumerate(batch, 1):
        size += len(record)
        if size >= _AT_ONCE or end == len(batch):
            yield batch[start:end]
            size, start = 0, end
