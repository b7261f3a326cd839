"""gRPC and gRPC-Web frames: a flag byte, a length of four bytes, a message."""

from analyzer.decode.compression import inflate, sniff
from analyzer.decode.limits import MAX_LAYER_BYTES
from analyzer.decode.walk import Place, Walk

MAX_EMPTY = 16


def frames(data: bytes) -> list[tuple[int, bytes]] | None:
    """The (flag, message) frames, or None where the data is not exactly a run of them."""
    out: list[tuple[int, bytes]] = []
    at = 0
    while at + 5 <= len(data):
        flag, size = data[at], int.from_bytes(data[at + 1 : at + 5])
        # Real messages are not empty by the hundred: that is a run of zeros.
        if flag not in (0, 1, 128) or at + 5 + size > len(data) or (not size and len(out) > MAX_EMPTY):
            return None
        out.append((flag, data[at + 5 : at + 5 + size]))
        at += 5 + size
    return out if out and at == len(data) else None


def read(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    """Record the messages of every frame as protobuf, or as JSON where the content type says so."""
    found = frames(data)
    if found is None:
        return False
    inner = at.inside("grpc")
    kind = "application/json" if "json" in content_type else "application/x-protobuf"
    for position, (flag, message) in enumerate(found):
        here = inner if len(found) == 1 else inner.item(position)
        if flag == 128:  # trailers of gRPC-Web
            walk.text(here, message.decode("latin-1"))
            continue
        name = sniff(message) if flag & 1 else None
        opened = inflate(name, message, min(MAX_LAYER_BYTES, walk.bytes_left)) if name else None
        if opened is not None:
            walk.bytes_left -= len(opened.data)
            here, message = here.inside(opened.name), opened.data
        walk.data(here, message, kind)
    return True
