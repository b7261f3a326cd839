"""Runs the `adb` program: every call is bounded in time and in what it may say, for a device may say anything."""

import os
import selectors
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from analyzer.errors import ApptellsError

SECONDS = 30.0
"""For a call that says nothing else."""
MOST = 4 << 20
"""Bytes that a call may say, unless it says something else."""
_PAUSE = 0.2
_PIECE = 1 << 16
_ADB = "adb.exe" if os.name == "nt" else "adb"


class Answer(Struct, frozen=True):
    """What came back of a call."""

    code: int
    """Exit code: that of the command on the device, where one was run there."""
    out: str
    error: str

    @property
    def said(self) -> str:
        """What a person should read of it: the last line of the errors, or else of the output."""
        lines = (self.error.strip() or self.out.strip()).splitlines()
        return lines[-1].strip()[:300] if lines else f"exit code {self.code}"


class Adb:
    """The program, and the device that it is to talk to where one was chosen."""

    def __init__(self, program: Path, serial: str | None = None) -> None:
        self.program = program
        self.serial = serial

    def line(self, *words: str) -> str:
        """The call as one would type it."""
        return shlex.join((self.program.stem, *self._chosen(), *words))

    def call(self, *words: str, seconds: float = SECONDS, most: int = MOST, into: BinaryIO | None = None) -> Answer:
        """Run `adb WORDS`; its output goes into the file `into`, where one is given, and else into the answer.

        Raises ApptellsError where the call takes longer or says more than it may, or cannot be started.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 - words, never a shell line of this machine
                (str(self.program), *self._chosen(), *words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise ApptellsError(f"{self.program}: adb cannot be started: {error.strerror}; install it again") from error
        with process:
            try:
                out, errors = self._read(process, words, seconds, most, into)
            finally:
                process.kill()
        return Answer(process.returncode, out.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))

    def _chosen(self) -> tuple[str, ...]:
        return ("-s", self.serial) if self.serial else ()

    def _read(
        self,
        process: "subprocess.Popen[bytes]",
        words: tuple[str, ...],
        seconds: float,
        most: int,
        into: BinaryIO | None,
    ) -> tuple[bytes, bytes]:
        """Both outputs until the program ends; a server that it left behind may keep them open longer."""
        out, errors, said = bytearray(), bytearray(), 0
        end = time.monotonic() + seconds
        assert process.stdout is not None
        assert process.stderr is not None
        with selectors.DefaultSelector() as selector:
            for pipe, kept in ((process.stdout, out), (process.stderr, errors)):
                selector.register(pipe, selectors.EVENT_READ, kept)
            while selector.get_map():
                ended = process.poll() is not None
                ready = selector.select(_PAUSE)
                if ended and not ready:
                    break
                for key, _ in ready:
                    piece = os.read(key.fd, _PIECE)
                    if not piece:
                        selector.unregister(key.fileobj)
                    said += len(piece)
                    if into and key.data is out:
                        into.write(piece)
                    else:
                        key.data.extend(piece)
                if said > most:
                    raise ApptellsError(f"{self.line(*words)[:200]}: the device says more than {most:,} bytes; stopped")
                if time.monotonic() > end:
                    raise self._too_slow(words, seconds)
        try:
            process.wait(max(end - time.monotonic(), _PAUSE))
        except subprocess.TimeoutExpired:
            raise self._too_slow(words, seconds) from None
        return bytes(out), bytes(errors)

    def _too_slow(self, words: tuple[str, ...], seconds: float) -> ApptellsError:
        return ApptellsError(
            f"{self.line(*words)[:200]}: no answer within {seconds:.0f} seconds; see that the device is on, unlocked "
            "and connected, and try again"
        )


def find_adb(environment: Mapping[str, str]) -> Path:
    """The program on PATH, or below ANDROID_HOME or ANDROID_SDK_ROOT. Raises ApptellsError where it is nowhere."""
    if found := shutil.which("adb", path=environment.get("PATH", "")):
        return Path(found)
    for variable in ("ANDROID_HOME", "ANDROID_SDK_ROOT"):
        program = Path(environment.get(variable, "")) / "platform-tools" / _ADB
        if environment.get(variable) and os.access(program, os.X_OK):
            return program
    raise ApptellsError(
        "adb was not found on PATH or in ANDROID_HOME/platform-tools; install Android's platform tools (Debian and "
        "Ubuntu: the package adb)"
    )
