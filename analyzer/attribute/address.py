"""What an IP address by itself says: public and worth a look-up, or private, loopback, documentation and the like."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
"""The well-known prefix of RFC 6052: phones on IPv6-only networks reach IPv4 servers through it."""

_KINDS = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("192.0.2.0/24", "a documentation address"),  # RFC 5737, as are the next two
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("2001:db8::/32", "a documentation address"),  # RFC 3849
        ("3fff::/20", "a documentation address"),  # RFC 9637
        ("2001::/32", "a Teredo tunnel address"),  # RFC 4380: it names the tunnel's server, not who answers
        ("100.64.0.0/10", "an address behind a carrier's NAT"),  # RFC 6598
        ("198.18.0.0/15", "a benchmark address"),  # RFC 2544
    )
)


def parse_address(text: str) -> Address | None:
    """An address as recorders write it (brackets, zone); None for anything else.

    IPv4 inside IPv6 is taken out: mapped, translated (NAT64), or of the site that a 6to4 prefix stands for (RFC 3056).
    """
    try:
        address = ip_address(text.strip().removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside:
            return inside
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def not_public(address: Address) -> str | None:
    """What an address is that no database can place: `a loopback address`; None for public ones (IANA registries)."""
    for network, kind in _KINDS:
        if address in network:
            return kind
    for holds, kind in (
        (address.is_loopback, "a loopback address"),
        (address.is_link_local, "a link-local address"),
        (address.is_unspecified, "the unspecified address"),
        (address.is_multicast, "a multicast address"),
        (address.is_reserved, "a reserved address"),
        (address.is_private, "a private address"),
        (not address.is_global, "a reserved address"),
    ):
        if holds:
            return kind
    return None
