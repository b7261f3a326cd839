"""What identifiers of devices, installations and networks look like."""

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from stdnum import luhn

_UUID = re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
_PACKAGE = re.compile(r"[a-zA-Z][\w]{0,60}(?:\.[a-zA-Z][\w]{0,60}){1,8}")
_OWNED = re.compile(
    r"[^\W\d_][\w .'’-]{0,40}(?:['’]s|s['’]) (?:[\w-]{1,20} ){0,2}"
    r"(?:iphone|ipad|ipod|phone|macbook|mac|imac|watch|tablet|laptop|pc|galaxy|pixel|redmi|oneplus)\b.{0,20}"
    r"|(?:iphone|ipad|macbook|telefon|handy) (?:von|de|di|do|da|van) .{2,40}",
    re.I,
)
_NO_NETWORK = frozenset(("<unknown ssid>", "unknown", "0x", "null", "none", "true", "false", "wifi", "yes", "no"))


def imei(value: str) -> bool:
    """Fifteen digits with a Luhn check digit (3GPP TS 23.003), sixteen of an IMEISV, or fourteen without it."""
    digits = value.replace("-", "").replace(" ", "") if len(value) < 40 else ""
    if not (digits.isascii() and digits.isdigit()) or len(set(digits)) < 3:
        return False
    return (len(digits) == 15 and luhn.is_valid(digits)) or len(digits) in (14, 16)


def meid(value: str) -> bool:
    """Fourteen hex digits from A0 on, or eighteen decimal ones (3GPP2 S.R0048)."""
    return re.fullmatch(r"[A-Fa-f][0-9A-Fa-f]{13}|\d{18}", value) is not None and len(set(value)) > 2


def imsi(value: str) -> bool:
    """Fourteen or fifteen digits that start with a mobile country code and network code in use (ITU-T E.212)."""
    if re.fullmatch(r"[2-7]\d{13,14}", value) is None:
        return False
    return _checker("stdnum.imsi")(value)


def iccid(value: str) -> bool:
    """A SIM serial: 89, then 17 or 18 digits (ITU-T E.118)."""
    return re.fullmatch(r"89\d{17,18}[Ff]?", value) is not None


def uuid(value: str) -> bool:
    """A UUID, with or without dashes, that is not zeroed."""
    return _UUID.fullmatch(value) is not None and len(set(value.replace("-", ""))) > 2


def hex16(value: str) -> bool:
    """Up to 64 bits in hex, as Android writes its ID, but for the one that a faulty release gave to many devices."""
    return (
        re.fullmatch(r"[0-9a-fA-F]{14,16}", value) is not None
        and value.lower() != "9774d56d682e549c"
        and len(set(value)) > 2
    )


def gsf(value: str) -> bool:
    """A Google Services Framework id: 64 bits in hex, or as up to nineteen decimal digits."""
    return hex16(value) or re.fullmatch(r"[1-9]\d{16,18}", value) is not None


def fid(value: str) -> bool:
    """A Firebase installation id: 22 characters of base64, the first bits fixed."""
    return re.fullmatch(r"[c-f][\w-]{21}", value) is not None


def mac(value: str) -> bool:
    """A hardware address of one device: not Android's placeholder, not all zeros or ones, no group address."""
    if _MAC.fullmatch(value) is None:
        return False
    placeholder = value.lower().replace("-", ":") in ("02:00:00:00:00:00", "00:00:00:00:00:00")
    return not placeholder and not int(value[:2], 16) & 1  # the lowest bit of the first octet says group (IEEE 802)


def ip_public(value: str) -> bool:
    """A public IP address, but for the first octets that versions mostly have."""
    return _address(value) and ipaddress.ip_address(value).is_global and not value.startswith(_LIKE_VERSIONS)


_LIKE_VERSIONS = ("0.", "1.0.", "1.1.", "2.0.", "3.0.")


def ip_private(value: str) -> bool:
    """An IP address of a local network (RFC 1918, RFC 4193) or of a carrier's (RFC 6598)."""
    if not _address(value):
        return False
    address = ipaddress.ip_address(value)
    return any(address in network for network in _LOCAL if network.version == address.version)


_LOCAL = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)


def _address(value: str) -> bool:
    if not 2 < len(value) < 46:
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def ssid(value: str) -> bool:
    """A network's name: up to 32 characters, not Android's placeholder, and no identifier of a session."""
    name = value.strip('"')
    if not 2 <= len(name) <= 32 or name.lower() in _NO_NETWORK or name.isdigit():
        return False
    # Google's cookie SSID is a session's key: fourteen signs and more, letters and digits all mixed.
    mixed = re.fullmatch(r"[\w-]{14,}", name) is not None and len(re.findall(r"\d+", name)) > 1
    return not mixed and re.fullmatch(r"[0-9a-fA-F-]{16,}", name) is None


def cell(value: str) -> bool:
    """A cell with its network: country code, network code, area and cell (3GPP TS 23.003)."""
    return re.fullmatch(r"[2-7]\d{2}[-:_.]\d{2,3}[-:_.]\d{1,7}(?:[-:_.]\d{1,10})?", value) is not None


def package(value: str) -> bool:
    """The name of an app package, or three and more with commas between."""
    names = re.split(r"[,;|]\s?", value[:4000])
    return len(names) != 2 and all(_PACKAGE.fullmatch(name) for name in names[:50])


def owned_device(value: str) -> bool:
    """A device's name that names its owner: `Asha's iPhone`."""
    return len(value) <= 80 and _OWNED.fullmatch(value) is not None


def analytics_cookie(value: str) -> bool:
    """A browser's number with its start: `GA1.2.1234567890.1700000000`, `fb.1.1700000000000.1234567890`."""
    return re.fullmatch(r"(?:GA1|GS1|fb|amp)\.\d{1,2}\.\d{6,13}\.[\w.-]{6,80}", value) is not None


@lru_cache(64)
def _checker(module: str) -> Callable[[str], bool]:
    """`is_valid` of a python-stdnum module, imported when a value asks for it."""
    is_valid: Callable[[str], bool] = import_module(module).is_valid
    return is_valid
