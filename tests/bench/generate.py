"""Write a realistic HAR of any size: 2,000 hosts, many body formats, a persona's values in a tenth of the requests."""

import base64
import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from tests.bench.bodies import SHAPES, WORDS, Body, Plant, Shape, token

PERSONA = {
    "person.name.full": "Tanvi Raghunathan",
    "person.email": "tanvi.raghunathan@patra.example",
    "person.phone": "+916909000517",
    "person.dob": "1994-02-17",
    "person.address.postal": "88 Tamarind Lane",
    "id.ad": "1f8e2d60-93b7-4c5a-a0d4-7e61b92c3f85",
    "id.android": "a93c41d7e02b5f68",
    "id.user": "BEN-77301942",
}
"""The values that are planted, by data type."""

KEYS = {
    "person.name.full": "name",
    "person.email": "email",
    "person.phone": "phone",
    "person.dob": "birthday",
    "person.address.postal": "street",
    "id.ad": "gaid",
    "id.android": "android_id",
    "id.user": "uid",
}

SDKS = (
    "in1.clevertap-prod.com app-measurement.com graph.facebook.com api.mixpanel.com api2.amplitude.com api.segment.io"
    " api2.branch.io app.adjust.com sdk-01.moengage.com c.webengage.com api.onesignal.com o4501.ingest.sentry.io"
    " firebaseinstallations.googleapis.com crashlyticsreports-pa.googleapis.com api.lab.amplitude.com cdn.branch.io"
)
SDK_HOSTS = SDKS.split()
HOSTS = 2_000

IDENTITY: Callable[[str], str] = str
ENCODINGS: tuple[Callable[[str], str], ...] = (
    IDENTITY,
    IDENTITY,
    IDENTITY,
    str.upper,
    lambda value: base64.b64encode(value.encode()).decode(),
    lambda value: base64.b64encode(orjson.dumps({"v": value})).decode(),
    lambda value: hashlib.sha256(value.lower().encode()).hexdigest(),
    lambda value: hashlib.md5(value.lower().encode()).hexdigest(),
)

AGENT = (
    "Mozilla/5.0 (Linux; Android 14; SM-A556E Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Version/4.0 Chrome/126.0.6478.122 Mobile Safari/537.36"
)


def hosts() -> list[tuple[str, Shape]]:
    """The same 2,000 hosts for every size, each with the one body shape that it takes."""
    dice = random.Random(2_000)
    names = SDK_HOSTS + [
        f"{dice.choice(('api', 'cdn', 'events', 'static', 't'))}{n % 7}.{dice.choice(WORDS)}-{n}.example"
        for n in range(HOSTS - len(SDK_HOSTS))
    ]
    shapes, weights = zip(*SHAPES, strict=True)
    return [(name, dice.choices(shapes, weights)[0]) for name in names]


def address(host: str) -> str:
    """An address of TEST-NET-2 or of AWS in Mumbai, always the same for one host."""
    digest = hashlib.sha256(host.encode()).digest()
    return f"13.126.{digest[0]}.{digest[1]}" if digest[2] % 3 else f"198.51.100.{digest[0]}"


def responses(count: int = 160) -> list[orjson.Fragment]:
    """Responses, encoded once: scripts, JSON, pictures, pages and empty ones; about 4 KB on average."""
    dice = random.Random(5)
    made = []
    for n in range(count):
        kind = ("application/javascript", "application/json", "image/png", "text/html", "")[n % 5]
        words = " ".join(dice.choices(WORDS, k=dice.randrange(150, 1_250)))
        content: dict[str, Any] = {"size": len(words), "mimeType": kind, "text": words}
        if kind == "application/json":
            content["text"] = orjson.dumps(
                {"items": [{"id": n, "title": word} for word in words.split()[:200]]}
            ).decode()
        elif kind == "image/png":
            content |= {"text": base64.b64encode(dice.randbytes(len(words))).decode(), "encoding": "base64"}
        elif not kind:
            content = {"size": 0, "mimeType": "", "text": ""}
        names = {
            "date": "Tue, 03 Mar 2026 08:30:00 GMT",
            "server": "nginx",
            "cache-control": "no-store",
            "via": "1.1 edge",
        }
        answer = {
            "status": 200 if kind else 204,
            "statusText": "OK",
            "httpVersion": "HTTP/2.0",
            "headers": pairs(names | ({"content-type": kind} if kind else {})),
            "cookies": [],
            "content": content,
            "redirectURL": "",
            "headersSize": 210,
            "bodySize": content["size"],
        }
        made.append(orjson.Fragment(orjson.dumps(answer, option=orjson.OPT_INDENT_2)))
    return made


def pairs(named: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in named.items()]


def post_data(body: Body, chrome: bool) -> dict[str, Any]:
    """A compressed body as base64, or as Chrome writes it: one character a byte."""
    if not body.gzipped:
        return {"mimeType": body.mime, "text": body.content.decode()}
    if chrome:
        return {"mimeType": body.mime, "text": body.content.decode("latin-1")}
    return {"mimeType": body.mime, "text": base64.b64encode(body.content).decode(), "encoding": "base64"}


def entry(serial: int, host: str, body: Body, chrome: bool, response: orjson.Fragment, cookie: str) -> dict[str, Any]:
    """One exchange, with the members that Chrome or mitmproxy adds to the standard ones."""
    headers = {
        "host": host,
        "user-agent": AGENT,
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br, zstd",
        "accept-language": "en-IN,en;q=0.9",
        "cookie": cookie,
        "sec-ch-ua": '"Chromium";v="126", "Android WebView";v="126", "Not.A/Brand";v="24"',
        "sec-ch-ua-mobile": "?1",
        "sec-ch-ua-platform": '"Android"',
        "sec-fetch-mode": "cors",
        "sec-fetch-site": "cross-site",
        "referer": "https://m.kirana-bench.example/",
    }
    if body.content:
        headers |= {"content-type": body.mime, "content-length": str(len(body.content))}
    if body.gzipped:
        headers["content-encoding"] = "gzip"
    request: dict[str, Any] = {
        "method": body.method,
        "url": f"https://{host}/v{serial % 3 + 1}/collect" + (f"?{body.query}" if body.query else ""),
        "httpVersion": "HTTP/2.0",
        "headers": pairs(headers),
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": len(body.content),
    }
    if body.content:
        request["postData"] = post_data(body, chrome)
    moment = datetime.fromtimestamp(1_772_500_000 + serial * 0.4, UTC)
    shared = {
        "startedDateTime": moment.isoformat(timespec="milliseconds"),
        "time": 41.5,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"blocked": 1.2, "dns": -1, "ssl": -1, "connect": -1, "send": 0.3, "wait": 31.7, "receive": 8.3},
        "serverIPAddress": address(host),
    }
    if chrome:
        extra = {"_initiator": {"type": "script"}, "_priority": "High", "_resourceType": "fetch", "pageref": "page_1"}
        return {**extra, **shared, "connection": "443"}
    return shared


def entries(seed: int = 1) -> Iterator[tuple[bytes, bool]]:
    """Encoded HAR entries without end, each with whether a value of the persona is in it."""
    dice, known, answers = random.Random(seed), hosts(), responses()
    popular = [1 / (rank + 20) for rank in range(len(known))]
    cumulative = [sum(popular[: n + 1]) for n in range(len(popular))]
    serial = 0
    while True:
        for host, shape in dice.choices(known, cum_weights=cumulative, k=500):
            planted, cookie = dice.random() < 0.1, f"sid={token(dice)}; ab={dice.randrange(9)}"
            plant = None
            if planted:
                data_type = dice.choice(list(PERSONA))
                key = KEYS[data_type] if dice.random() < 0.7 else f"p{dice.randrange(30)}"
                plant = Plant(key, dice.choice(ENCODINGS)(PERSONA[data_type]))
            body = shape(dice, serial, plant)
            made = entry(serial, host, body, serial % 2 == 0, dice.choice(answers), cookie)
            yield orjson.dumps(made, option=orjson.OPT_INDENT_2), planted
            serial += 1


def write(folder: Path, megabytes: int) -> tuple[Path, Path]:
    """The HAR of that size (10^6 bytes) and the seeds file, made anew only where they are missing.

    Beside them lies `<har>.planted.json`: the positions of the entries that hold a value of the persona.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seeds, har = folder / "persona.yaml", folder / f"bench-{megabytes}.har"
    seeds.write_text("".join(f'{name}: "{value}"\n' for name, value in PERSONA.items()))
    if har.exists():
        return har, seeds
    unfinished, planted = har.with_suffix(".part"), []
    creator = {"name": "apptells-bench", "version": "1"}
    head = b'{"log": {"version": "1.2", "creator": ' + orjson.dumps(creator) + b', "pages": [], "entries": [\n'
    with unfinished.open("wb") as file:
        written = file.write(head)
        for position, (encoded, holds) in enumerate(entries()):
            written += file.write(b",\n" + encoded if position else encoded)
            if holds:
                planted.append(position)
            if written >= megabytes * 1_000_000:
                break
        file.write(b"\n]}}\n")
    har.with_suffix(".planted.json").write_bytes(orjson.dumps({"entries": position + 1, "planted": planted}))
    unfinished.rename(har)
    return har, seeds
