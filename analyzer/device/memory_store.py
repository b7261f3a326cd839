"""Lays a copy of the system's certificates, with the proxy's among them, over the system store; it is in memory only.

On Android 14 and newer the store belongs to a module (APEX) that every process sees through mounts of its own, so the
copy is laid over it for the shell, for each zygote (the parents of all apps) and for the apps that run already.
"""

from collections.abc import Iterator
from pathlib import Path

from analyzer.device.adb import Answer
from analyzer.device.phone import APEX_ROOTS, ROOTS, Phone
from analyzer.device.processes import namespaces, parentage, seeing
from analyzer.device.step import Command, Step, shell
from analyzer.errors import ApptellsError

FOLDER = "/data/local/tmp/apptells-roots"
SOURCE = "apptells"
"""What the mounts are called in /proc/mounts: how they are known again, in whatever process."""
FEWEST = 20
"""Certificates that a store must hold to be laid over another: Android brings over a hundred."""
_LABEL = "u:object_r:system_file:s0"
_ZYGOTES = ("zygote", "zygote64", "webview_zygote")
_ROUNDS = 3
"""How often processes are looked for that began meanwhile."""


class MemoryStore(Step, frozen=True, kw_only=True, tag="memory store"):
    """Bind mounts of a folder in memory; all are gone when the device restarts."""

    needs_root = True
    name: str
    """Of the certificate's file, such as `c8750f0d.0`."""
    stores: tuple[str, ...]
    """The folders to lay it over; the copy is made of the last."""

    def says(self) -> str:
        return f"lay a copy of the system's certificates, with the proxy's added, over {' and '.join(self.stores)}"

    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        held = phone.names(self.stores[-1]) or ()
        if len(held) < FEWEST:
            raise ApptellsError(
                f"{self.stores[-1]} holds {len(held)} certificates, which cannot be all; nothing was laid over it"
            )
        added = f"{FOLDER}/{self.name}"
        yield shell("mkdir", "-p", FOLDER)
        yield shell("mount", "-t", "tmpfs", "-o", "mode=755", SOURCE, FOLDER)
        yield shell("cp", "-Rp", f"{self.stores[-1]}/.", FOLDER)
        yield Command(words=("push", str(certificate), added))
        yield shell("chown", "root:root", added)
        yield shell("chmod", "644", added)
        yield shell("chcon", "-R", _LABEL, FOLDER)
        yield shell("ls", "-1", FOLDER, trouble=lambda answer: _incomplete(answer, {*held, self.name}))
        for store in self.stores:
            yield shell("mount", "--bind", FOLDER, store)
        yield from self._into_processes(phone)
        for zygote in _zygotes(parentage(phone)):
            yield shell(*_within(zygote), "ls", "-1", self.stores[-1], trouble=self._unseen)

    def undo(self, phone: Phone) -> Iterator[Command]:
        every = parentage(phone)
        own = namespaces(phone, ("self",)).get("self")
        for process, space in namespaces(phone, seeing(phone, SOURCE, every)).items():
            if space != own:
                for point in _ours(phone, process):
                    yield shell(*_within(process), "umount", "-l", point, may_fail=True)
        for point in _ours(phone, "self"):
            yield shell("umount", "-l", point, may_fail=True)
        yield shell(
            "grep", "-ls", f"^{SOURCE} ", *(f"/proc/{process}/mounts" for process in every),
            may_fail=True, trouble=_still_mounted,
        )  # fmt: skip
        if phone.names(FOLDER) is not None:
            yield shell("rmdir", FOLDER)

    def _into_processes(self, phone: Phone) -> Iterator[Command]:
        done = set(namespaces(phone, ("self",)).values())
        for _ in range(_ROUNDS):
            found = {
                process: space
                for process, space in namespaces(phone, _zygotes_and_apps(phone)).items()
                if space not in done
            }
            for process, space in found.items():
                done.add(space)
                for store in self.stores:
                    if store not in _ours(phone, process):  # mounts below /system reach other processes by themselves
                        # An app may have ended meanwhile; and where the copy cannot be seen, nothing may be laid over.
                        lay = f"test -e {FOLDER}/{self.name} && mount --bind {FOLDER} {store}"
                        yield shell(*_within(process), "sh", "-c", lay, may_fail=True)
            if not found:
                return

    def _unseen(self, answer: Answer) -> str | None:
        return None if self.name in answer.out.split() else "apps that start from now on would not see the certificate"


def _zygotes_and_apps(phone: Phone) -> tuple[str, ...]:
    """Process ids: the zygotes, then their descendants."""
    parents = parentage(phone)
    found = _zygotes(parents)
    for process in found:  # grows as it is walked
        found += [child for child, (parent, _) in parents.items() if parent == process and child not in found]
    return tuple(found)


def _zygotes(parents: dict[str, tuple[str, str]]) -> list[str]:
    return [process for process, (_, name) in parents.items() if name in _ZYGOTES]


def _within(process: str) -> tuple[str, ...]:
    return ("nsenter", f"--mount=/proc/{process}/ns/mnt", "--")


def _ours(phone: Phone, process: str) -> tuple[str, ...]:
    """Where the process sees our mounts, the latest first."""
    lines = (line.split() for line in phone.answer("cat", f"/proc/{process}/mounts").out.splitlines())
    points = [words[1] for words in lines if len(words) > 1 and words[0] == SOURCE]
    return tuple(point for point in reversed(points) if point in (FOLDER, ROOTS, APEX_ROOTS))


def _incomplete(answer: Answer, wanted: set[str]) -> str | None:
    missing = wanted - set(answer.out.split())
    return (
        f"{len(missing)} of {len(wanted)} certificates are missing in the copy; nothing was laid over"
        if missing
        else None
    )


def _still_mounted(answer: Answer) -> str | None:
    count = len(answer.out.splitlines())
    return f"{count} processes still see the copy; restart the device, which ends that" if count else None
