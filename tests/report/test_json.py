"""The JSON contract."""

import io
import json

import msgspec
import pytest

from analyzer.report.json import write_json
from analyzer.reported import Report
from tests.report.attributed import attributed_report
from tests.report.sample import big_report, empty_report, founding_report, hostile_report


def written(report: Report) -> bytes:
    out = io.BytesIO()
    write_json(report, out)
    return out.getvalue()


def test_members_of_the_contract() -> None:
    document = json.loads(written(founding_report()))
    sent = document["transmissions"][0]
    assert document["schema"] == 1
    assert set(document) == {"schema", *Report.__struct_fields__}
    assert {"path", "sha256", "format", "exchanges", "phases", "fidelity"} <= set(document["capture"])
    assert document["destinations"][sent["destination"]]["host"] == sent["host"] == "in.wzrkt.com"
    assert sent == {
        "exchange": 7, "host": "in.wzrkt.com", "data_type": "person.name.full", "location": "query",
        "path": "d.[].profile.Name", "decoding": ["urlencoded", "lzstring", "json"], "transform": "plain",
        "evidence": "seed", "seed": "person.name.full", "reasoning": "the value equals the seed",
        "masked_value": "A…a", "phase": None, "destination": 0, "support": ["key+value: the key names the data type"],
        "secure": True,
    }  # fmt: skip
    assert {"domain", "party", "owner", "parent", "owner_country", "server_ip", "server_country",
            "server_country_method", "network", "region", "sources"} <= set(document["destinations"][0])  # fmt: skip
    assert {"host", "reason", "count", "kind"} <= set(document["unread"][0])
    assert {"exchange", "host", "bytes", "content_type", "entropy"} <= set(document["undecoded"][0])


@pytest.mark.parametrize("report", [
    founding_report(), empty_report(), hostile_report(), hostile_report(sample=attributed_report()), big_report(2, 3),
])  # fmt: skip
def test_strictly_valid_and_ends_with_a_line_end(report: Report) -> None:
    data = written(report)
    document = msgspec.json.decode(data)
    assert data.endswith(b"}\n")
    assert len(document["transmissions"]) == len(report.transmissions)
    assert len(document["recipients"]) == len(report.recipients)


def test_who_and_where_is_there() -> None:
    document = json.loads(written(attributed_report()))
    to = next(to for to in document["destinations"] if to["host"] == "metrics.kirana.example")
    assert [step["name"] for step in to["ownership"]] == [
        "Anaphora GmbH", "Anaphora Holding Ltd", "Cataphora Corporation",
    ]  # fmt: skip
    assert [answer["country"] for answer in to["server_countries"]] == ["IN", "US", "IN"]
    assert document["unknown_owners"][0]["domain"] == "obscure.example"
    assert document["indicator_matches"][0]["exchanges"] == [7, 60]
    assert [each["usable"] for each in document["method"]["indicators"]] == [11, 1]


def test_same_report_same_bytes() -> None:
    assert written(founding_report()) == written(founding_report())


def test_every_transmission_has_its_own_line() -> None:
    lines = written(founding_report()).splitlines()
    first = lines.index(b'"transmissions": [') + 1
    assert json.loads(lines[first].rstrip(b","))["exchange"] == 7
    assert json.loads(lines[first + 1].rstrip(b","))["exchange"] == 8


def test_transmissions_are_written_as_they_come() -> None:
    """Each line leaves before the next is asked for, so memory does not hold them together."""
    report = founding_report()
    out = io.BytesIO()

    class Watched(type(report.transmissions)):  # type: ignore[misc]
        def encoded(self):  # type: ignore[no-untyped-def]
            for number in range(3):
                assert out.getvalue().count(b'"watched"') == number
                yield b'{"watched": 1}'

    write_json(msgspec.structs.replace(report, transmissions=Watched(())), out)
    assert out.getvalue().count(b'"watched"') == 3


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    report = founding_report()
    note = msgspec.structs.replace(report.notes[0], message="half \ud800 pair")
    assert json.loads(written(msgspec.structs.replace(report, notes=(note,))))["notes"][0]["message"] == "half ? pair"
