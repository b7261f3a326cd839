"""The text of a response, where the capture kept one: what the server said, bounded."""

from analyzer.decode.charset import to_text
from analyzer.decode.compression import ENCODINGS, inflate
from analyzer.model import Exchange

MAX_TEXT = 256 << 10
"""Bytes of a response that are read."""
MAX_ENCODINGS = 3


def response_text(exchange: Exchange) -> str:
    """What the response body says, Content-Encoding taken off; empty where it was not kept or cannot be read."""
    data = exchange.response_body
    if not data:
        return ""
    names = [name.strip() for name in exchange.response_encoding.lower().split(",") if name.strip()]
    for name in reversed(names[-MAX_ENCODINGS:]):
        if name == "identity":
            continue
        inflated = inflate(ENCODINGS.get(name, ""), data, MAX_TEXT)
        if inflated is None:
            return ""
        data = inflated.data
    return to_text(data[:MAX_TEXT], exchange.response_type) or ""
