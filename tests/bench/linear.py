"""The cost of one exchange: the same for a thousand and for a hundred thousand, and near that of reading its JSON."""

import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from typing import Any, NamedTuple

import orjson

from analyzer.decode.exchange import Decoder
from analyzer.detect.by_seed import Seeds
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange
from analyzer.pipeline import Detection, envelopes
from tests.bench.bodies import WORDS, event, token

SEEDS = {
    "person.name.full": ["Tanvi Raghunathan", "Ishaan Deshpande", "Ruchika Talwalkar", "Maren Solvik"],
    "person.email": [f"tanvi.{word}@patra.example" for word in WORDS[:8]],
    "person.phone": [f"+9169090005{number}" for number in range(10, 16)],
    "person.dob": ["1994-02-17"],
    "person.address.city": ["Pune"],
    "person.gender": ["female"],
    "loc.precise": ["18.520430,73.856744"],
    "gov.in.pan": ["ABCPE1234F"],
    "id.ad": [f"1f8e2d60-93b7-4c5a-a0d4-7e61b92c3f{number}" for number in range(80, 84)],
    "id.android": ["a93c41d7e02b5f68", "b93c41d7e02b5f68"],
    "id.user": ["BEN-77301942"],
}
"""Thirty values."""


BATCH = 250


class Cost(NamedTuple):
    """CPU microseconds for one exchange, the median of batches."""

    exchange: float
    json: float


def exchanges(count: int) -> Iterator[Exchange]:
    """JSON requests of 2 KB, no two alike, a tenth of them with a value that is looked for."""
    dice = random.Random(20)
    headers = (("Content-Type", "application/json"), ("User-Agent", "okhttp/4.12.0"))
    for serial in range(count):
        traits = {"plan": "basic", "visits": dice.randrange(400)}
        if not serial % 10:
            traits["email"] = SEEDS["person.email"][serial % 8]
        device = {"model": "SM-A556E", "manufacturer": "samsung", "locale": "en_IN", "timezone": "Asia/Kolkata"}
        screen = f"https://shop.example/{dice.choice(WORDS)}/{dice.choice(WORDS)}"
        body = {
            "batch": [event(dice, serial + k) for k in range(4)],
            "user": {"anonymousId": token(dice, 32), "traits": traits},
            "device": device | {"screen": "1080x2340", "carrier": "Example Mobile"},
            "context": {"page": {"url": screen, "title": " ".join(dice.choices(WORDS, k=6))}},
            "sentAt": serial,
            "writeKey": "bench",
        }
        yield Exchange(
            index=serial,
            method="POST",
            url="https://events.shop.example/v1/collect?v=3",
            headers=headers,
            body=orjson.dumps(body),
        )


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of parsed JSON with its path."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, f"{path}.{name}")
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from leaves(value, f"{path}[{position}]")
    else:
        yield path, node


def cost(count: int) -> Cost:
    """Decode and search `count` exchanges, and for comparison load their bodies and visit their leaves."""
    knowledge = Knowledge()
    decoder, detection = Decoder(envelopes(knowledge.adapters)), Detection(knowledge, Seeds(SEEDS))
    found = 0

    def analyse(exchange: Exchange) -> None:
        nonlocal found
        found += any(finding.seed for finding in detection.find(exchange, decoder.decode(exchange)))

    def load(exchange: Exchange) -> None:
        for _ in leaves(json.loads(exchange.body)):
            pass

    gc.set_threshold(50_000, 50, 100)  # as the command line does
    # In turns, so that both meet the same weather; made anew each time, so that memory does not grow with the count.
    ours, plain = [], []
    for batch in batched(exchanges(count), BATCH):
        plain.append(_seconds(load, batch))
        ours.append(_seconds(analyse, batch))
    if found < count // 10:
        raise AssertionError(f"only {found} of {count // 10} planted values were found: speed without a result")
    per_exchange = 1e6 / BATCH
    return Cost(statistics.median(ours) * per_exchange, statistics.median(plain) * per_exchange)


def _seconds(work: Callable[[Exchange], None], batch: Sequence[Exchange]) -> float:
    before = time.process_time()
    for exchange in batch:
        work(exchange)
    return time.process_time() - before
