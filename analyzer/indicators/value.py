"""The values of indicators and of captures in one form, so that equal ones are equal as text or number."""

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from msgspec import Struct

LONGEST_NAME = 253
"""Characters of the longest DNS name (RFC 1035, without the final dot)."""
_LONGEST_LABEL = 63
_LONGEST_SPELLING = 4 * LONGEST_NAME
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{0,62}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(?:://|\[:\]//|\[://\])")
_DEFANGED = {"hxxp": "http", "hxxps": "https"}
_DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}
_PORT = re.compile(r"[0-9]{1,5}")
_FINGERPRINTS = {"sha256": re.compile(r"[0-9a-f]{64}"), "sha1": re.compile(r"[0-9a-f]{40}")}
_APP = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")

Address = tuple[int, int]
"""IP version and number; IPv4 inside IPv6 (::ffff:0:0/96) is IPv4."""
Network = tuple[int, int, int]
"""IP version, bits of the prefix, and the prefix as a number of that many bits."""


def domain_name(text: str) -> str | None:
    """A host name in lower case and Punycode, the final dot and a defanged dot (`[.]`) off; None for anything else.

    A single label is no name: it would stand for a whole top-level domain.
    """
    if len(text) > _LONGEST_SPELLING:
        return None
    name = text.strip().replace("[.]", ".")
    if not name.isascii():
        # What a browser does before it asks DNS (UTS #46), short of its tables: compatibility forms, then lower case.
        name = unicodedata.normalize("NFKC", name).replace("\u3002", ".")
    name = ".".join(_punycode(label) for label in name.lower().removesuffix(".").split("."))
    return name if len(name) <= LONGEST_NAME and _NAME.fullmatch(name) else None


def _punycode(label: str) -> str:
    # Encoding takes the square of the length, and never makes a label shorter.
    if label.isascii() or len(label) > _LONGEST_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


class Url(Struct, frozen=True):
    """A URL without its host: what has to be equal beside it."""

    scheme: str
    """Empty where a list leaves it open."""
    port: str
    """Empty for the scheme's own."""
    path: str
    """Without the final slash."""
    query: str | None
    """None where there is none: a list that names none means any."""


def parse_url(text: str) -> tuple[str, Url] | None:
    """The host (a name or an address) of a URL and the rest of it; None for what is no URL of a host.

    The scheme may be missing or defanged (`hxxp`), the host defanged; user, fragment and the default port are off.
    """
    text = text.strip()
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match else ""
    scheme = _DEFANGED.get(scheme, scheme)
    rest = (text[match.end() :] if match else text).partition("#")[0]
    rest, asked, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    authority = authority.rpartition("@")[2].replace("[.]", ".")
    if authority.startswith("["):
        name, _, port = authority.partition("]")
        port = port.removeprefix(":")
    else:
        name, _, port = authority.partition(":")
    host = host_name(name)
    if host is None or (port and not _PORT.fullmatch(port)):
        return None
    if port == _DEFAULT_PORTS.get(scheme):
        port = ""
    return host, Url(scheme, port, path.rstrip("/"), query if asked else None)


def host_name(text: str) -> str | None:
    """The host of a request in one form: a name as by `domain_name`, or an address; None for anything else."""
    name = domain_name(text)
    if name is None and (address := _address(text)):
        return str(address)
    return name


def parse_address(text: str) -> Address | None:
    """An address as recorders write it (brackets, zone); None for anything else."""
    address = _address(text)
    return (address.version, int(address)) if address else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    if len(text) > 64:
        return None
    try:
        address = ip_address(text.strip().removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def parse_network(text: str) -> Network | None:
    """An address or a network in CIDR notation, its dots defanged or not; an address is a network of one."""
    text = text.strip().replace("[.]", ".")
    if single := parse_address(text):
        version, number = single
        return version, 32 if version == 4 else 128, number
    if len(text) > 64 or "/" not in text:
        return None
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    shift = network.max_prefixlen - network.prefixlen
    return network.version, network.prefixlen, int(network.network_address) >> shift


def fingerprint(text: str, algorithm: str) -> str | None:
    """A certificate's `sha256` or `sha1` in lower-case hexadecimal, colons and spaces off; None for anything else."""
    digits = text.replace(":", "").replace(" ", "").lower()
    return digits if _FINGERPRINTS[algorithm].fullmatch(digits) else None


def app_id(text: str) -> str | None:
    """A package or bundle id such as `com.kirana.demo`; case counts. None for anything else."""
    text = text.strip()
    return text if len(text) <= 255 and _APP.fullmatch(text) else None
