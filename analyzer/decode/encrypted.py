"""Objects whose key travels in them: what is inside takes the place of the ciphertext."""

from typing import Any

import pybase64

from analyzer.decode import tree
from analyzer.decode.envelope import Envelope
from analyzer.decode.limits import MAX_LAYER_BYTES
from analyzer.decode.walk import Place, Walk

AES_KEYS = (16, 24, 32)
NONCE = range(8, 129)
"""Bytes; GCM of the library takes no other."""
TAG = 16


def read(walk: Walk, at: Place, node: Any) -> bool:
    """Record what is in an encrypted object, and its other members; False where the node is no such object.

    The tag proves that the plain text is what was encrypted: a wrong key opens nothing.
    """
    if type(node) is not dict:
        return False
    for envelope in walk.envelopes:
        if envelope.data in node and (opened := _open(walk, node, envelope)) is not None:
            tree.read(walk, at, {name: value for name, value in node.items() if name != envelope.data})
            walk.data(at.at(envelope.data).inside("base64", "aes-gcm"), opened)
            return True
    return False


def _open(walk: Walk, node: dict[str, Any], envelope: Envelope) -> bytes | None:
    sealed, key, nonce = (_bytes(node.get(name)) for name in (envelope.data, envelope.key, envelope.nonce))
    if len(key) not in AES_KEYS or len(nonce) not in NONCE or len(sealed) <= TAG:
        return None
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, sealed, None)
    except InvalidTag:
        walk.note("encrypted", "An encrypted payload that carries its key could not be opened with that key.")
        return None


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str) or len(value) > MAX_LAYER_BYTES:
        return b""
    try:
        return pybase64.b64decode(value, validate=True)
    except ValueError:
        return b""
