"""Transforms that cannot be undone by decoding: hashes, hashes of hashes, salted and keyed hashes of a text."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Literal

from msgspec import Struct

from analyzer.detect.seeds.murmur import murmur3_32, murmur3_128
from analyzer.detect.seeds.ripemd import ripemd160

type Hash = Callable[[bytes], bytes]


class Salt(Struct, frozen=True):
    """A public text that an app or a tracker hashes personal values with."""

    text: str
    where: Literal["before", "after", "hmac"]
    """Before or after the value, or as the key of an HMAC."""
    tracker: str = ""
    """Whose salt it is; empty where that is not known."""


def _hashed(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data, usedforsecurity=False).digest()


def _murmur_big(data: bytes) -> bytes:
    return b"".join(half.to_bytes(8, "big") for half in murmur3_128(data))


def _murmur_little(data: bytes) -> bytes:
    return b"".join(half.to_bytes(8, "little") for half in murmur3_128(data))


HASHES: Mapping[str, Hash] = {name: partial(_hashed, name) for name in ("md5", "sha1", "sha256", "sha512")}
"""Tier 1: searched for always."""
DEEP_HASHES: Mapping[str, Hash] = {
    **{
        name.replace("_", "-"): partial(_hashed, name)
        for name in ("sha224", "sha384", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s")
    },
    "blake2b-256": lambda data: hashlib.blake2b(data, digest_size=32).digest(),
    "ripemd160": ripemd160,
    # Its two halves are written as numbers by some libraries and as bytes in memory by others.
    "murmur3-128": _murmur_big,
    "murmur3-128, little-endian": _murmur_little,
}
"""Tier 2: searched for in deep mode."""
NESTED = ("md5", "sha1", "sha256")
"""Each of these of the hex digest of each of these."""


def digests(text: str, deep: bool = False) -> Iterator[tuple[str, bytes]]:
    """(derivation, digest) of every hash of a text; `{}` in the derivation stands for the text: `sha256(md5({}))`."""
    data = text.encode("utf-8", "replace")
    for name, hash_of in HASHES.items():
        digest = hash_of(data)
        yield f"{name}({{}})", digest
        if name in NESTED:
            written = digest.hex().encode()
            for outer in NESTED:
                yield f"{outer}({name}({{}}))", HASHES[outer](written)
    if deep:
        for name, hash_of in DEEP_HASHES.items():
            yield f"{name}({{}})", hash_of(data)


def salted_digests(text: str, salt: Salt) -> Iterator[tuple[str, bytes]]:
    """(derivation, digest) of a text hashed with a salt."""
    data, known = text.encode("utf-8", "replace"), salt.text.encode("utf-8", "replace")
    for name, hash_of in HASHES.items():
        if salt.where == "hmac":
            yield f"hmac-{name}({{}})", hmac.digest(known, data, name)
        elif salt.where == "before":
            yield f"{name}(salt + {{}})", hash_of(known + data)
        else:
            yield f"{name}({{}} + salt)", hash_of(data + known)


def short_digests(text: str) -> Iterator[tuple[str, str]]:
    """(derivation, digest as written) of MurmurHash3 in 32 bits: hex, unsigned, signed. For deep mode."""
    number = murmur3_32(text.encode("utf-8", "replace"))
    yield "murmur3-32({})", f"{number:08x}"
    for written in {number, number - (1 << 32) if number >> 31 else number}:
        yield "murmur3-32({}), decimal", str(written)
