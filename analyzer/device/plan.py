"""Chooses the steps that a device needs, by reading it; changes nothing."""

import hashlib
import warnings
from typing import Literal

from msgspec import Struct

from analyzer.device.ca import Authority
from analyzer.device.memory_store import MemoryStore
from analyzer.device.phone import APEX_ROOTS, USER_ROOTS, Phone
from analyzer.device.proxy import SETTING, Proxy, settings_now
from analyzer.device.root import Root
from analyzer.device.state import AnyStep
from analyzer.device.system_store import SystemStore, read_only_mounts
from analyzer.device.tunnel import Tunnel
from analyzer.device.user_store import FOLDER, Handover, UserStore
from analyzer.errors import ApptellsError

StoreName = Literal["auto", "user", "system", "memory"]
_SAME_SUBJECT = 10
"""Certificates with one hash that a store is searched for."""


class Wish(Struct, frozen=True, kw_only=True):
    """What the user asked for."""

    authority: Authority
    port: int
    """Of the proxy, on this computer and on the device."""
    store: StoreName = "auto"
    app: str | None = None
    """Package id."""
    start: bool = True


def plan(phone: Phone, wish: Wish) -> tuple[AnyStep, ...]:
    """The steps in their order, those left out that the device needs no more.

    Raises ApptellsError where the wish cannot be met.
    """
    certificate = _certificate_steps(phone, wish)
    mappings = phone.reverses()
    steps: list[AnyStep] = []
    if any(step.needs_root for step in certificate) and not phone.is_root():
        steps.append(Root(mappings=mappings))
    steps += certificate
    end = f"tcp:{wish.port}"
    if (end, end) not in mappings:
        steps.append(Tunnel(port=wish.port, before=dict(mappings).get(end)))
    before = settings_now(phone)
    if before[SETTING] != f"127.0.0.1:{wish.port}":
        steps.append(Proxy(port=wish.port, before=before))
    return tuple(steps)


def chosen_store(phone: Phone, wanted: StoreName) -> StoreName:
    """The store to use: what was wanted, or the best that the device allows.

    Raises ApptellsError where the device does not allow it.
    """
    modular = APEX_ROOTS in phone.stores()
    if wanted == "user":
        return wanted
    if not phone.may_become_root():
        if wanted == "auto":
            return "user"
        raise ApptellsError(f"{phone.serial}: --store {wanted} needs root, which this device refuses; use --store user")
    if wanted == "system" and modular:
        raise ApptellsError(f"{phone.serial}: from Android 14 on apps do not read that folder; use --store memory")
    if wanted == "auto":
        return "memory" if modular else "system"
    return wanted


def _certificate_steps(phone: Phone, wish: Wish) -> list[AnyStep]:
    store = chosen_store(phone, wish.store)
    folder = USER_ROOTS if store == "user" else phone.stores()[-1]
    name = free_name(phone, folder, wish.authority)
    if name is None:
        return []
    if store == "memory":
        return [MemoryStore(name=name, stores=phone.stores())]
    if store == "system":
        return [SystemStore(name=name, read_only=read_only_mounts(phone))]
    file = f"apptells-{wish.authority.sha256[:8]}.crt"
    handed_over: list[AnyStep] = [] if file in (phone.names(FOLDER) or ()) else [Handover(name=file)]
    return [*handed_over, UserStore(name=file)]


def free_name(phone: Phone, folder: str, authority: Authority) -> str | None:
    """The file name that the certificate is to have in a store; None where it is there already.

    Android looks for `HASH.0`, `HASH.1`, ... as long as they exist.
    """
    names = phone.names(folder) or ()
    for number in range(_SAME_SUBJECT):
        name = f"{authority.hash}.{number}"
        if name not in names:
            return name
        if _sha256(phone.answer("cat", f"{folder}/{name}").out) == authority.sha256:
            return None
    raise ApptellsError(
        f"{phone.serial}: {folder} holds {_SAME_SUBJECT} other certificates of that name; remove them first"
    )


def _sha256(pem: str) -> str | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        with warnings.catch_warnings(action="ignore"):
            found = x509.load_pem_x509_certificate(pem.encode())
        return hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest()
    except Exception:
        return None  # whatever the device keeps there, it is not the certificate
