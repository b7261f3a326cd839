"""Transforms that cannot be undone by decoding: hashes of a canonical form, in each way a digest is written."""

import base64
import hashlib
from collections.abc import Iterator

HASHES = ("md5", "sha1", "sha256", "sha512")
"""Tier 1: searched for always."""


def digests(text: str) -> Iterator[tuple[str, str]]:
    """(name, digest as text) of every hash of a text: `sha256` in hex, Base64 and Base64url."""
    data = text.encode()
    for name in HASHES:
        digest = hashlib.new(name, data, usedforsecurity=False).digest()
        yield name, digest.hex()
        encoded = base64.b64encode(digest).decode().rstrip("=")
        yield f"{name}, base64", encoded
        urlsafe = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if urlsafe != encoded:
            yield f"{name}, base64url", urlsafe
