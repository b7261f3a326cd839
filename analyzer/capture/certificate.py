"""What a server's certificate says, from its DER form or from the names that a recorder kept of it."""

import re
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from analyzer.memo import Memo
from analyzer.model import Certificate

if TYPE_CHECKING:
    from cryptography import x509

_KEPT = 1024
_LONGEST_PEM = 64 << 10
_LONGEST_NAME = 200
_COUNTRY = re.compile(r"[A-Z]{2}")
_INTERCEPTORS = re.compile(
    r"mitmproxy|Charles Proxy|DO_NOT_TRUST|HTTP Toolkit CA|Proxyman|PortSwigger|Reqable|PCAPdroid|ZAP.*Root CA",
    re.IGNORECASE,
)
"""Issuers that intercepting proxies give themselves; what they issue says nothing of the server."""


class Certificates:
    """Reads certificates, each one once."""

    def __init__(self) -> None:
        self._read = Memo[bytes, Certificate | None](_KEPT)

    def of(self, found: "x509.Certificate") -> Certificate | None:
        """The certificate; None where an intercepting proxy made it."""
        from cryptography.hazmat.primitives.hashes import SHA256

        key = found.fingerprint(SHA256())
        return self._read[key] if key in self._read else self._read.keep(key, _certificate(found))


def pem_certificate(pem: str) -> Certificate | None:
    """The first certificate in PEM text; None where none can be read, or an intercepting proxy made it."""
    from cryptography.x509 import load_pem_x509_certificate

    if len(pem) > _LONGEST_PEM:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # of serial numbers that no one should issue
            found = load_pem_x509_certificate(pem.encode("utf-8", "replace"))
    except Exception:
        # Beside ValueError, cryptography has errors of its own (InvalidVersion) for what is no certificate.
        return None
    return _certificate(found)


def der_certificate(der: bytes) -> Certificate | None:
    """The certificate in DER form; None where it cannot be read, or an intercepting proxy made it."""
    from cryptography.x509 import load_der_x509_certificate

    try:
        with warnings.catch_warnings(action="ignore"):
            found = load_der_x509_certificate(der)
    except Exception:
        return None
    return _certificate(found)


def named_certificate(
    *,
    subject: object,
    issuer: object = None,
    organisation: object = None,
    country: object = None,
    sha256: object = None,
    sha1: object = None,
) -> Certificate | None:
    """A certificate of its names and fingerprints as recorded, whatever their types.

    None where they name no subject, organisation or fingerprint, or an intercepting proxy as the issuer.
    """
    code = _line(country).upper()
    made = Certificate(
        subject=_line(subject),
        organisation=_line(organisation) or None,
        country=code if _COUNTRY.fullmatch(code) else None,
        issuer=_line(issuer),
        sha256=_fingerprint(sha256, 64),
        sha1=_fingerprint(sha1, 40),
    )
    if _INTERCEPTORS.search(made.issuer) or not (made.subject or made.organisation or made.sha256 or made.sha1):
        return None
    return made


def _certificate(found: "x509.Certificate") -> Certificate | None:
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256
    from cryptography.x509.oid import NameOID

    issuer = _attribute(found, "issuer", NameOID.ORGANIZATION_NAME)
    issuer_name = _attribute(found, "issuer", NameOID.COMMON_NAME)
    if _INTERCEPTORS.search(f"{issuer} {issuer_name}"):
        return None
    return named_certificate(
        subject=_attribute(found, "subject", NameOID.COMMON_NAME) or _first_alternative(found),
        organisation=_attribute(found, "subject", NameOID.ORGANIZATION_NAME),
        country=_attribute(found, "subject", NameOID.COUNTRY_NAME),
        issuer=issuer or issuer_name,
        sha256=found.fingerprint(SHA256()).hex(),
        sha1=found.fingerprint(SHA1()).hex(),  # noqa: S303 - indicators of compromise are listed by it
    )


def _attribute(found: "x509.Certificate", side: str, oid: "x509.ObjectIdentifier") -> str:
    # Names are decoded only now, and cryptography raises KeyError too; a broken one must not cost the fingerprints.
    with suppress(Exception), warnings.catch_warnings(action="ignore"):
        for attribute in getattr(found, side).get_attributes_for_oid(oid):
            return _line(attribute.value)
    return ""


def _first_alternative(found: "x509.Certificate") -> str:
    from cryptography.x509 import SubjectAlternativeName

    with suppress(Exception):
        names = found.extensions.get_extension_for_class(SubjectAlternativeName).value
        return next((str(name.value) for name in names), "")
    return ""


def _line(value: object) -> str:
    text = value[: 4 * _LONGEST_NAME] if isinstance(value, str) else ""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_LONGEST_NAME]


def _fingerprint(value: object, digits: int) -> str:
    text = _line(value).replace(":", "").lower()
    return text if re.fullmatch(rf"[0-9a-f]{{{digits}}}", text) else ""
