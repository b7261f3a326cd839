"""Request bodies as SDKs send them: one function a shape, each with room for one planted value."""

import base64
import gzip
import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlencode

import orjson
from lzstring import LZString

from fixtures.captures.protobuf import field

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
VOCABULARY = (
    "home cart search product list detail open close banner offer video play pause scroll login start session resume"
    " checkout payment order tile carousel share rating review settings language theme wallet ticket route map"
)
WORDS = VOCABULARY.split()


class Body(NamedTuple):
    """What a shape adds to a request; `query` is the part behind the question mark."""

    method: str
    query: str
    mime: str
    content: bytes
    gzipped: bool = False


class Plant(NamedTuple):
    """A value to hide in a request and the name it goes by there."""

    key: str
    value: str


def token(dice: random.Random, length: int = 24) -> str:
    return f"{dice.getrandbits(length * 4):0{length}x}"


def event(dice: random.Random, serial: int) -> dict[str, object]:
    """One analytics event of about 450 bytes; no two are alike."""
    return {
        "event": "_".join(dice.choices(WORDS, k=2)),
        "messageId": token(dice, 32),
        "timestamp": f"2026-03-{serial % 28 + 1:02d}T{serial % 24:02d}:{serial % 60:02d}:07.{serial % 1000:03d}Z",
        "properties": {
            "screen": dice.choice(WORDS),
            "position": dice.randrange(40),
            "duration_ms": dice.randrange(90_000),
            "items": [{"sku": f"SKU-{dice.randrange(99_999):05d}", "price": dice.randrange(5, 9000) / 4} for _ in "ab"],
        },
        "context": {"app": {"build": "1043", "version": "4.2.1"}, "os": {"name": "Android", "version": "14"}},
    }


def batch(dice: random.Random, serial: int, plant: Plant | None) -> bytes:
    events = [event(dice, serial + k) for k in range(dice.choice((1, 2, 3, 5, 8)))]
    traits = {"plan": "basic", "visits": dice.randrange(400)} | ({plant.key: plant.value} if plant else {})
    user = {"anonymousId": token(dice, 32), "traits": traits}
    return orjson.dumps({"batch": events, "user": user, "sentAt": serial, "writeKey": "bench"})


def json_batch(dice: random.Random, serial: int, plant: Plant | None, *, gzipped: bool = False) -> Body:
    content = batch(dice, serial, plant)
    return Body("POST", "v=3", JSON, gzip.compress(content, 5, mtime=0) if gzipped else content, gzipped)


def query_only(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    known = {plant.key: plant.value} if plant else {}
    return Body("GET", urlencode({"id": token(dice, 16), "t": serial, "screen": dice.choice(WORDS), **known}), "", b"")


def form(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    known = {plant.key: plant.value} if plant else {}
    extra = orjson.dumps(event(dice, serial)).decode()
    pairs = {"aid": token(dice, 32), "seq": serial, "build": "1043", **known, "payload": extra}
    return Body("POST", "", FORM, urlencode(pairs).encode())


def base64_form(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    return Body("POST", "ip=1", FORM, b"data=" + quote(base64.b64encode(batch(dice, serial, plant)), safe="").encode())


def protobuf(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    known = field(3, field(2, plant.key) + field(3, plant.value)) if plant else b""
    events = b"".join(
        field(2, field(1, field(1, "_sc") + field(2, dice.choice(WORDS))) + field(2, "screen_view") + field(3, serial))
        for _ in range(6)
    )
    bundle = field(1, 1) + events + known + field(8, "android") + field(9, "14") + field(21, token(dice, 32))
    return Body("POST", "", FORM, gzip.compress(field(1, bundle), 5, mtime=0), gzipped=True)


def multipart(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    mark = token(dice, 16)
    pairs = {"seq": str(serial), "note": " ".join(dice.choices(WORDS, k=60))} | (
        {plant.key: plant.value} if plant else {}
    )
    parts = (f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in pairs.items())
    return Body("POST", "", f"multipart/form-data; boundary={mark}", f"{''.join(parts)}--{mark}--\r\n".encode())


def json_lines(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    lines = [orjson.dumps(event(dice, serial + k)) for k in range(2)]
    if plant:
        lines.append(orjson.dumps({"identify": {plant.key: plant.value}}))
    return Body("POST", "", "text/plain", b"\n".join(lines))


def lz_string(dice: random.Random, serial: int, plant: Plant | None) -> Body:
    packed = LZString().compressToBase64(batch(dice, serial, plant).decode())
    return Body("GET", f"t=96&type=push&d={quote(packed, safe='')}", "", b"")


Shape = Callable[[random.Random, int, Plant | None], Body]

SHAPES: tuple[tuple[Shape, int], ...] = (
    (query_only, 340),
    (json_batch, 300),
    (form, 130),
    (partial(json_batch, gzipped=True), 90),
    (base64_form, 45),
    (protobuf, 40),
    (json_lines, 40),
    (multipart, 12),
    (lz_string, 3),
)
"""Each shape and how many requests in a thousand have it."""
