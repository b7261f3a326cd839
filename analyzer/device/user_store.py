"""Hands the certificate to the user, who installs it: all that a phone without root allows."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.device.phone import Phone
from analyzer.device.step import Command, Step, shell

FOLDER = "/sdcard/Download"


class Handover(Step, frozen=True, kw_only=True, tag="handover"):
    """The certificate as a file among the downloads."""

    name: str
    """Of the file, such as `apptells-0a1b2c3d.crt`."""

    def says(self) -> str:
        return f"put the certificate on the device, as {self._path}"

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        yield Command(words=("push", str(certificate), self._path))

    def undo(self, phone: Phone) -> Iterator[Command]:
        yield shell("rm", "-f", self._path)

    @property
    def _path(self) -> str:
        return f"{FOLDER}/{self.name}"


class UserStore(Step, frozen=True, kw_only=True, tag="user store"):
    """The certificate in the user's store: only a person can put it there and take it out."""

    name: str
    """Of the file that was handed over."""

    def says(self) -> str:
        return "open the security settings of the device, to install the certificate by hand"

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        yield shell("am", "start", "-a", "android.settings.SECURITY_SETTINGS")

    def undo(self, phone: Phone) -> Iterator[Command]:
        yield shell("am", "start", "-a", "com.android.settings.TRUSTED_CREDENTIALS_USER", may_fail=True)

    def by_hand(self) -> str:
        return (
            "On the device: More security settings > Encryption & credentials > Install a certificate > CA certificate "
            f"> Install anyway, and choose {self.name} (the names differ a little between makers)."
        )

    def undone_by_hand(self) -> str:
        return (
            "On the device, if you installed the certificate: Encryption & credentials > Trusted credentials > User > "
            "mitmproxy > Remove."
        )
