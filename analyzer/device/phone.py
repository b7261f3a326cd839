"""The device at the other end of adb: which one is meant, and what can be read of it."""

import re
import shlex
from collections.abc import Iterable

from msgspec import Struct

from analyzer.device.adb import MOST, SECONDS, Adb, Answer
from analyzer.errors import ApptellsError
from analyzer.model import Device

OLDEST_API = 24
"""Android 7: the first whose adb hands on exit codes, and whose apps no longer trust user certificates."""
ROOTS = "/system/etc/security/cacerts"
"""Where Android keeps the certificates that all apps trust: the system store."""
APEX_ROOTS = "/apex/com.android.conscrypt/cacerts"
"""Where it keeps them from Android 14 on."""
USER_ROOTS = "/data/misc/user/0/cacerts-added"
_APEX_API = 34
_SERIAL = re.compile(r"[A-Za-z0-9][\w.:@()\[\]%-]{0,127}", re.ASCII)
_APP = re.compile(r"[A-Za-z]\w*(?:\.\w+)+", re.ASCII)
_PROPERTY = re.compile(r"^\[([^\]\n]+)\]: \[([^\n]*)\]\s*$", re.MULTILINE)
_END = re.compile(r"[a-z]{1,20}:[\w.@/-]{1,200}", re.ASCII)
_LONGEST = 200
_LONGEST_SETTING = 2000
_MOST_MAPPINGS = 100
_MOST_DEVICES = 100


class Attached(Struct, frozen=True):
    """A line of `adb devices -l`."""

    serial: str
    state: str
    """`device` where it can be used, else `unauthorized`, `offline`, `recovery`, ..."""
    model: str


class Phone:
    """One device; reads, and never changes anything by itself."""

    def __init__(self, adb: Adb, serial: str) -> None:
        self.serial = serial
        self.adb = Adb(adb.program, serial)
        self._properties: dict[str, str] | None = None

    def answer(self, *words: str, seconds: float = SECONDS, most: int = MOST) -> Answer:
        """What a command on the device says; each word arrives there as one word."""
        return self.adb.call("shell", shlex.join(words), seconds=seconds, most=most)

    def read(self, *words: str) -> str:
        """The output of a command on the device, which must succeed; raises ApptellsError where it does not."""
        answer = self.answer(*words)
        if answer.code:
            raise ApptellsError(f"{self.serial}: {shlex.join(words)[:200]}: {answer.said}")
        return answer.out

    def property(self, name: str) -> str:
        """A system property, empty where there is none; all are read at the first call."""
        if self._properties is None:
            self._properties = {key: value.strip()[:_LONGEST] for key, value in _PROPERTY.findall(self.read("getprop"))}
        return self._properties.get(name, "")

    def api(self) -> int:
        """The API level of its Android; raises ApptellsError where it does not say one, or one that is too old."""
        said = self.property("ro.build.version.sdk")
        if not (said.isascii() and said.isdecimal() and len(said) < 5):
            raise ApptellsError(
                f"{self.serial}: no Android device, it names no API level; choose another with --device"
            )
        if int(said) < OLDEST_API:
            raise ApptellsError(f"{self.serial}: Android 7 (API {OLDEST_API}) or newer is needed, this is API {said}")
        return int(said)

    def stores(self) -> tuple[str, ...]:
        """The folders that its apps take the system's certificates from, the decisive one last."""
        return (ROOTS, APEX_ROOTS) if self.api() >= _APEX_API else (ROOTS,)

    def is_root(self) -> bool:
        """Whether commands run as root now."""
        return self.answer("id", "-u").out.strip() == "0"

    def may_become_root(self) -> bool:
        """Whether `adb root` is to work: builds for development say so; store images and phones refuse."""
        return self.property("ro.debuggable") == "1" or self.is_root()

    def setting(self, name: str) -> str | None:
        """A global setting, None where it is not set."""
        said = self.read("settings", "get", "global", name).strip()
        if len(said) > _LONGEST_SETTING:
            raise ApptellsError(f"{self.serial}: the setting {name} is {len(said):,} characters long; clear it first")
        return None if said == "null" else said

    def reverses(self) -> tuple[tuple[str, str], ...]:
        """What `adb reverse` has set up: (the device's end, this computer's end)."""
        lines = [line.split() for line in self.adb.call("reverse", "--list").out.splitlines()]
        ends = [(words[-2], words[-1]) for words in lines if len(words) >= 2]
        return tuple(both for both in ends if all(map(_END.fullmatch, both)))[:_MOST_MAPPINGS]

    def names(self, folder: str) -> tuple[str, ...] | None:
        """The files in a folder; None where it cannot be looked into."""
        answer = self.answer("ls", "-1", folder)
        return None if answer.code else tuple(answer.out.split())

    def described(self) -> Device:
        """What names the model and its system, and nothing that names this one device."""
        maker, model = (self.property(f"ro.product.{name}") for name in ("manufacturer", "model"))
        named = model if model.lower().startswith(maker.lower()) else f"{maker} {model}"
        return Device(
            model=named.strip() or "unknown",
            os=f"Android {self.property('ro.build.version.release') or '?'}",
            build=self.property("ro.build.fingerprint") or self.property("ro.build.display.id"),
            is_emulator=self._is_emulator(),
        )

    def _is_emulator(self) -> bool:
        return "1" in (self.property("ro.boot.qemu"), self.property("ro.kernel.qemu")) or self.property(
            "ro.hardware"
        ) in ("goldfish", "ranchu")


def attached(adb: Adb) -> tuple[Attached, ...]:
    """The devices that adb knows of, the first hundred; a name that no device has is passed over."""
    answer = adb.call("devices", "-l")
    if answer.code:
        raise ApptellsError(f"adb devices: {answer.said}; `adb kill-server` and try again")
    found = []
    for line in answer.out.splitlines():
        serial, *words = line.split() or [""]
        if words and not line.startswith(("*", "List of")) and _SERIAL.fullmatch(serial):
            model = next((word.removeprefix("model:") for word in words if word.startswith("model:")), "")
            # `no permissions (...)` is the one state of several words.
            found.append(Attached(serial, "no permissions" if words[0] == "no" else words[0], model[:_LONGEST]))
    return tuple(found[:_MOST_DEVICES])


def choose(adb: Adb, serial: str | None = None) -> Phone:
    """The device of that serial, or the only one. Raises ApptellsError where there is none, or no saying which."""
    devices = attached(adb)
    if serial is not None:
        devices = tuple(device for device in devices if device.serial == valid_serial(serial))
    if not devices:
        missing = f"device {serial} is not connected" if serial else "no device is connected"
        raise ApptellsError(
            f"{missing}; start the emulator, or connect the phone with USB debugging on (`adb devices` has to list it)"
        )
    if len(devices) > 1:
        raise ApptellsError(f"several devices are connected; choose one with --device: {_listed(devices)}")
    if trouble := unusable(devices[0]):
        raise ApptellsError(trouble)
    return Phone(adb, devices[0].serial)


def unusable(device: Attached) -> str | None:
    """What keeps a device from being used, and what to do; None where nothing does."""
    advice = {
        "unauthorized": "has not allowed this computer yet; unlock it and answer “Allow USB debugging?” with yes",
        "offline": "does not answer; disconnect it and connect it again",
        "no permissions": "may not be opened by this user; set up the udev rules for Android devices",
    }
    if device.state == "device":
        return None
    return f"device {device.serial} " + advice.get(device.state, f"is in the state {device.state[:40]}; start Android")


def valid_serial(serial: str) -> str:
    """The serial, where it is one; raises ApptellsError where it is not."""
    if not _SERIAL.fullmatch(serial):
        raise ApptellsError(f"--device {serial[:100]}: not a serial; `adb devices` lists them")
    return serial


def valid_app(app: str) -> str:
    """The package id, where it is one; raises ApptellsError where it is not."""
    if len(app) > _LONGEST or not _APP.fullmatch(app):
        raise ApptellsError(f"--app {app[:100]}: not a package id such as com.example.shop")
    return app


def _listed(devices: Iterable[Attached]) -> str:
    return ", ".join(f"{device.serial} ({device.model or device.state})" for device in devices)
