"""The proxy's certificate authority as Android wants it: a PEM file named by the hash of its subject."""

import hashlib
import warnings
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from analyzer.errors import ApptellsError

_LARGEST = 1 << 20


class Authority(Struct, frozen=True):
    """A certificate authority, without its key."""

    pem: bytes
    """The certificate and nothing else of the file, which may hold the private key as well."""
    sha256: str
    hash: str
    """Eight hexadecimal digits: the name of the file in a store of Android, before `.0`."""


def authority(path: Path) -> Authority:
    """Read the first certificate of a PEM or DER file.

    Raises ApptellsError where there is none, where it is no certificate authority, or is not valid now.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        with path.expanduser().open("rb") as file:
            content = file.read(_LARGEST)
    except OSError as error:
        raise ApptellsError(
            f"{path}: the certificate of the proxy cannot be read ({error.strerror}); start mitmdump once, which "
            "makes it, or name it with --ca"
        ) from error
    try:
        with warnings.catch_warnings(action="ignore"):  # of serial numbers that no one should issue
            pem = b"-----BEGIN CERTIFICATE-----" in content
            certificate = x509.load_pem_x509_certificate(content) if pem else x509.load_der_x509_certificate(content)
            subject = certificate.subject.public_bytes()
            issues = _issues(certificate)
    except Exception as error:
        # Beside ValueError, cryptography has errors of its own (InvalidVersion) for what is no certificate.
        raise ApptellsError(f"{path}: holds no certificate in PEM or DER; give the proxy's with --ca") from error
    if not issues:
        raise ApptellsError(f"{path}: not the certificate of an authority (CA:TRUE is missing); give another with --ca")
    if not certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc:
        raise ApptellsError(f"{path}: the certificate is not valid today; make a new one, or set this computer's clock")
    return Authority(
        pem=certificate.public_bytes(Encoding.PEM),
        sha256=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        hash=subject_hash(subject),
    )


def subject_hash(subject: bytes) -> str:
    """OpenSSL's `-subject_hash_old` of a subject in DER: the first four bytes of its MD5, as a little-endian number."""
    return f"{int.from_bytes(hashlib.md5(subject, usedforsecurity=False).digest()[:4], 'little'):08x}"


def _issues(certificate: object) -> bool:
    from cryptography import x509

    assert isinstance(certificate, x509.Certificate)
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
