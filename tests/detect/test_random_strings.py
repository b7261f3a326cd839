"""Random strings under names that say nothing: fewer than one in a thousand is a finding above level `key`."""

import base64
import json
import random
import string
import uuid
from collections import Counter
from collections.abc import Callable

import pytest

from analyzer.decode.exchange import Decoder
from analyzer.detect.shapes.rates import RATES
from analyzer.detect.shapes.table import SHAPES
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange
from analyzer.pipeline import Detection
from tests.detect.shapes.test_rates import SIGNS

TRIES = 6_000
SHARE = 0.001
DETECTION = Detection(Knowledge(), None)
Make = Callable[[random.Random], str]


def of(alphabet: str, shortest: int, longest: int) -> Make:
    return lambda dice: "".join(dice.choices(alphabet, k=dice.randint(shortest, longest)))


def groups(dice: random.Random) -> str:
    return dice.choice(" -").join(f"{dice.randrange(10_000):04}" for _ in range(dice.randint(2, 5)))


MAKES: dict[str, Make] = {
    "digits": of(string.digits, 6, 20),
    "twelve digits": of(string.digits, 12, 12),
    "sixteen digits": of(string.digits, 16, 16),
    "digits in groups": groups,
    "hexadecimal": of("0123456789abcdef", 4, 64),
    "sixteen hexadecimal": of("0123456789ABCDEF", 16, 16),
    "base64": lambda dice: base64.b64encode(dice.randbytes(dice.randint(4, 60))).decode(),
    "words": lambda dice: " ".join(of(string.ascii_lowercase, 2, 9)(dice) for _ in range(dice.randint(1, 6))),
    "capital words": lambda dice: " ".join(of(string.ascii_lowercase, 2, 9)(dice).title() for _ in range(2)),
    "uuid": lambda dice: str(uuid.UUID(int=dice.getrandbits(128), version=4)),
    "dotted numbers": lambda dice: ".".join(str(dice.randrange(300)) for _ in range(dice.randint(2, 5))),
    "decimal numbers": lambda dice: f"{dice.uniform(-200, 200):.{dice.randint(1, 7)}f}",
    "capitals and digits": of(string.ascii_uppercase + string.digits, 6, 24),
    "mixed": of(string.ascii_letters + string.digits + "@.:+-_/ ", 6, 40),
    "printable": of(string.printable, 1, 80),
    "times": lambda dice: str(dice.randrange(10**9, 2 * 10**9) * dice.choice((1, 1_000, 1_000_000))),
}


def above_key(values: list[str]) -> Counter[str]:
    """Data type -> findings above level `key` in a JSON body of these values."""
    body = json.dumps({f"x{position}": value for position, value in enumerate(values)}).encode()
    headers = (("Content-Type", "application/json"),)
    exchange = Exchange(index=0, method="POST", url="https://api.app.example/v1/x", headers=headers, body=body)
    findings = DETECTION.find(exchange, Decoder().decode(exchange))
    return Counter(finding.data_type for finding in findings if finding.evidence != "key")


@pytest.mark.parametrize("kind", MAKES)
def test_random_strings_are_no_findings(kind: str) -> None:
    dice = random.Random(kind)
    found: Counter[str] = Counter()
    for _ in range(TRIES // 200):
        found += above_key([MAKES[kind](dice) for _ in range(200)])
    assert {data_type: count for data_type, count in found.items() if count >= SHARE * TRIES} == {}


def test_what_does_prove_itself_is_found_in_the_same_way() -> None:
    assert above_key(["ishaan@post.example", "GB82WEST12345698765432"]) == {"person.email": 1, "fin.bank.iban": 1}


def test_each_validator_meets_values_it_accepts() -> None:
    # Where chance gives a validator something to accept, it is the neutral name that keeps it from being a finding.
    for name, kind in {"aadhaar": "twelve digits", "card": "sixteen digits", "hex16": "sixteen hexadecimal"}.items():
        dice = random.Random(kind)
        accepted = [value for value in (MAKES[kind](dice) for _ in range(2_000)) if SHAPES[name](value)]
        assert len(accepted) > 20
        assert above_key(accepted) == {}


# Values of these makes are the thing itself, or one in twenty-six is: no check digit could tell.
GRAMMARS = {"mac", "pan_in", "gstin"}


@pytest.mark.parametrize("name", sorted(set(SHAPES) - GRAMMARS))
def test_random_values_of_a_shapes_own_make_are_no_findings(name: str) -> None:
    dice = random.Random(f"make of {name}")
    signs = [SIGNS.get(sign, sign) for sign in RATES[name][0]]
    found = above_key(["".join(map(dice.choice, signs)) for _ in range(1_500)])
    assert all(count < 2 for count in found.values()), found
