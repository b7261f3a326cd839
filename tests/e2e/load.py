"""Load for a proxy: `python -m tests.e2e.load PORT CONNECTIONS` sends numbered requests until the proxy is gone.

It is client and server at once, in a process of its own, so that nothing but the proxy delays what it notes: a line
`NUMBER SECONDS` for each request, with the time (since 1970) at which the last byte of its response was there. The
lines come when the proxy is gone or standard input ends; `begun` comes with the first response.
"""

import asyncio
import os
import sys
import time
from contextlib import suppress
from itertools import count

SIZES = (0, 300, 2_000, 2_000, 9_000)
"""Bytes of padding in the bodies, in turn; an app's requests are mostly small."""
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'


def body_of(number: int) -> bytes:
    """The body of a request: JSON with its number, and padding that no other request has."""
    padding = f"{number:x}." * SIZES[number % len(SIZES)]
    return b'{"n":%d,"pad":"%s"}' % (number, padding[: SIZES[number % len(SIZES)]].encode())


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            writer.write(_ANSWER)
    writer.close()


async def _send(proxy: int, server: int, numbers: "count[int]", done: list[tuple[int, float]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy)
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        for number in numbers:
            body = body_of(number)
            writer.write(
                b"POST http://127.0.0.1:%d/v1/%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (server, number, server, len(body), body)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            if not head.startswith(b"HTTP/1.1 200 "):
                return  # the proxy's own answer: the server has not got it, or it is about to end
            done.append((number, time.time()))
            if len(done) == 1:
                print("begun", flush=True)


async def main(proxy: int, connections: int) -> None:
    """Runs the server and the clients until the proxy is gone, or whoever started this asks for the end."""
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    numbers, done = count(), list[tuple[int, float]]()
    port = server.sockets[0].getsockname()[1]
    clients = [asyncio.create_task(_send(proxy, port, numbers, done)) for _ in range(connections)]
    asked = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait([asked, asyncio.gather(*clients, return_exceptions=True)], return_when="FIRST_COMPLETED")
    print("".join(f"{number} {at!r}\n" for number, at in done), end="", flush=True)
    os._exit(0)  # nothing here needs an orderly end, and the thread that reads may still wait


if __name__ == "__main__":
    with asyncio.Runner() as runner:
        runner.run(main(int(sys.argv[1]), int(sys.argv[2])))
