"""A fictitious app as a device holds it: APK files with signing blocks made by hand, and what `dumpsys` says of it."""

import hashlib
import io
import struct
import zipfile

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from analyzer.device.apk import V2, V3, V3_1
from tests.device.android import Package

APP = "com.example.shop"
FOLDER = f"/data/app/~~ZmljdGl0aW91cw==/{APP}-cGF0aA=="
DUMP = f"""Domain verification status:
  {APP}:
    ID: 00000000-0000-0000-0000-000000000000
    Signatures: [{":".join(["AB"] * 32)}]
Packages:
  Package [{APP}] (1a2b3c):
    appId=10123
    versionCode=40201 minSdk=24 targetSdk=34
    versionName=4.2.1
    install permissions:
      android.permission.INTERNET: granted=true
      android.permission.VIBRATE: granted=false
    User 0: ceDataInode=1 installed=true
      runtime permissions:
        android.permission.ACCESS_FINE_LOCATION: granted=true, flags=[ USER_SET ]
        android.permission.CAMERA: granted=false, flags=[ USER_SENSITIVE_WHEN_GRANTED ]
Hidden system packages:
  Package [{APP}] (4d5e6f):
    versionCode=1 minSdk=24 targetSdk=28
    versionName=1.0
    install permissions:
      android.permission.READ_SMS: granted=true
"""


def package(base: bytes | None = None, dump: str = DUMP) -> Package:
    base = apk({V2: [(b"fictitious certificate", None)]}) if base is None else base
    apks = {f"{FOLDER}/split_config.en.apk": apk({}), f"{FOLDER}/base.apk": base}
    return Package(apks, dump, f"{APP}/.MainActivity")


def apk(
    schemes: dict[int, list[tuple[bytes, tuple[int, int] | None]]], entries: dict[str, bytes] | None = None
) -> bytes:
    """A ZIP with a signing block: of each scheme the signers' certificates and, from v3 on, their API levels."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in {"AndroidManifest.xml": b"fictitious", **(entries or {})}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    content = made.getvalue()
    if not schemes:
        return content
    pairs = b"".join(_pair(identifier, _signers(identifier, each)) for identifier, each in schemes.items())
    pairs += _pair(0x42726577, bytes(64))  # padding, as apksigner adds it
    length = struct.pack("<Q", len(pairs) + 24)
    block = length + pairs + length + b"APK Sig Block 42"
    at = content.rindex(b"PK\x05\x06") + 16
    (directory,) = struct.unpack_from("<I", content, at)
    end = content[:at] + struct.pack("<I", directory + len(block)) + content[at + 4 :]
    return content[:directory] + block + end[directory:]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def _signers(identifier: int, each: list[tuple[bytes, tuple[int, int] | None]]) -> bytes:
    signers = b""
    for certificate, levels in each:
        signed = _prefixed(_prefixed(b"digest")) + _prefixed(_prefixed(certificate) + _prefixed(b"one that vouches"))
        span = struct.pack("<II", *(levels or (24, 0x7FFFFFFF))) if identifier in (V3, V3_1) else b""
        signers += _prefixed(_prefixed(signed + span) + span + _prefixed(b"signatures") + _prefixed(b"key"))
    return _prefixed(signers)


def _prefixed(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


def _pair(identifier: int, content: bytes) -> bytes:
    return struct.pack("<QI", len(content) + 4, identifier) + content
