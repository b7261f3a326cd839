"""What is known beforehand of payloads whose key travels with them."""

from msgspec import Struct


class Envelope(Struct, frozen=True):
    """Names of the members that hold, in Base64, an AES-GCM ciphertext with its tag, the key and the nonce."""

    data: str
    key: str
    nonce: str
