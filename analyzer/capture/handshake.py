"""Which measured times can be those of a TCP handshake with the server, and not with a proxy nearby."""

from ipaddress import IPv6Address, ip_address, ip_network

LEAST_MS = 0.05
"""What is left below it after a subtraction is rounding; even inside one data centre a handshake takes longer."""
MOST_MS = 300_000.0

_NEARBY = tuple(
    ip_network(network)
    for network in (
        *("127.0.0.0/8", "::1/128"),  # this machine (RFC 1122, RFC 4291)
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),  # private (RFC 1918, RFC 4193)
        *("169.254.0.0/16", "fe80::/10"),  # link-local (RFC 3927, RFC 4291)
        "100.64.0.0/10",  # behind a carrier's NAT (RFC 6598)
        "198.18.0.0/15",  # for benchmarks (RFC 2544); proxies on the device answer names with them
    )
)


def handshake_ms(measured: float) -> float | None:
    """The time in milliseconds, None where no handshake takes so little or so much (or it is no number)."""
    return measured if LEAST_MS <= measured <= MOST_MS else None


def is_nearby(address: str) -> bool:
    """Whether an IP address is on this machine or its network, where a proxy stands; ValueError where it is none."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return any(parsed in network for network in _NEARBY)
