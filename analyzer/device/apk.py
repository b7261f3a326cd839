"""Who signed an APK: the signing certificates that it names, read from its signing block or its JAR signature.

The form is that of Android's documents on APK signature schemes v2, v3 and v3.1. The signature itself is not checked:
the device did that when it installed the app.
"""

import hashlib
import struct
import warnings
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

V2, V3, V3_1 = 0x7109871A, 0xF05368C0, 0x1B93AD61
_BLOCK_MAGIC = b"APK Sig Block 42"
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 0xFFFF
_LARGEST_BLOCK = 16 << 20
_LARGEST_DIRECTORY = 16 << 20
_LARGEST_SIGNATURE = 1 << 20
_MOST_SIGNERS = 10
"""As many as Android accepts."""
_NEWEST = 0x7FFFFFFF


class Signers(Struct, frozen=True):
    """The signing certificates of an APK."""

    sha256: tuple[str, ...]
    """Of each certificate in DER, hexadecimal."""
    scheme: str
    """`v3.1`, `v3`, `v2` or `v1`: the newest that the device goes by."""


def signers(file: BinaryIO, api: int = _NEWEST) -> Signers | None:
    """The signers of an APK, as an Android of that API level takes them; None where there are none to be read."""
    try:
        end = _end(file)
        return _newest(_schemes(_signing_block(file, end)), api) or _jar_signers(file)
    except Exception:
        return None  # an APK is what anyone made it: struct, zipfile, zlib and cryptography have errors of many kinds


def _newest(schemes: dict[int, bytes], api: int) -> Signers | None:
    for identifier, name in ((V3_1, "v3.1"), (V3, "v3"), (V2, "v2")):
        found = []
        for signer in _prefixed(_only(schemes.get(identifier, b""))):
            signed, rest = _split(signer)
            if identifier != V2:
                oldest, newest = struct.unpack_from("<II", rest)
                if not oldest <= api <= newest:
                    continue
            _, after_digests = _split(signed)
            certificates, _ = _split(after_digests)
            found.append(hashlib.sha256(next(_prefixed(certificates))).hexdigest())
        if found:
            return Signers(tuple(found[:_MOST_SIGNERS]), name)
    return None


def _end(file: BinaryIO) -> tuple[int, int]:
    """Size and place of the ZIP's central directory; raises ValueError where there is none, or one out of measure."""
    start = max(0, file.seek(0, 2) - _END_SIZE - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read(_END_SIZE + _LONGEST_COMMENT)
    size, place = struct.unpack_from("<II", tail, tail.rindex(_END) + 12)
    if size > _LARGEST_DIRECTORY:
        raise ValueError("a directory out of measure")
    return size, place


def _signing_block(file: BinaryIO, end: tuple[int, int]) -> bytes:
    """The pairs of the block before the ZIP's central directory; empty where there is none."""
    _, directory = end
    if directory < 32:
        return b""
    file.seek(directory - 24)
    length, magic = struct.unpack("<Q16s", file.read(24))
    if magic != _BLOCK_MAGIC or not 24 <= length <= min(_LARGEST_BLOCK, directory - 8):
        return b""
    file.seek(directory - length)
    return file.read(length - 24)


def _schemes(block: bytes) -> dict[int, bytes]:
    """The pairs by their identifiers."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 12 <= len(block):
        length, identifier = struct.unpack_from("<QI", block, at)
        if not 4 <= length <= len(block) - at - 8:
            break
        found.setdefault(identifier, block[at + 12 : at + 8 + length])
        at += 8 + length
    return found


def _split(content: bytes) -> tuple[bytes, bytes]:
    """A value with its length before it, and what follows; raises ValueError where it is cut off."""
    (length,) = struct.unpack_from("<I", content)
    if length > len(content) - 4:
        raise ValueError("longer than what holds it")
    return content[4 : 4 + length], content[4 + length :]


def _only(content: bytes) -> bytes:
    return _split(content)[0] if content else b""


def _prefixed(content: bytes) -> Iterator[bytes]:
    while content:
        value, content = _split(content)
        yield value


def _jar_signers(file: BinaryIO) -> Signers | None:
    """Scheme v1: the certificates of `META-INF/*.RSA` that signed, not those that vouch for them."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

    found = []
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            folder, _, name = entry.filename.upper().rpartition("/")
            if folder == "META-INF" and name.endswith((".RSA", ".DSA", ".EC")):
                with archive.open(entry) as signature, warnings.catch_warnings(action="ignore"):
                    certificates = load_der_pkcs7_certificates(signature.read(_LARGEST_SIGNATURE))
                issuers = {other.issuer for other in certificates if other.issuer != other.subject}
                own = [each for each in certificates if each.subject not in issuers] or certificates
                found.append(own[0].fingerprint(SHA256()).hex())
                if len(found) == _MOST_SIGNERS:
                    break
    return Signers(tuple(found), "v1") if found else None
