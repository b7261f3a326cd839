"""Certificates made for tests, for names of nobody."""

import warnings
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

COMPANY = {
    NameOID.COMMON_NAME: "api.tracker.example",
    NameOID.ORGANIZATION_NAME: "Nakshatra Analytics Private Limited",
    NameOID.COUNTRY_NAME: "IN",
}
TRUST = {NameOID.COMMON_NAME: "Example TLS CA 1", NameOID.ORGANIZATION_NAME: "Example Trust Services"}

Names = dict[x509.ObjectIdentifier, str]


def certificate(
    subject: Names = COMPANY, issuer: Names = TRUST, alternatives: tuple[str, ...] = ()
) -> x509.Certificate:
    """A certificate that nobody trusts."""
    builder = x509.CertificateBuilder(
        issuer_name=_name(issuer),
        subject_name=_name(subject),
        serial_number=77,
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2026, 12, 31, tzinfo=UTC),
    )
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(map(x509.DNSName, alternatives)), critical=False)
    key = generate_private_key(SECP256R1())
    return builder.public_key(key.public_key()).sign(key, SHA256())


def _name(parts: Names) -> x509.Name:
    with warnings.catch_warnings(action="ignore"):  # names of any length are meant
        return x509.Name([x509.NameAttribute(oid, text, _validate=False) for oid, text in parts.items()])
