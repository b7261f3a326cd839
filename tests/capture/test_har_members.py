"""Entries of any make become the same structures as those of the specification."""

import json

import msgspec
import pytest
from msgspec import UNSET

from analyzer.capture import har_members
from analyzer.capture.har_members import decode_entry, decode_pairs, repair_entry

PLAIN = {
    "startedDateTime": "2026-03-02T08:15:30Z",
    "request": {
        "method": "POST",
        "url": "https://a.example/",
        "headers": [{"name": "a", "value": "b"}],
        "cookies": [{"name": "c", "value": "d"}],
        "bodySize": 3,
        "postData": {"mimeType": "text/plain", "text": "abc", "params": [{"name": "p"}]},
    },
    "response": {"status": 200, "content": {"text": "x"}},
    "serverIPAddress": "192.0.2.7",
}


def test_both_ways_agree_on_a_plain_entry() -> None:
    data = json.dumps(PLAIN).encode()
    fast, patient = decode_entry(data), repair_entry(data)
    assert decode_pairs(fast.request.cookies) == decode_pairs(patient.request.cookies)
    fast.request.cookies = patient.request.cookies
    fast.request.query = patient.request.query
    assert fast.response is not None
    assert patient.response is not None
    assert decode_pairs(fast.response.headers) == decode_pairs(patient.response.headers)
    fast.response.headers = patient.response.headers
    fast.response.content = patient.response.content
    assert fast == patient


def test_both_ways_agree_on_what_is_decoded_later() -> None:
    members = {
        "timings": {"connect": 1.5, "ssl": None},
        "_certificate": {"subject": "Nakshatra \u00e9"},
        "_certificates": ["x"],
        "_securityDetails": {"sanList": []},
        "_cnames": ["a", "b"],
        "_dns_info": "c",
    }
    data = json.dumps({**PLAIN, **members}).encode()
    for read in (decode_entry(data), repair_entry(data)):
        raws = (read.timings, read.certificate, read.certificates, read.security, read.cnames, read.dns_info)
        assert [msgspec.json.decode(raw) for raw in raws] == list(members.values())


def test_what_is_decoded_later_costs_nothing_now() -> None:
    entry = repair_entry(b'{"request": {}, "_cnames": ["\xff"], "timings": {"connect": NaN}, "_dns_info": 10e999}')
    assert bytes(entry.cnames) == b'["\\udcff"]'
    assert bytes(entry.timings) == b'{"connect": NaN}'
    assert bytes(entry.certificate) == b"null"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"headers": {"A": "1", "B": ["2", "3"], "C": None}}, [("A", "1"), ("B", "2"), ("B", "3"), ("C", "")]),
        ({"headers": None}, []),
        ({"headers": [None, {"name": None, "value": 7}, "x"]}, [("", "7")]),
        ({"headers": [{"name": "x", "value": "\ud800"}]}, [("x", "\ufffd")]),
    ],
)
def test_loose_headers(change: dict[str, object], expected: list[tuple[str, str]]) -> None:
    data = json.dumps({"request": change}).encode()
    with pytest.raises(msgspec.DecodeError):
        decode_entry(data)
    assert [(pair.name, pair.value) for pair in repair_entry(data).request.headers] == expected


def test_loose_numbers_and_missing_members() -> None:
    entry = repair_entry(b'{"request": {"bodySize": "53", "postData": "plain"}, "response": {"status": "200"}}')
    assert (entry.request.size, entry.response and entry.response.status) == (53, 200)
    assert entry.request.post
    assert entry.request.post.text == "plain"
    assert (entry.request.method, entry.request.url, entry.started, entry.messages) == ("GET", "", None, UNSET)


def test_nan_big_numbers_control_characters_and_trailing_commas_are_read() -> None:
    data = b'{"time": NaN, "n": 36893488147419103232, "request": {"bodySize": 1e999, "url": "a\tb"}},'
    entry = repair_entry(data)
    assert entry.request.url == "a\tb"
    assert entry.request.size is None


def test_bytes_that_are_no_utf8_stay_in_bodies_and_leave_addresses() -> None:
    entry = repair_entry(b'{"request": {"url": "https://a/\xff", "postData": {"text": "\xff\xfe"}}}')
    assert entry.request.url == "https://a/\ufffd"
    assert entry.request.post
    assert entry.request.post.text == "\udcff\udcfe"


@pytest.mark.parametrize("data", [b"[]", b"null", b"{}", b'{"request": []}', b"nonsense", b"[" * 100_000, b"1" * 5000])
def test_what_is_no_entry_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        repair_entry(data)


def test_large_entries_are_not_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_members, "REPAIR_LIMIT", 10)
    with pytest.raises(ValueError, match="too large"):
        repair_entry(b'{"request": {}}')
