"""The benchmark's HAR is the same every time, valid, as large as asked for, and holds what it says it holds."""

import base64
import gzip
import json
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.generate import ENCODINGS, HOSTS, PERSONA, entries, hosts, write


def test_entries_are_the_same_every_time() -> None:
    assert list(islice(entries(), 40)) == list(islice(entries(), 40))


def test_hosts_are_two_thousand_and_fixed() -> None:
    names = [name for name, _ in hosts()]
    assert len(set(names)) == HOSTS
    seen = {urlsplit(json.loads(encoded)["request"]["url"]).hostname for encoded, _ in islice(entries(), 500)}
    assert seen <= set(names)


def test_file_is_a_har_of_the_size_asked_for(tmp_path: Path) -> None:
    har, seeds = write(tmp_path, 2)
    log = json.loads(har.read_bytes())["log"]
    planted = json.loads(har.with_suffix(".planted.json").read_bytes())
    assert 2_000_000 <= har.stat().st_size < 2_100_000
    assert len(log["entries"]) == planted["entries"]
    assert 0.05 < len(planted["planted"]) / planted["entries"] < 0.15
    assert all(value in seeds.read_text() for value in PERSONA.values())


def body(entry: dict[str, Any]) -> str:
    """The request body in clear, compressed or not, in either dialect."""
    data = entry["request"].get("postData")
    if data is None:
        return ""
    packed = base64.b64decode(data["text"]) if data.get("encoding") else data["text"].encode("latin-1", "replace")
    return gzip.decompress(packed).decode("latin-1") if packed.startswith(b"\x1f\x8b") else data["text"]


def test_planted_values_are_where_they_are_said_to_be() -> None:
    forms = {encode(value) for encode in ENCODINGS for value in PERSONA.values()}
    plain = [form for form in forms if form.replace("-", "").isalnum()]
    hits: dict[bool, int] = {True: 0, False: 0}
    for encoded, planted in islice(entries(), 2_000):
        entry = json.loads(encoded)
        hits[planted] += any(form in entry["request"]["url"] + body(entry) for form in plain)
    assert hits[False] == 0
    assert hits[True] > 50
