"""Puts the certificate into the system store of an emulator whose system can be written (Android 7 to 13)."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.device.adb import Answer
from analyzer.device.phone import ROOTS, Phone
from analyzer.device.step import Command, Step, shell


class SystemStore(Step, frozen=True, kw_only=True, tag="system store"):
    """A file more in the folder of the system's certificates; it stays when the device restarts."""

    needs_root = True
    name: str
    """Of the file, such as `c8750f0d.0`."""

    read_only: tuple[str, ...]
    """Mount points that hold the folder and were read-only before."""

    def says(self) -> str:
        return f"make the system writable and add the certificate to it, as {self._path}"

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        yield Command(words=("remount",), seconds=60, trouble=_not_writable)
        yield Command(words=("push", str(certificate), self._path), trouble=_not_writable)
        yield shell("chmod", "644", self._path)

    def undo(self, phone: Phone) -> Iterator[Command]:
        if self.name in (phone.names(ROOTS) or ()):
            yield Command(words=("remount",), seconds=60, trouble=_not_writable)
            yield shell("rm", "-f", self._path)
        still = read_only_mounts(phone)
        for point in self.read_only:
            if point not in still:
                yield shell("mount", "-o", "remount,ro", point)

    @property
    def _path(self) -> str:
        return f"{ROOTS}/{self.name}"


def read_only_mounts(phone: Phone) -> tuple[str, ...]:
    """Mount points at or above the system store that are read-only now."""
    mounts: dict[str, str] = {}
    for line in phone.read("cat", "/proc/self/mounts").splitlines():
        words = line.split()
        if len(words) >= 4:
            mounts[words[1]] = words[3]  # of several at one place, the last is the one that is seen
    above = ("/", "/system", "/system/etc/security/cacerts")
    return tuple(point for point in above if "ro" in mounts.get(point, "").split(","))


def _not_writable(answer: Answer) -> str | None:
    said = (answer.out + answer.error).lower()
    if answer.code or "read-only" in said or "remount failed" in said:
        return f"the system cannot be written ({answer.said}); start the emulator with -writable-system, or use memory"
    return None
