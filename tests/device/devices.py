"""The devices of the tests: each kind that `prepare` treats in a way of its own, and states to find it in."""

from collections.abc import Callable

from tests.device.android import Android, android

KINDS: dict[str, Callable[[], Android]] = {
    "phone without root": lambda: android(34, rootable=False, emulator=False),
    "emulator, API 30": lambda: android(30),
    "emulator, API 33, store in memory": lambda: android(33),
    "emulator, API 34": lambda: android(34),
    "emulator, API 35, root already": lambda: _rooted(android(35)),
    "emulator, API 34, with a proxy and a tunnel of its own": lambda: _used(android(34)),
    "phone, with a proxy and a tunnel of its own": lambda: _used(android(33, rootable=False, emulator=False)),
}


def store_for(kind: str) -> str:
    return "memory" if "in memory" in kind else "auto"


def _rooted(system: Android) -> Android:
    system.user = "root"
    return system


def _used(system: Android) -> Android:
    system.shell("settings put global http_proxy 192.0.2.7:3128")
    system.changes.clear()
    system.reverses |= {"tcp:8080": "tcp:9090", "tcp:8097": "tcp:8097"}
    return system
