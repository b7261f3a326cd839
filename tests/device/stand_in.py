"""A device's side of adb's protocol on a loopback port: the real `adb` client connects to it as to a phone.

Written from the protocol's description (AOSP, packages/modules/adb: protocol.txt, SYNC.TXT, shell_protocol.h).
"""

import asyncio
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol

CNXN, AUTH, OPEN, OKAY, CLSE, WRTE = (
    int.from_bytes(name, "little") for name in (b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"CLSE", b"WRTE")
)
VERSION = 0x01000001
LARGEST = 1 << 18
FEATURES = "shell_v2,cmd,stat_v2,fixed_push_mkdir,fixed_push_symlink_timestamp"
STDOUT, STDERR, EXIT = 1, 2, 3
CHANGED_USER = "restarting adbd as"


class System(Protocol):
    """What is behind the protocol: `android.py`, or a shell of this machine."""

    serial: str
    product: str
    authorised: bool
    reverses: dict[str, str]

    def shell(self, line: str) -> tuple[int, bytes, bytes]: ...
    def write(self, path: str, content: bytes, mode: int) -> str | None: ...
    def stat(self, path: str) -> tuple[int, int] | None: ...
    def become(self, user: str) -> str: ...
    def remount(self) -> str: ...
    def asked(self, what: str) -> None: ...


class StandIn:
    """Serves one system on a port of its own, in a thread; a context manager."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "StandIn":
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def _serve(self) -> None:
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await _Transport(self.system, reader, writer).run()
        writer.close()


class _Stream:
    """One opened service: what the client writes, and a turn to write for each message that it took."""

    def __init__(self, transport: "_Transport", number: int, remote: int) -> None:
        self._transport, self._number, self._remote = transport, number, remote
        self.incoming: asyncio.Queue[bytes] = asyncio.Queue()
        self.taken = asyncio.Semaphore(1)
        self._rest = b""

    async def write(self, content: bytes) -> None:
        for start in range(0, len(content), LARGEST):
            await self.taken.acquire()
            await self._transport.send(WRTE, self._number, self._remote, content[start : start + LARGEST])

    async def read(self, count: int) -> bytes:
        while len(self._rest) < count:
            self._rest += await self.incoming.get()
        read, self._rest = self._rest[:count], self._rest[count:]
        return read

    async def close(self) -> None:
        await self.taken.acquire()  # until the client has taken the last message
        await self._transport.send(CLSE, self._number, self._remote)


class _Transport:
    def __init__(self, system: System, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._system, self._reader, self._writer = system, reader, writer
        self._streams: dict[int, _Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened = 0

    async def send(self, command: int, first: int, second: int, content: bytes = b"") -> None:
        header = struct.pack("<6I", command, first, second, len(content), sum(content), command ^ 0xFFFFFFFF)
        self._writer.write(header + content)
        await self._writer.drain()

    async def run(self) -> None:
        async for command, first, second, content in self._messages():
            if command in (CNXN, AUTH):
                if not self._system.authorised:
                    await self.send(AUTH, 1, 0, bytes(20))  # asks for a signature, again and again
                    continue
                product = self._system.product
                banner = f"device::ro.product.name={product};ro.product.model={product};ro.product.device={product};"
                await self.send(CNXN, VERSION, LARGEST, f"{banner}features={FEATURES}".encode())
            elif command == OPEN:
                self._opened += 1
                stream = self._streams[self._opened] = _Stream(self, self._opened, first)
                await self.send(OKAY, self._opened, first)
                task = asyncio.create_task(self._serve(content.rstrip(b"\0").decode(), stream))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif command == WRTE and second in self._streams:
                self._streams[second].incoming.put_nowait(content)
                await self.send(OKAY, second, first)
            elif command == OKAY and second in self._streams:
                self._streams[second].taken.release()
            elif command == CLSE:
                self._streams.pop(second, None)

    async def _messages(self) -> AsyncIterator[tuple[int, int, int, bytes]]:
        while True:
            command, first, second, length, _, _ = struct.unpack("<6I", await self._reader.readexactly(24))
            yield command, first, second, await self._reader.readexactly(length)

    async def _serve(self, service: str, stream: _Stream) -> None:
        self._system.asked(service)
        if service.startswith("shell"):
            await self._shell(service, stream)
        elif service.startswith("sync:"):
            await _sync(self._system, stream)
        elif service.startswith("reverse:"):
            await stream.write(answer_reverse(self._system.reverses, service.removeprefix("reverse:")))
        elif service in ("root:", "unroot:"):
            said = self._system.become("root" if service == "root:" else "shell")
            await stream.write(said.encode())
            await stream.close()
            if said.startswith(CHANGED_USER):
                self._system.reverses.clear()  # they live in adbd, which begins anew
                self._writer.close()
            return
        elif service == "remount:":
            await stream.write(self._system.remount().encode())
        await stream.close()

    async def _shell(self, service: str, stream: _Stream) -> None:
        line = service.partition(":")[2]
        code, out, error = await asyncio.to_thread(self._system.shell, line)
        for kind, content in ((STDOUT, out), (STDERR, error)):
            for start in range(0, len(content), LARGEST - 5):
                part = content[start : start + LARGEST - 5]
                await stream.write(struct.pack("<BI", kind, len(part)) + part)
        await stream.write(struct.pack("<BIB", EXIT, 1, code))


def answer_reverse(reverses: dict[str, str], order: str) -> bytes:
    """The answer to `reverse:forward:REMOTE;LOCAL` and its kin."""
    verb, _, rest = order.partition(":")
    if verb == "forward":
        remote, _, local = rest.removeprefix("norebind:").partition(";")
        reverses[remote] = local
        return b"OKAY"
    if verb == "killforward" and rest in reverses:
        del reverses[rest]
        return b"OKAY"
    if verb == "killforward-all":
        reverses.clear()
        return b"OKAY"
    if verb == "list-forward":
        text = "".join(f"UsbFfs {remote} {local}\n" for remote, local in reverses.items())
        return f"{len(text):04x}{text}".encode()
    message = f"listener '{rest}' not found"
    return f"FAIL{len(message):04x}{message}".encode()


async def _sync(system: System, stream: _Stream) -> None:
    answers: dict[bytes, Callable[[str], Awaitable[None]]] = {
        b"STAT": lambda path: stream.write(struct.pack("<4s3I", b"STAT", *(system.stat(path) or (0, 0)), 0)),
        b"STA2": lambda path: stream.write(_stat2(b"STA2", system.stat(path))),
        b"LST2": lambda path: stream.write(_stat2(b"LST2", system.stat(path))),
        b"SEND": lambda path: _receive(system, stream, path),
    }
    while True:
        name, length = struct.unpack("<4sI", await stream.read(8))
        if name == b"QUIT":
            return
        path = (await stream.read(length)).decode()
        await answers[name](path)


def _stat2(name: bytes, found: tuple[int, int] | None) -> bytes:
    mode, size = found or (0, 0)
    return struct.pack("<4sIQQIIIIQqqq", name, 0 if found else 2, 0, 0, mode, 1, 0, 0, size, 0, 0, 0)


async def _receive(system: System, stream: _Stream, destination: str) -> None:
    path, _, mode = destination.rpartition(",")
    content = b""
    while True:
        name, length = struct.unpack("<4sI", await stream.read(8))
        if name == b"DONE":
            break
        content += await stream.read(length)
    trouble = system.write(path, content, int(mode))
    said = (trouble or "").encode()
    await stream.write(struct.pack("<4sI", b"FAIL" if trouble else b"OKAY", len(said)) + said)
