"""A system behind the stand-in whose shell is real: toybox, as on Android, over this machine's kernel.

Processes, mount namespaces and their propagation are those of Linux; a folder stands for the phone's root folder. Of
Android there is nothing: `getprop`, `settings` and `chcon` are a few lines of shell. Needs root and toybox.
"""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.device.android import APEX, SYSTEM, roots

_BOOT = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs system "$ROOT"
cd "$ROOT"
mkdir -p proc dev usr etc system apex/com.android.conscrypt parts/settings data/local/tmp sdcard/Download \
  data/misc/user/0/cacerts-added
for name in bin lib lib64; do ln -s "usr/$name" "$name"; done
mount --bind /usr usr
mount --bind /dev dev
cp -R "$PARTS/." .
mkdir old
echo root:x:0:0::/: > etc/passwd
echo root:x:0: > etc/group
mount -t tmpfs system system
mkdir -p system/etc/security/cacerts
mount -t tmpfs apex apex/com.android.conscrypt
cp -R "$PARTS/roots" apex/com.android.conscrypt/cacerts
cp -R "$PARTS/roots/." system/etc/security/cacerts
pivot_root . old
cd /
mount -t proc proc proc
umount -l old
mount --make-rshared /
mount --make-private /apex/com.android.conscrypt
mount -o remount,ro /system
# An app with a namespace of its own is forked by the zygote; one without shares the zygote's.
unshare --mount --propagation slave /parts/zygote64 -c '
  mount --make-private /apex/com.android.conscrypt
  unshare --mount --propagation slave /parts/app -c "touch /parts/up; sleep 1000; :" &
  sleep 1000; :' &
tries=0
until [ -e /parts/up ]; do tries=$((tries + 1)); test $tries -lt 200; sleep 0.05; done
echo ready
exec sleep 1000
"""
_STUBS = {
    "getprop": "cat /parts/properties",
    "settings": (
        'd=/parts/settings; case $1 in get) cat $d/$3 2>/dev/null || echo null;; put) echo "$4" > $d/$3;; '
        "delete) rm -f $d/$3;; esac"
    ),
    "chcon": ":",  # this kernel may have no SELinux
    "date": 'exec toybox date "$@"',
}
_TOOLS = "cat chmod chown cp grep id ls mkdir mount nsenter ps rm rmdir stat test umount".split()


class Kernel:
    """One device; `close` ends its processes, and its mounts with them."""

    serial = ""
    product = "toybox"
    authorised = True

    def __init__(self, folder: Path, properties: dict[str, str]) -> None:
        self.reverses: dict[str, str] = {}
        self._make(folder / "content", properties)
        (folder / "root").mkdir()
        self._init = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", _BOOT],
            env={**os.environ, "ROOT": str(folder / "root"), "PARTS": str(folder / "content")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._init.stdout is not None
        assert self._init.stderr is not None
        if self._init.stdout.readline() != b"ready\n":
            raise OSError(self._init.stderr.read().decode())
        (self._inner,) = Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text().split()

    def _make(self, content: Path, properties: dict[str, str]) -> None:
        stores, parts, tools = (content / name for name in ("roots", "parts", "toybox"))
        for folder in (stores, parts, tools):
            folder.mkdir(parents=True)
        for name, file in roots().items():
            (stores / name).write_bytes(file.content)
        (parts / "properties").write_text("".join(f"[{name}]: [{value}]\n" for name, value in properties.items()))
        for name in ("zygote64", "app"):  # a process is named after its file
            shutil.copy("/bin/dash", parts / name)
        for name in _TOOLS:
            (tools / name).symlink_to("/usr/bin/toybox")
        for name, line in _STUBS.items():
            (tools / name).write_text(f"#!/bin/sh\n{line}\n")
            (tools / name).chmod(0o755)

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(int(self._inner), signal.SIGKILL)  # the first of its process namespace: all others go with it
        self._init.wait(60)
        for pipe in (self._init.stdout, self._init.stderr):
            if pipe:
                pipe.close()

    def shell(self, line: str) -> tuple[int, bytes, bytes]:
        # Debian's nsenter enters; what the line itself calls is toybox.
        enter = [
            "nsenter",
            "--target",
            self._inner,
            "--mount",
            "--pid",
            "env",
            "PATH=/toybox:/usr/bin",
            "sh",
            "-c",
            line,
        ]
        done = subprocess.run(enter, capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def write(self, path: str, content: bytes, mode: int) -> str | None:
        target = Path(f"/proc/{self._inner}/root{path}")
        try:
            target.write_bytes(content)
            target.chmod(mode & 0o777)
        except OSError as error:
            return error.strerror
        return None

    def stat(self, path: str) -> tuple[int, int] | None:
        try:
            found = Path(f"/proc/{self._inner}/root{path}").stat()
        except OSError:
            return None
        return found.st_mode, found.st_size

    def become(self, user: str) -> str:
        return "adbd is already running as root\n"

    def remount(self) -> str:
        code, _, error = self.shell("mount -o remount,rw /system")
        return "remount succeeded\n" if code == 0 else error.decode()

    def asked(self, what: str) -> None: ...

    def names_in(self, process: str, folder: str) -> list[str]:
        """What the first process of that name sees in a folder."""
        _, out, _ = self.shell(
            f"nsenter --mount=/proc/$(toybox pidof {process} | cut -d' ' -f1)/ns/mnt -- ls -1 {folder}"
        )
        return out.decode().split()

    def state(self) -> object:
        """What a capture must leave as it was: stores, mounts of every process, settings, scratch folders."""
        seen = [self.names_in(name, folder) for name in ("sleep", "zygote64", "app") for folder in (APEX, SYSTEM)]
        _, mounts, _ = self.shell(
            "for each in /proc/[0-9]*/mounts; do echo $each; cat $each; done | grep -v '^/proc' | sort -u"
        )
        _, files, _ = self.shell("ls -1R /parts/settings /data /sdcard 2>/dev/null")
        return seen, mounts, files, dict(self.reverses)
