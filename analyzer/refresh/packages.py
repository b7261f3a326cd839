"""Fetches a package file with the user's own pip, uv or npm: never installed, never imported, never run."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from analyzer.errors import ApptellsError

SECONDS = 900
_TAIL = 4096
_USER = re.compile(r"//[^/@\s]*@")


class PackageError(ApptellsError):
    """A package could not be fetched; the sentence says why and what to do."""


class ClientMissing(PackageError):
    """The program that fetches such packages is not installed."""


def fetch_wheel(name: str, scratch: Path, environment: Mapping[str, str]) -> Path:
    """Fetch the newest wheel of a Python package into `scratch`, by pip, without pip by uv. Raises PackageError."""
    target = scratch / "package"
    if importlib.util.find_spec("pip"):
        # -P: a folder named pip where the user happens to stand is not to be run.
        pip = (sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check")
        _run((*pip, "--no-deps", "--only-binary", ":all:", "--dest", str(target), name), scratch, environment, name)
        return _single(target, "*.whl", name)
    uv = shutil.which("uv", path=environment.get("PATH"))
    if uv is None:
        raise ClientMissing(f"{name}: neither pip nor uv is here to fetch it; install one, or import the wheel")
    install = (uv, "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--python", sys.executable)
    _run((*install, "--target", str(target), name), scratch, environment, name)
    # uv has unpacked the wheel; packed again it is read like any other.
    return Path(shutil.make_archive(str(scratch / name), "zip", target))


def fetch_tarball(name: str, scratch: Path, environment: Mapping[str, str]) -> Path:
    """Fetch the newest tarball of an npm package into `scratch`. Raises ClientMissing without npm, PackageError."""
    npm = shutil.which("npm", path=environment.get("PATH"))
    if npm is None:
        raise ClientMissing(f"{name}: npm is not here to fetch it; install Node.js, or import the package's .tgz file")
    target = scratch / "package"
    target.mkdir()
    pack = (npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(target), name)
    _run(pack, scratch, environment, name)
    return _single(target, "*.tgz", name)


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str], name: str) -> None:
    """Run a client to its end, or stop it and all that it started."""
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - a fixed command; nothing in it comes from outside
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            status = process.wait(SECONDS)
        except BaseException as error:
            _stop(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise PackageError(f"{name}: not here after {SECONDS // 60} minutes; check the network") from None
            raise
    if status:
        program = "pip" if "pip" in command else Path(command[0]).stem
        raise PackageError(
            f"{name}: {program} could not fetch it ({_last_words(log)}); check the network and its settings"
        )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_words(log: Path) -> str:
    """The last error line of a client, without a user or password in its addresses."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()] or lines or ["no reason given"]
    return _USER.sub("//", errors[-1])[:200]


def _single(folder: Path, pattern: str, name: str) -> Path:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if len(found) != 1:
        raise PackageError(f"{name}: {len(found)} packages were fetched instead of one; try again later")
    return found[0]
