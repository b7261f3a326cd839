"""A small Android behind the stand-in: settings, files, mounts, processes, packages, and the commands that touch them.

What it holds to be true of Android was read, not measured: see `docs/device.md`.
"""

import fnmatch
import shlex
import threading
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

APEX = "/apex/com.android.conscrypt/cacerts"
SYSTEM = "/system/etc/security/cacerts"
USER_ADDED = "/data/misc/user/0/cacerts-added"
DIRECTORY, FILE = 0o40755, 0o100644
ROOT_COUNT = 25

READING = ("getprop", "id", "date", "ls", "cat", "ps", "stat", "grep", "dumpsys", "test", "getenforce")
"""Commands that change nothing; `settings get`, `pm path` and `cmd package` are the others."""


@dataclass
class File:
    content: bytes
    mode: int = FILE
    owner: str = "root:root"
    label: str = ""


@dataclass
class Mount:
    """A tree of files at a place; a bind mount shares its tree with another."""

    source: str
    point: str
    kind: str
    options: str
    tree: dict[str, File]

    def line(self) -> str:
        return f"{self.source} {self.point} {self.kind} {self.options} 0 0"


@dataclass
class Process:
    parent: int
    name: str
    space: str
    """Its mount namespace."""


@dataclass
class Package:
    apks: dict[str, bytes]
    dump: str
    launcher: str = ""


def roots(count: int = ROOT_COUNT) -> dict[str, File]:
    return {f"{number:08x}.0": File(b"fictitious root %d\n" % number) for number in range(count)}


@dataclass
class Android:
    """One device. `spaces` maps a mount namespace to its mounts; `init` is the one that adb's shell is in."""

    serial: str = ""
    product: str = "sdk_gphone64"
    authorised: bool = True
    user: str = "shell"
    rootable: bool = True
    writable: bool = True
    """Whether `adb remount` works."""
    properties: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    proxy: str = ""
    """What is in effect: a setting that is deleted or emptied changes nothing in that until a restart."""
    spaces: dict[str, list[Mount]] = field(default_factory=dict)
    processes: dict[int, Process] = field(default_factory=dict)
    packages: dict[str, Package] = field(default_factory=dict)
    reverses: dict[str, str] = field(default_factory=dict)
    clock: float = 0.0
    """Seconds ahead of this computer's."""
    changes: list[str] = field(default_factory=list)
    """What was asked of it that may change it."""
    screens: list[str] = field(default_factory=list)
    """Activities that were opened."""
    services: list[str] = field(default_factory=list)
    overrides: dict[str, tuple[int, bytes, bytes]] = field(default_factory=dict)
    """Answers to lines that match a pattern, instead of the true ones."""
    before_change: Callable[[], None] | None = None
    """Called with the change at the end of `changes`, and not yet made."""
    freeze: str = ""
    """Pattern of a line that is never answered."""
    frozen: threading.Event = field(default_factory=threading.Event)
    thawed: threading.Event = field(default_factory=threading.Event)

    def state(self) -> object:
        """All that a capture must leave as it was."""
        return deepcopy((self.user, self.settings, self.proxy, self.spaces, self.reverses))

    def reboot(self) -> None:
        """Mounts below /system and /apex in memory, root and reverses go; files and settings stay."""
        self.user = "shell"
        self.reverses.clear()
        self.proxy = self.settings.get("http_proxy", "").removeprefix(":0")
        for mounts in self.spaces.values():
            mounts[:] = [mount for mount in mounts if mount.source != "apptells"]
            for mount in mounts:
                mount.options = mount.options.replace("rw", "ro") if mount.point == "/system" else mount.options

    # ------------------------------------------------ what the stand-in asks

    def asked(self, service: str) -> None:
        self.services.append(service)
        if service in ("root:", "unroot:", "remount:") or service.startswith(("reverse:forward", "reverse:kill")):
            self._changing(service)

    def become(self, user: str) -> str:
        if user == "root" and not self.rootable:
            return "adbd cannot run as root in production builds\n"
        if self.user == user:
            return "adbd is already running as root\n" if user == "root" else "adbd not running as root\n"
        self.user = user
        return "restarting adbd as root\n" if user == "root" else "restarting adbd as non root\n"

    def remount(self) -> str:
        if self.user != "root":
            return 'Not running as root. Try "adb root" first.\n'
        if not self.writable:
            return "remount of the / superblock failed: Permission denied\nremount failed\n"
        self._remount("/system", "rw")
        return "remount succeeded\n"

    def stat(self, path: str) -> tuple[int, int] | None:
        if found := self.file(path):
            return found.mode, len(found.content)
        return (DIRECTORY, 4096) if self._is_folder(path) else None

    def write(self, path: str, content: bytes, mode: int) -> str | None:
        self._changing(f"push {path}")
        mount, rest = self.mount("init", path)
        if "ro" in mount.options.split(","):
            return "couldn't create file: Read-only file system"
        if self.user != "root" and not path.startswith(("/sdcard/", "/data/local/tmp/")):
            return "couldn't create file: Permission denied"
        mount.tree[rest] = File(content, mode | 0o100000, f"{self.user}:{self.user}")
        return None

    def shell(self, line: str) -> tuple[int, bytes, bytes]:
        for pattern, answer in self.overrides.items():
            if fnmatch.fnmatch(line, pattern):
                return answer
        words = shlex.split(line)
        reading = words[0] in READING or words[:2] in (["settings", "get"], ["pm", "path"], ["cmd", "package"])
        if reading:
            self._hold(line)
        else:
            self._changing(line)
        try:
            return 0, self._run(words, "init").encode("utf-8", "surrogateescape"), b""
        except (AssertionError, ValueError, TypeError, IndexError) as error:
            return 70, b"", f"the stand-in does not know this form: {line}: {error!r}".encode()
        except _Failed as failed:
            return failed.code, failed.out.encode(), failed.said.encode()

    def _changing(self, line: str) -> None:
        self._hold(line)
        self.changes.append(line)
        if self.before_change:
            self.before_change()

    def _hold(self, line: str) -> None:
        if self.freeze and fnmatch.fnmatch(line, self.freeze):
            self.frozen.set()
            self.thawed.wait(60)

    # ------------------------------------------------ commands

    def _run(self, words: list[str], space: str) -> str:
        command: Callable[[list[str], str], str] | None = getattr(self, f"_do_{words[0]}", None)
        if command is None:
            raise _Failed(127, f"sh: {words[0]}: inaccessible or not found")
        return command(words[1:], space)

    def _do_getprop(self, words: list[str], space: str) -> str:
        return "".join(f"[{name}]: [{value}]\n" for name, value in self.properties.items())

    def _do_id(self, words: list[str], space: str) -> str:
        assert words == ["-u"]
        return "0\n" if self.user == "root" else "2000\n"

    def _do_date(self, words: list[str], space: str) -> str:
        assert words == ["+%s"]
        return f"{time.time() + self.clock:.0f}\n"

    def _do_settings(self, words: list[str], space: str) -> str:
        verb, where, name, *value = words
        assert where == "global"
        if verb == "get":
            return self.settings.get(name, "null") + "\n"
        if verb == "delete":
            return f"Deleted {int(self.settings.pop(name, None) is not None)} rows\n"
        assert verb == "put"
        self.settings[name] = value[0]
        if name == "http_proxy" and value[0]:
            self.proxy = "" if value[0] == ":0" else value[0]
            host, _, port = value[0].partition(":")
            self.settings |= {
                "global_http_proxy_host": host,
                "global_http_proxy_port": port,
                "global_http_proxy_exclusion_list": "",
            }
        return ""

    def _do_ls(self, words: list[str], space: str) -> str:
        option, folder = words
        assert option == "-1"
        if self.user != "root" and folder.startswith(USER_ADDED):
            raise _Failed(1, f"ls: {folder}: Permission denied")
        if not self._is_folder(folder, space):
            raise _Failed(1, f"ls: {folder}: No such file or directory")
        return "".join(f"{name}\n" for name in self.names(folder, space))

    def _do_cat(self, words: list[str], space: str) -> str:
        (path,) = words
        if path.startswith("/proc/") and path.endswith("/mounts"):
            return "".join(f"{mount.line()}\n" for mount in self._mounts_of(path.split("/")[2], space))
        found = self.file(path, space)
        if found is None:
            raise _Failed(1, f"cat: {path}: No such file or directory")
        return found.content.decode("utf-8", "surrogateescape")

    def _do_ps(self, words: list[str], space: str) -> str:
        assert words == ["-A", "-o", "PID,PPID,NAME"]
        lines = [f"{number:5} {process.parent:5} {process.name}\n" for number, process in self.processes.items()]
        return "  PID  PPID NAME\n" + "".join(lines)

    def _do_stat(self, words: list[str], space: str) -> str:
        if words[:3] == ["-L", "-c", "%s"]:
            return f"{len(self._existing(words[3], space).content)}\n"
        assert words[:3] == ["-L", "-c", "%i %n"]
        out = ""
        for name in words[3:]:
            who = name.split("/")[2]
            if who == "self":
                out += f"{self._number(space)} {name}\n"
            elif self.user == "root" and int(who) in self.processes:
                out += f"{self._number(self.processes[int(who)].space)} {name}\n"
        if out.count("\n") < len(words) - 3:
            raise _Failed(1, "stat: Permission denied", out)
        return out

    def _do_grep(self, words: list[str], space: str) -> str:
        assert words[0] == "-ls"
        assert words[1].startswith("^")
        found = []
        for name in words[2:]:
            if self.user == "root" or "/self/" in name:
                mounts = self._mounts_of(name.split("/")[2], space)
                found += [name] if any(mount.line().startswith(words[1][1:]) for mount in mounts) else []
        if not found:
            raise _Failed(1, "")
        return "".join(f"{name}\n" for name in found)

    def _do_nsenter(self, words: list[str], space: str) -> str:
        self._needs_root("nsenter")
        target, dashes, *rest = words
        assert dashes == "--"
        number = int(target.removeprefix("--mount=/proc/").removesuffix("/ns/mnt"))
        if number not in self.processes:
            raise _Failed(1, f"nsenter: {target}: No such file or directory")
        return self._run(rest, self.processes[number].space)

    def _do_sh(self, words: list[str], space: str) -> str:
        option, line = words
        assert option == "-c"
        return "".join(self._run(shlex.split(part), space) for part in line.split(" && "))

    def _do_test(self, words: list[str], space: str) -> str:
        option, path = words
        assert option == "-e"
        if not self.file(path, space) and not self._is_folder(path, space):
            raise _Failed(1, "")
        return ""

    def _do_mkdir(self, words: list[str], space: str) -> str:
        option, path = words
        assert option == "-p"
        mount, rest = self.mount(space, path)
        mount.tree[f"{rest}/"] = File(b"", DIRECTORY)
        return ""

    def _do_rmdir(self, words: list[str], space: str) -> str:
        (path,) = words
        mount, rest = self.mount(space, path)
        if f"{rest}/" not in mount.tree or self.names(path, space):
            raise _Failed(1, f"rmdir: {path}: busy, not empty or not there")
        del mount.tree[f"{rest}/"]
        return ""

    def _do_rm(self, words: list[str], space: str) -> str:
        option, path = words
        assert option == "-f"
        mount, rest = self.mount(space, path)
        if rest in mount.tree and "ro" in mount.options.split(","):
            raise _Failed(1, f"rm: {path}: Read-only file system")
        mount.tree.pop(rest, None)
        return ""

    def _do_cp(self, words: list[str], space: str) -> str:
        option, source, target = words
        assert option == "-Rp"
        assert source.endswith("/.")
        for name in self.names(source[:-2], space):
            file = self.file(f"{source[:-2]}/{name}", space)
            mount, rest = self.mount(space, f"{target}/{name}")
            assert file is not None
            mount.tree[rest] = deepcopy(file)
        return ""

    def _do_chmod(self, words: list[str], space: str) -> str:
        self._existing(words[1], space).mode = 0o100000 | int(words[0], 8)
        return ""

    def _do_chown(self, words: list[str], space: str) -> str:
        self._needs_root("chown")
        self._existing(words[1], space).owner = words[0]
        return ""

    def _do_chcon(self, words: list[str], space: str) -> str:
        self._needs_root("chcon")
        option, label, folder = words
        assert option == "-R"
        for name in self.names(folder, space):
            self._existing(f"{folder}/{name}", space).label = label
        return ""

    def _do_mount(self, words: list[str], space: str) -> str:
        self._needs_root("mount")
        if words[0] == "--bind":
            source, target = words[1:]
            bound, _ = self.mount(space, f"{source}/x")
            assert bound.point == source, "only whole mounts are bound here"
            self._attach(space, Mount(bound.source, target, bound.kind, bound.options, bound.tree))
        elif words[0] == "-t":
            assert words[1:4] == ["tmpfs", "-o", "mode=755"]
            assert self._is_folder(words[5], space)
            self._attach(space, Mount(words[4], words[5], "tmpfs", "rw,mode=755", {}))
        else:
            option, how, point = words
            assert option == "-o"
            self._remount(point, how.removeprefix("remount,"))
        return ""

    def _do_umount(self, words: list[str], space: str) -> str:
        self._needs_root("umount")
        option, point = words
        assert option == "-l"
        if not self._detach(space, point):
            raise _Failed(1, f"umount: {point}: Invalid argument")
        if space == "init" and not point.startswith("/apex"):
            for other in self.spaces:
                if other != "init":
                    self._detach(other, point)
        return ""

    def _do_pm(self, words: list[str], space: str) -> str:
        assert words[0] == "path"
        package = self.packages.get(words[1])
        if package is None:
            raise _Failed(1, "")
        return "".join(f"package:{path}\n" for path in package.apks)

    def _do_dumpsys(self, words: list[str], space: str) -> str:
        assert words[0] == "package"
        package = self.packages.get(words[1])
        return package.dump if package else f"Unable to find package: {words[1]}\n"

    def _do_cmd(self, words: list[str], space: str) -> str:
        assert words[:3] == ["package", "resolve-activity", "--brief"]
        package = self.packages.get(words[-1])
        if package is None or not package.launcher:
            return "No activity found\n"
        return f"priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n{package.launcher}\n"

    def _do_am(self, words: list[str], space: str) -> str:
        self.screens.append(" ".join(words))
        return "Starting: Intent { }\n" if words[0] == "start" else ""

    def _do_monkey(self, words: list[str], space: str) -> str:
        self.screens.append("monkey " + " ".join(words))
        return "Events injected: 1\n"

    # ------------------------------------------------ files and mounts

    def _attach(self, space: str, mount: Mount) -> None:
        """The module folder is private to each namespace; all else reaches the others, which are slaves of init's."""
        reached = [space] if space != "init" or mount.point.startswith("/apex") else list(self.spaces)
        for name in reached:
            self.spaces[name].append(Mount(mount.source, mount.point, mount.kind, mount.options, mount.tree))

    def _detach(self, space: str, point: str) -> bool:
        mounts = self.spaces[space]
        at = next((at for at in reversed(range(len(mounts))) if mounts[at].point == point), None)
        if at is None:
            return False
        del mounts[at]
        return True

    def _remount(self, point: str, how: str) -> None:
        self._needs_root("mount")
        for mounts in self.spaces.values():
            for mount in mounts:
                if mount.point == point:
                    mount.options = mount.options.replace("ro" if how == "rw" else "rw", how)

    def _mounts_of(self, who: str, space: str) -> list[Mount]:
        if who == "self":
            return self.spaces[space]
        if int(who) not in self.processes:
            raise _Failed(1, "No such file or directory")
        if self.user != "root":
            raise _Failed(1, "Permission denied")
        return self.spaces[self.processes[int(who)].space]

    def mount(self, space: str, path: str) -> tuple[Mount, str]:
        """The mount that is seen at a path, and the path within it."""
        above = [
            mount for mount in self.spaces[space] if mount.point == "/" or f"{path}/".startswith(f"{mount.point}/")
        ]
        longest = max(len(mount.point) for mount in above)
        mount = [mount for mount in above if len(mount.point) == longest][-1]
        return mount, path[len(mount.point) :].strip("/")

    def names(self, folder: str, space: str = "init") -> list[str]:
        """The files of a folder as a mount namespace sees them."""
        mount, rest = self.mount(space, folder)
        start = f"{rest}/" if rest else ""
        return sorted(
            name[len(start) :]
            for name in mount.tree
            if name.startswith(start) and "/" not in name[len(start) :] and name != start
        )

    def _is_folder(self, path: str, space: str = "init") -> bool:
        mount, rest = self.mount(space, path)
        return not rest or f"{rest}/" in mount.tree or any(name.startswith(f"{rest}/") for name in mount.tree)

    def file(self, path: str, space: str = "init") -> File | None:
        """What a mount namespace sees at a path."""
        for package in self.packages.values():
            if path in package.apks:
                return File(package.apks[path])
        mount, rest = self.mount(space, path)
        return mount.tree.get(rest)

    def _existing(self, path: str, space: str) -> File:
        found = self.file(path, space)
        if found is None:
            raise _Failed(1, f"{path}: No such file or directory")
        return found

    def _needs_root(self, command: str) -> None:
        if self.user != "root":
            raise _Failed(1, f"{command}: Permission denied")

    def _number(self, space: str) -> int:
        return 4026530000 + list(self.spaces).index(space)


class _Failed(Exception):
    def __init__(self, code: int, said: str, out: str = "") -> None:
        super().__init__(said)
        self.code, self.said, self.out = code, said, out


def android(api: int, *, rootable: bool = True, emulator: bool = True) -> Android:
    """A device as it comes up: zygotes with three apps, of which one has a mount namespace of its own."""
    release = {30: "11", 33: "13", 34: "14", 35: "15"}[api]
    maker, model = ("Google", "sdk_gphone64_x86_64") if emulator else ("Example", "Example Phone 7")
    made = Android(rootable=rootable, product=model.replace(" ", "_"))
    made.properties = {
        "ro.build.version.sdk": str(api),
        "ro.build.version.release": release,
        "ro.product.manufacturer": maker,
        "ro.product.model": model,
        "ro.build.fingerprint": f"{maker.lower()}/{made.product}/device:{release}/FICT.123/1:user/keys",
        "ro.debuggable": "1" if rootable else "0",
        "ro.hardware": "ranchu" if emulator else "example",
        "persist.sys.text": "two\nlines",
    }
    made.settings = {"airplane_mode_on": "0"}
    system = Mount(
        "/dev/block/dm-0",
        "/system",
        "ext4",
        "ro,seclabel,relatime",
        {f"etc/security/cacerts/{name}": file for name, file in roots().items()},
    )
    trees = [
        Mount("rootfs", "/", "rootfs", "ro", {"init": File(b"")}),
        system,
        Mount("/dev/block/dm-9", "/data", "ext4", "rw,seclabel", {"local/tmp/": File(b"", DIRECTORY)}),
        Mount("/dev/fuse", "/sdcard", "fuse", "rw", {"Download/": File(b"", DIRECTORY)}),
    ]
    if api >= 34:
        apex = {f"cacerts/{name}": file for name, file in roots().items()}
        trees.append(Mount("/dev/loop3", "/apex/com.android.conscrypt", "ext4", "ro", apex))
    for space in ("init", "zygote64", "zygote", "shop"):
        made.spaces[space] = [Mount(each.source, each.point, each.kind, each.options, each.tree) for each in trees]
    made.processes = {
        1: Process(0, "init", "init"),
        310: Process(1, "zygote64", "zygote64"),
        311: Process(1, "zygote", "zygote"),
        420: Process(1, "adbd", "init"),
        650: Process(310, "system_server", "zygote64"),
        1200: Process(310, "com.example.shop", "shop"),
        1300: Process(311, "com.example.notes with spaces", "zygote"),
    }
    return made
