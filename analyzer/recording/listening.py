"""Where the proxy listens, as a phone has to know it."""

from mitmproxy.addons.proxyserver import Proxyserver


def addresses(server: Proxyserver | None) -> tuple[tuple[str, int], ...]:
    """The addresses and ports of all its modes."""
    return tuple((at[0], at[1]) for at in server.listen_addrs()) if server is not None else ()


def wireguard(server: Proxyserver | None) -> str | None:
    """The configuration for a phone's WireGuard app, where that mode is on."""
    for instance in server.servers if server is not None else ():
        if hasattr(instance, "client_conf") and (text := instance.client_conf()):
            # mitmproxy writes the port that it was asked for; 0 is none that a phone can reach.
            known = str(text).removesuffix(":0")
            return known if known == text else f"{known}:{instance.listen_addrs[0][1]}"
    return None
