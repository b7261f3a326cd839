"""Documents one after another: NDJSON, Sentry envelopes, a JSON line before a compressed rest."""

from analyzer.decode import json_body
from analyzer.decode.walk import Place, Walk


def read(walk: Walk, at: Place, data: bytes) -> bool:
    """Record each line that is JSON, and open what is not; False unless the first line is JSON and more follows."""
    first, found, rest = data.partition(b"\n")
    first = first.strip()
    if not found or not first.startswith((b"{", b"[")) or json_body.parse(first) is None:
        return False
    inner = at.inside("ndjson")
    position = 0
    while first or rest:
        if first:
            here = inner.item(position)
            if first.startswith((b"{", b"[")):
                # The tail of a line that is no JSON may be binary with line ends in it: then the rest is one piece.
                if not json_body.read(walk, here, first):
                    walk.data(here, first + b"\n" + rest)
                    return True
            elif position:
                walk.data(here, first + found + rest)
                return True
            position += 1
        first, found, rest = rest.partition(b"\n")
        first = first.strip(b" \t\r") if first[:1] in (b"{", b"[", b" ", b"\t", b"\r", b"") else first
    return True
