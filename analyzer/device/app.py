"""The app on the device: which build it is, who signed it, what it may do; and how it is started."""

import hashlib
import re
import shlex
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from analyzer.device.apk import signers
from analyzer.device.phone import Phone, valid_app
from analyzer.device.step import Command, shell
from analyzer.errors import ApptellsError
from analyzer.model import AppBuild

_FETCH_SECONDS = 600.0
_LARGEST_APK = 4 << 30
_PIECE = 1 << 20
_MOST_APKS = 200
_MOST_PERMISSIONS = 2000
_APK = re.compile(r"^package:(/[^\n\r]{1,1000})\s*$", re.MULTILINE)
_VERSION = re.compile(r"^\s+versionName=(.{1,200}?)\s*$", re.MULTILINE)
_CODE = re.compile(r"^\s+versionCode=(\d{1,19})\b", re.MULTILINE | re.ASCII)
_TARGET = re.compile(r"\btargetSdk=(\d{1,5})\b", re.ASCII)
_GRANTED = re.compile(r"^\s+([A-Za-z][\w.]{1,200}): granted=true\b", re.MULTILINE | re.ASCII)
_SIGNATURES = re.compile(r"Signatures: \[([0-9A-F:, ]{95,2000})\]", re.ASCII)
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}")
_ACTIVITY = re.compile(r"[A-Za-z][\w.]{0,199}/[\w.$]{1,300}", re.ASCII)


class Installed(Struct, frozen=True, kw_only=True):
    """An app as the device has it, and how that is known."""

    build: AppBuild
    signer_from: str = ""
    """Where the signers were read, in words."""
    target_api: int | None = None
    """The API level that it was made for."""
    notes: tuple[str, ...] = ()
    """What could not be learnt."""


def installed(phone: Phone, app: str) -> Installed:
    """The build of an app. Raises ApptellsError where it is not installed.

    What the device does not give is left out and named in the notes; of the APKs no copy stays on this computer.
    """
    paths = _apks(phone, app)
    said = _package_section(phone.read("dumpsys", "package", valid_app(app)), app)
    notes = []
    hashes: list[str] = []
    signed: tuple[str, ...] = ()
    signer_from = ""
    try:
        for path in paths:
            with tempfile.TemporaryFile() as file:
                hashes.append(_fetch(phone, path, file))
                if path == paths[0] and (found := signers(file, phone.api())):
                    signed, signer_from = found.sha256, f"from the base APK, scheme {found.scheme}"
    except ApptellsError as error:
        notes.append(f"not every APK could be read, so no SHA-256 of them is recorded: {error}")
        hashes = []
    if not signed and (match := _SIGNATURES.search(said)):
        signed = tuple(print_.replace(":", "").lower() for print_ in _FINGERPRINT.findall(match[1]))
        signer_from = "as the device says, from dumpsys package"
    if not signed:
        notes.append("the signer is not known: neither the base APK nor the device names one")
    target = _TARGET.search(said)
    version, code = _VERSION.search(said), _CODE.search(said)
    build = AppBuild(
        id=app,
        version=version[1] if version else None,
        version_code=code[1] if code else None,
        apk_sha256=tuple(hashes),
        signer_sha256=signed,
        permissions=tuple(sorted(set(_GRANTED.findall(said)))[:_MOST_PERMISSIONS]),
    )
    return Installed(
        build=build, signer_from=signer_from, target_api=int(target[1]) if target else None, notes=tuple(notes)
    )


def start(phone: Phone, app: str) -> Iterator[Command]:
    """Stop the app where it runs, for it may have read the certificates already, and start what its icon starts."""
    launcher = _launcher(phone, app)
    yield shell("am", "force-stop", valid_app(app))
    if launcher:
        yield shell("am", "start", "-n", launcher)
    else:
        yield shell("monkey", "-p", app, "-c", "android.intent.category.LAUNCHER", "1")


def _launcher(phone: Phone, app: str) -> str | None:
    """The activity behind its icon, as `am start` wants it."""
    category = "android.intent.category.LAUNCHER"
    answer = phone.answer("cmd", "package", "resolve-activity", "--brief", "-c", category, valid_app(app))
    line = (answer.out.strip().splitlines() or [""])[-1].strip()
    return line if _ACTIVITY.fullmatch(line) and line.startswith(f"{app}/") else None


def _apks(phone: Phone, app: str) -> tuple[str, ...]:
    """The files that the app was installed from, the base first."""
    answer = phone.answer("pm", "path", valid_app(app))
    paths = _APK.findall(answer.out)[:_MOST_APKS]
    if not paths:
        raise ApptellsError(f"{phone.serial}: {app} is not installed; install it, or see `adb shell pm list packages`")
    return tuple(sorted(paths, key=lambda path: not path.endswith("/base.apk")))


def _fetch(phone: Phone, path: str, target: BinaryIO) -> str:
    """Copy a file of the device; its SHA-256. By `cat`, for `adb pull` writes whatever files a device tells it to."""
    size = phone.read("stat", "-L", "-c", "%s", path).strip()
    answer = phone.adb.call("shell", shlex.join(("cat", path)), seconds=_FETCH_SECONDS, most=_LARGEST_APK, into=target)
    if answer.code or size != str(target.tell()):
        raise ApptellsError(f"{path}: {answer.said if answer.code else 'its size is not what the device says it is'}")
    target.seek(0)
    digest = hashlib.sha256()
    while piece := target.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _package_section(said: str, app: str) -> str:
    """What `dumpsys package` says of the app in use: the factory version of an updated system app comes after it."""
    first, _, rest = said.partition(f"Package [{app}]")
    used = re.split(r"^\s*(?:Package \[|Hidden system packages:)", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return used + "\n" + first  # domain verification, with the signatures, may come before
