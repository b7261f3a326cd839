"""Patterns, shapes and searches finish on long hostile values."""

import subprocess
import sys

PROGRAM = """
from analyzer.detect.by_key import ByKey
from analyzer.detect.by_pattern import ByPattern
from analyzer.detect.by_seed import BySeed, Seeds
from analyzer.detect.joined import Joined
from analyzer.detect.shapes.table import SHAPES
from analyzer.knowledge import Knowledge
from analyzer.model import Field, Finding

n = 1_000_000
units = ["a", "1", "A", "@", ".", " ", "-", "a.", "a@", "1-", "+1", "A ", "Aa ", "a-a", "1,", "//a", "eyJ", "a1",
         "411 ", "02:", "noreply@x.example ", "ZZZPD4821 ", "4111 1111 1111 1112 ", "+9198", "$D_", "\\u0928",
         "aadhaar 234123412347 "]
lexicon = Knowledge().lexicon
seed = BySeed(Seeds({"person.email": ["ishaan@post.example"], "person.address.city": ["Pune"]}), lexicon)
pattern, key = ByPattern(), ByKey(lexicon)
for unit in [*units, "ishaan@post.example ", "ishaan@post.example"]:
    value = (unit * (n // len(unit) + 1))[:n]
    for shape in SHAPES.values():
        shape(value)
        shape("ishaan" + value)
        shape(value + "!")
    fields = [Field("body", "user.email", "email", value, ()), Field("body", "user.name", "name", value, ())]
    joined = Joined(fields)
    pattern.find(joined)
    seed.find(joined)
    key.find(fields, [])
    named = Field("body", value + ".name", "name", "Ishaan Kulkarni", ())
    whole = Field("body", value, value, "x", ())
    email = Finding(field=whole, data_type="person.email", evidence="validated", reasoning="r", value="x")
    key.find([whole, named], [(0, email)])
print("finished")
"""


def test_a_million_characters_of_anything() -> None:
    # A generous limit, for what is not linear here takes hours, not seconds.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.stdout == "finished\n", done.stderr[-2000:]
