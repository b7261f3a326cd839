"""Leads a port of the device to the same port of this computer, where the proxy listens."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.device.phone import Phone
from analyzer.device.step import Command, Step


class Tunnel(Step, frozen=True, kw_only=True, tag="tunnel"):
    """`adb reverse`: works over USB and for emulators, whatever network the device is in."""

    port: int
    before: str | None = None
    """Where the device's port led to."""

    def says(self) -> str:
        return f"lead port {self.port} of the device to port {self.port} of this computer"

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        yield Command(words=("reverse", self._end, self._end))

    def undo(self, phone: Phone) -> Iterator[Command]:
        if self.before is not None:
            yield Command(words=("reverse", self._end, self.before))
        elif (self._end, self._end) in phone.reverses():
            yield Command(words=("reverse", "--remove", self._end))

    @property
    def _end(self) -> str:
        return f"tcp:{self.port}"
