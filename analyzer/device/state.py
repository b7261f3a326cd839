"""What was changed on which device, on disk: enough to put it back after whatever happened meanwhile."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct

from analyzer.capture.record import Prepared
from analyzer.device.memory_store import MemoryStore
from analyzer.device.proxy import Proxy
from analyzer.device.root import Root
from analyzer.device.system_store import SystemStore
from analyzer.device.tunnel import Tunnel
from analyzer.device.user_store import Handover, UserStore
from analyzer.errors import ApptellsError
from analyzer.model import AppBuild, Device

AnyStep = Root | MemoryStore | SystemStore | Handover | UserStore | Tunnel | Proxy
FORM = 1
"""Of the file; one of a newer apptells is left to that."""
_LARGEST = 1 << 20


class Journal(Struct, frozen=True, kw_only=True):
    """One device that was prepared, or is being prepared or released."""

    form: int = FORM
    serial: str
    time: float
    """Seconds since 1970 UTC."""
    port: int
    device: Device | None = None
    app: AppBuild | None = None
    steps: tuple[AnyStep, ...] = ()
    """Those that were begun and not undone, in their order."""


class Journals:
    """The journals of all devices, a file each in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, serial: str) -> Path:
        return self.folder / f"device-{quote(serial, safe='')}.json"

    def begin(self, journal: Journal) -> None:
        """Make the journal of a device; raises ApptellsError where it has one already."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        written = self._written(journal)
        try:
            os.link(written, self.path(journal.serial))  # unlike a rename, refused where there is one
        except FileExistsError:
            raise already_prepared(journal.serial) from None
        finally:
            written.unlink()
        self._flush()

    def write(self, journal: Journal) -> None:
        """Put the journal in the place of the one before; on disk when this returns."""
        self._written(journal).replace(self.path(journal.serial))
        self._flush()

    def read(self, serial: str) -> Journal | None:
        """The journal of a device, None where it has none; raises ApptellsError where it cannot be understood."""
        return self._read(self.path(serial))

    def serials(self) -> tuple[str, ...]:
        """The devices that have a journal."""
        names = sorted(path.name for path in self.folder.glob("device-*.json"))
        return tuple(unquote(name.removeprefix("device-").removesuffix(".json")) for name in names)

    def remove(self, serial: str) -> None:
        self.path(serial).unlink(missing_ok=True)
        self._flush()

    def _read(self, path: Path) -> Journal | None:
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST)
        except FileNotFoundError:
            return None
        try:
            journal = msgspec.json.decode(content, type=Journal)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ApptellsError(
                f"{path}: what was changed on the device cannot be read ({error}); put its proxy setting back by hand, "
                "restart it, and delete the file"
            ) from error
        if journal.form > FORM or self.path(journal.serial) != path:
            raise ApptellsError(f"{path}: written by a newer apptells, or renamed; release the device with that one")
        return journal

    def _written(self, journal: Journal) -> Path:
        """A file of another name with the journal in it, on disk."""
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".device-")  # made with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(journal), indent=1) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            Path(name).unlink()
            raise
        return Path(name)

    def _flush(self) -> None:
        if os.name == "nt":
            return
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def state_folder(environment: Mapping[str, str]) -> Path:
    """`$XDG_STATE_HOME/apptells` or `~/.local/state/apptells` (XDG Base Directory).

    Raises ApptellsError where neither is an absolute path.
    """
    for variable, below in (
        ("XDG_STATE_HOME", "apptells"),
        ("HOME", ".local/state/apptells"),
        ("LOCALAPPDATA", "apptells/state"),
    ):
        base = Path(environment.get(variable, ""))
        if base.is_absolute():
            return base / below
    raise ApptellsError("there is no folder to keep the device's state in; set XDG_STATE_HOME to an absolute path")


def prepared(serial: str | None = None, environment: Mapping[str, str] = os.environ) -> Prepared | None:
    """The device and the app's build as they were recorded when a device was prepared; None where none is.

    Of several prepared devices the newest; `serial` chooses one. A journal that cannot be read counts as none.
    """
    try:
        journals = Journals(state_folder(environment))
        serials = journals.serials() if serial is None else (serial,)
    except (ApptellsError, OSError):
        return None
    newest: Journal | None = None
    for each in serials:
        with suppress(ApptellsError, OSError):
            found = journals.read(each)
            if found and (newest is None or found.time > newest.time):
                newest = found
    return Prepared(time=newest.time, app=newest.app, device=newest.device) if newest else None


def already_prepared(serial: str) -> ApptellsError:
    return ApptellsError(f"{serial} is prepared already; `apptells device release` puts it back, then prepare it again")
