"""How to point a phone or an emulator at the proxy, with codes to scan."""

import io
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.live.control import Ready

PAGE = "http://mitm.it/"
"""mitmproxy's own page, which it answers itself: the certificate for every system, with the steps to install it."""
_ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what mitmproxy says of itself


def instructions(ready: "Ready", modes: Sequence[str]) -> Iterator[str]:
    """What to do on the phone, line by line; codes only for eyes, that is on a terminal."""
    yield f"Recording to {ready.file}; Ctrl-C ends it and writes the report."
    if ready.wireguard:
        yield "Phone: install the WireGuard app, and scan this as a new tunnel:"
        yield from _code(ready.wireguard)
        yield ready.wireguard.strip()
    elif any(not mode.startswith(("regular", "upstream", "socks5")) for mode in modes):
        listening = ", ".join(dict.fromkeys(f"{host}:{port}" for host, port in ready.listening))
        yield f"The proxy runs as {', '.join(modes)}" + (f" at {listening}." if listening else ".")
        return
    else:
        host, port = ready.listening[0][:2] if ready.listening else ("", 8080)
        address = own_address() if host in _ANYWHERE else host
        yield f"Phone, on the same network: Wi-Fi settings, proxy by hand, host {address}, port {port}."
        yield f"Android emulator on this machine: proxy 10.0.2.2, port {port}."
        yield f"Either by USB or as an emulator: `apptells device prepare --port {port}` sets it up and undoes it."
    yield f"Then open {PAGE} in its browser and install the certificate that it offers:"
    yield from _code(PAGE)


def own_address() -> str:
    """This machine's address on its network, as far as it can be told without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # for documentation only (RFC 5737); a datagram socket sends nothing here
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _code(text: str) -> Iterator[str]:
    if not sys.stdout.isatty():
        return
    import segno

    drawn = io.StringIO()
    segno.make(text, micro=False).terminal(out=drawn, compact=True)
    yield drawn.getvalue().rstrip("\n")
