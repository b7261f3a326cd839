"""Sets the proxy of the device."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.device.phone import Phone
from analyzer.device.step import Command, Step, shell

SETTING = "http_proxy"
_DERIVED = ("global_http_proxy_host", "global_http_proxy_port", "global_http_proxy_exclusion_list")
"""What Android itself fills in once `http_proxy` is set."""
_NONE = ":0"
"""What takes effect as "no proxy" at once; a setting that is only deleted stays in effect until the device restarts."""


class Proxy(Step, frozen=True, kw_only=True, tag="proxy"):
    """The global setting `http_proxy`. Apps that ask the system use it; those that open sockets themselves do not."""

    port: int
    before: dict[str, str | None]
    """The settings as they were."""

    def says(self) -> str:
        was = self.before.get(SETTING)
        return (
            f"set the proxy of the device to 127.0.0.1:{self.port} (before: {was if was and was != _NONE else 'none'})"
        )

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        yield shell("settings", "put", "global", SETTING, f"127.0.0.1:{self.port}")

    def undo(self, phone: Phone) -> Iterator[Command]:
        if all(phone.setting(name) == value for name, value in self.before.items()):
            return
        if not self.before.get(SETTING):
            yield shell("settings", "put", "global", SETTING, _NONE)
        for name, value in self.before.items():
            yield _put_back(name, value)


def settings_now(phone: Phone) -> dict[str, str | None]:
    """All that setting the proxy changes."""
    return {name: phone.setting(name) for name in (SETTING, *_DERIVED)}


def _put_back(name: str, value: str | None) -> Command:
    if value is None:
        return shell("settings", "delete", "global", name)
    return shell("settings", "put", "global", name, value)
