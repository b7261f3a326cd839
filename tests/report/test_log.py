"""The log of transmissions: what was put in comes out, in memory or on disk."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.model import Transmission
from analyzer.report import log
from analyzer.report.json import encoded
from analyzer.report.log import SpooledLog, template_of

TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
"""Any text, lone surrogates among it."""


def transmission(exchange: int, path: str = "a", value: str = "v…e") -> Transmission:
    return Transmission(
        exchange=exchange, host="t.example", data_type="person.email", location="body", path=path,
        decoding=("gzip", "json"), transform="plain", evidence="seed", seed="person.email", reasoning="Equals it.",
        masked_value=value, phase=None, destination=0, support=("key",),
    )  # fmt: skip


@pytest.mark.parametrize("memory", [4 << 20, 1_000])
def test_what_was_appended_comes_out_also_beyond_the_memory_limit(memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MEMORY_BYTES", memory)
    spooled, items = SpooledLog(), [transmission(number, f"p{number}\n\u2028é") for number in range(200)]
    for item in items:
        spooled.append(item)
    assert len(spooled) == 200
    assert list(spooled) == items
    assert list(spooled) == items, "it can be read twice"
    assert [json.loads(line)["path"] for line in spooled.encoded()] == [item.path for item in items]


def test_it_goes_to_disk_beyond_the_memory_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MEMORY_BYTES", 1_000)
    monkeypatch.setattr(log, "PENDING", 1)
    spooled = SpooledLog()
    spooled.append(transmission(0))
    assert not spooled._file._rolled  # type: ignore[attr-defined]
    for number in range(10):
        spooled.append(transmission(number))
    assert spooled._file._rolled  # type: ignore[attr-defined]


def test_appending_goes_on_after_reading() -> None:
    spooled = SpooledLog()
    spooled.append(transmission(1))
    assert len(list(spooled)) == 1
    spooled.append(transmission(2))
    assert [item.exchange for item in spooled] == [1, 2]


@given(TEXT)
@example("half \ud800 pair")
def test_any_text_comes_out_lone_surrogates_as_question_marks(text: str) -> None:
    spooled = SpooledLog()
    spooled.append(transmission(0, text, text))
    (item,) = spooled
    assert item.path == item.masked_value == text.encode("utf-8", "replace").decode()


@given(TEXT, TEXT, st.integers(0, 10**9))
@example("half \ud800 pair", "\udfff", 3)
def test_a_template_gives_the_line_of_the_whole(reasoning: str, value: str, exchange: int) -> None:
    whole = Transmission(
        exchange=exchange, host='a"masked_value":""', data_type="person.email", location="body",
        path='"masked_value":""', decoding=("json",), transform="plain", evidence="key", seed=None,
        reasoning=reasoning, masked_value=value,
        phase=None, destination=1,
    )  # fmt: skip
    one, other = SpooledLog(), SpooledLog()
    one.append(whole)
    other.append_like(template_of(whole), exchange, encoded(whole.host), value, whole.destination)
    assert list(one.encoded()) == list(other.encoded())
