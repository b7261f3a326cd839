"""Restarts the device's adb as root."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.device.adb import Answer
from analyzer.device.phone import Phone
from analyzer.device.step import Command, Step, shell

_TRIES = 20
"""Seconds that adb on the device may need to come back."""


class Root(Step, frozen=True, kw_only=True, tag="root"):
    """Root for adb. Its restart drops what `adb reverse` had set up, which is set up again."""

    mappings: tuple[tuple[str, str], ...] = ()
    """Those of before: (the device's end, this computer's end)."""

    def says(self) -> str:
        return "restart adb on the device as root"

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        yield from become_root()
        yield from self._mapped()

    def undo(self, phone: Phone) -> Iterator[Command]:
        if phone.is_root():
            yield Command(words=("unroot",))
            yield Command(words=("wait-for-device",), seconds=60)
            yield shell("id", "-u", trouble=_still_root, tries=_TRIES)
        yield from self._mapped()

    def _mapped(self) -> Iterator[Command]:
        for there, here in self.mappings:
            yield Command(words=("reverse", there, here))


def become_root() -> Iterator[Command]:
    """Commands after which adb is root on the device; one of them fails where that is refused."""
    yield Command(words=("root",), trouble=_refused)
    yield Command(words=("wait-for-device",), seconds=60)
    yield shell("id", "-u", trouble=_not_root, tries=_TRIES)


def _refused(answer: Answer) -> str | None:
    if "cannot run as root" in answer.out + answer.error:
        return "this build of Android gives adb no root; use an emulator image without Google Play, or --store user"
    return None


def _not_root(answer: Answer) -> str | None:
    return None if answer.out.strip() == "0" else "adb did not become root on the device"


def _still_root(answer: Answer) -> str | None:
    return None if answer.out.strip() != "0" else "adb is still root on the device"
