"""Looks at what a capture needs, from adb to the clock of the device, and says what to do; changes nothing."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from analyzer.device.adb import Adb, find_adb
from analyzer.device.ca import Authority
from analyzer.device.phone import USER_ROOTS, Attached, Phone, attached, unusable
from analyzer.device.plan import chosen_store, free_name
from analyzer.device.proxy import SETTING
from analyzer.device.state import Journal, Journals
from analyzer.errors import ApptellsError

State = Literal["right", "to do", "unknown"]
_SKEW = 300
"""Seconds that the clocks may differ: beyond that certificates may be refused, and times in two logs do not match."""

_LONGEST = 300
"""Characters of what a device says."""


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: State
    """`to do` where something is to be done before a capture can start."""
    said: str


def doctor(
    environment: Mapping[str, str], journals: Journals, wanted: Authority | ApptellsError, serial: str | None = None
) -> Iterator[Check]:
    """All checks, as far as they can be made; `wanted` is the proxy's authority, or why it cannot be read."""
    try:
        adb = Adb(find_adb(environment))
    except ApptellsError as error:
        yield Check("adb", "to do", str(error))
        return
    yield Check("adb", "right", f"found, {_version(adb)}")
    devices = attached(adb)
    chosen = [device for device in devices if serial in (None, device.serial)]
    yield from _leftovers(journals, devices)
    yield _connected(chosen, serial)
    if len(chosen) == 1 and not unusable(chosen[0]):
        yield from device_checks(Phone(adb, chosen[0].serial), journals, wanted)


def device_checks(phone: Phone, journals: Journals, wanted: Authority | ApptellsError) -> Iterator[Check]:
    """The checks of one device; one that the device does not answer sensibly says so, and the others go on."""
    journal: Journal | None = None
    try:
        yield Check("Android", "right", f"{phone.described().model}, {phone.described().os}, API {phone.api()}")
    except ApptellsError as error:
        yield Check("Android", "to do", _short(error))
        return
    try:
        journal = journals.read(phone.serial)
        yield _prepared(journal)
    except ApptellsError as error:
        yield Check("prepared", "to do", _short(error))
    checks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("root", lambda: _root(phone)),
        ("proxy", lambda: _proxy(phone, journal)),
        ("tunnel", lambda: _tunnel(phone, journal)),
        ("certificate", lambda: _certificate(phone, wanted)),
        ("clock", lambda: _clock(phone)),
    )
    for name, check in checks:
        try:
            yield check()
        except ApptellsError as error:
            yield Check(name, "to do", _short(error))


def _short(error: ApptellsError) -> str:
    return str(error)[:_LONGEST]


def _version(adb: Adb) -> str:
    lines = adb.call("version").out.splitlines()
    return lines[0].strip()[:100] if lines else "of an unknown version"


def _connected(devices: list[Attached], serial: str | None) -> Check:
    if not devices:
        named = f"{serial} is" if serial else "no device is"
        return Check(
            "device", "to do", f"{named} not connected" if serial else f"{named} connected; start one or plug it in"
        )
    if len(devices) > 1:
        listed = ", ".join(device.serial for device in devices)
        return Check("device", "to do", f"several are connected, choose one with --device: {listed}")
    trouble = unusable(devices[0])
    return Check(
        "device", "to do" if trouble else "right", trouble or f"{devices[0].serial} is connected and allows adb"
    )


def _root(phone: Phone) -> Check:
    if phone.is_root():
        return Check("root", "right", "adb is root")
    if phone.may_become_root():
        return Check("root", "right", "adb can become root, which `prepare` does where it needs to")
    return Check("root", "right", "refused by this device; the certificate goes into the user's store, by hand")


def _prepared(journal: Journal | None) -> Check:
    if journal is None:
        return Check("prepared", "to do", "not yet; `apptells device prepare` does that")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(journal.time))
    return Check("prepared", "right", f"at {when} for port {journal.port}; `apptells device release` puts it back")


def _proxy(phone: Phone, journal: Journal | None) -> Check:
    now = (phone.setting(SETTING) or "")[:_LONGEST]
    if now in ("", ":0"):
        said = "none is set" if journal is None else "none is set any more; release the device and prepare it again"
        return Check("proxy", "to do", said)
    if journal is None:
        return Check("proxy", "to do", f"{now}, which `prepare` replaces and `release` puts back")
    right = now == f"127.0.0.1:{journal.port}"
    return Check(
        "proxy", "right" if right else "to do", now if right else f"{now}, set by another; release and prepare again"
    )


def _tunnel(phone: Phone, journal: Journal | None) -> Check:
    if journal is None:
        return Check("tunnel", "to do", "none to this computer yet")
    end = f"tcp:{journal.port}"
    if (end, end) in phone.reverses():
        return Check("tunnel", "right", f"port {journal.port} of the device leads to this computer")
    return Check(
        "tunnel", "to do", "gone, as after a restart or a pulled cable; release the device and prepare it again"
    )


def _certificate(phone: Phone, wanted: Authority | ApptellsError) -> Check:
    if isinstance(wanted, ApptellsError):
        return Check("certificate", "to do", str(wanted))
    try:
        if free_name(phone, phone.stores()[-1], wanted) is None:
            return Check("certificate", "right", "in the system's store: all apps trust it but those that pin")
        users = phone.names(USER_ROOTS)
        if users is not None and free_name(phone, USER_ROOTS, wanted) is None:
            return Check(
                "certificate", "right", "in the user's store: browsers trust it, and apps that say so themselves"
            )
    except ApptellsError as error:
        return Check("certificate", "to do", str(error))
    if users is None and chosen_store(phone, "auto") == "user":
        return Check(
            "certificate", "unknown", "not in the system's store; the user's cannot be looked into without root"
        )
    return Check("certificate", "to do", "in no store; `apptells device prepare` installs it")


def _clock(phone: Phone) -> Check:
    said = phone.answer("date", "+%s").out.strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        return Check("clock", "unknown", "the device does not say")
    apart = int(said) - time.time()
    if abs(apart) <= _SKEW:
        return Check("clock", "right", "that of the device agrees with this computer's")
    return Check(
        "clock", "to do", f"that of the device is {abs(apart):,.0f} s {'ahead' if apart > 0 else 'behind'}; set it"
    )


def _leftovers(journals: Journals, devices: tuple[Attached, ...]) -> Iterator[Check]:
    connected = {device.serial for device in devices}
    for serial in journals.serials():
        if serial not in connected:
            yield Check(
                "left over",
                "to do",
                f"{serial} is prepared but not connected; connect it and `apptells device release`",
            )
