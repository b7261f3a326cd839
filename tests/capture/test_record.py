"""Records of a capture file: each comes back as it was written, and a reader takes none that cannot be ours."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from analyzer.capture.record import (
    Body,
    Ended,
    Lookup,
    Lost,
    Marked,
    Message,
    Prepared,
    Record,
    Refused,
    Request,
    Response,
    Server,
    Shown,
    Started,
    Stream,
    decode,
    encode,
)
from analyzer.model import AppBuild, Device

times = st.floats(0, 1e11)
numbers = st.integers(0, 1 << 40)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
digests = st.one_of(st.just(b""), st.binary(min_size=32, max_size=32))
headers = st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=9)), max_size=3).map(tuple)
bodies = st.builds(Body, kept=st.binary(max_size=99), size=numbers, sha256=digests, complete=st.booleans())
servers = st.builds(
    Server, ip=st.none() | words, port=numbers, sni=st.none() | words, tls_version=words, alpn=st.binary(max_size=9),
    chain_sha256=digests, leaf_sha256=digests, connect_ms=st.none() | times, tls_ms=st.none() | times,
)  # fmt: skip
responses = st.builds(
    Response, index=numbers, status=numbers, headers=headers, body=bodies, started=st.none() | times,
    ended=st.none() | times, error=st.none() | words,
)  # fmt: skip
records: st.SearchStrategy[Any] = st.one_of(
    st.builds(Started, time=times, tool=words, modes=st.lists(words, max_size=2).map(tuple), app=st.none() | words),
    st.builds(Prepared, time=times, app=st.builds(AppBuild, id=words), device=st.builds(Device, model=words, os=words)),
    st.builds(Marked, time=times, name=words),
    st.builds(
        Request, index=numbers, flow=words, started=times, ended=st.none() | times, method=st.binary(), host=words,
        scheme=st.binary(), port=numbers, authority=st.binary(), path=st.binary(), headers=headers, body=bodies,
        server=servers, client=st.none() | words, response=st.none() | responses, error=st.none() | words,
    ),
    responses,
    st.builds(
        Message, index=numbers, flow=words, time=times, position=numbers, from_client=st.booleans(), body=bodies
    ),
    st.builds(
        Stream, index=numbers, part=numbers, flow=words, protocol=words, started=times, host=words, port=numbers,
        sent=bodies, sent_at=st.none() | times, received=numbers, server=servers,
    ),
    st.builds(Lookup, index=numbers, time=times, name=words, answered=st.booleans()),
    st.builds(Refused, time=times, kind=st.just("failed"), host=words, address=st.none() | words, reason=words),
    st.builds(Shown, sha256=digests, der=st.binary()),
    st.builds(Lost, time=times, since=times, count=numbers, reason=words),
    st.builds(Ended, time=times, open=numbers, errors=numbers),
)  # fmt: skip
REQUEST = Request(index=0, flow="f", started=1.0, method=b"GET", scheme=b"https", host="a.example", port=443)
STREAM = Stream(index=0, flow="f", protocol="tcp", started=1.0, host="a.example", port=1, sent=Body(), received=0)


@given(records)
def test_a_record_comes_back(record: Record) -> None:
    assert decode(encode(record)) == record


@given(st.binary(max_size=200), records, st.data())
def test_other_bytes_are_refused_with_one_kind_of_error(noise: bytes, record: Record, data: st.DataObject) -> None:
    changed = bytearray(encode(record))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    for payload in (noise, bytes(changed)):
        try:
            found = decode(payload)
        except (msgspec.DecodeError, ValueError):
            continue
        assert isinstance(found, msgspec.Struct)


@pytest.mark.parametrize(
    ("record", "members"),
    [
        (REQUEST, {"started": math.nan}),
        (REQUEST, {"started": math.inf}),
        (REQUEST, {"started": -1.0}),
        (REQUEST, {"ended": 1e300}),
        (REQUEST, {"index": -1}),
        (REQUEST, {"index": 1 << 63}),
        (REQUEST, {"port": -1}),
        (REQUEST, {"host": "a" * 301}),
        (REQUEST, {"flow": "a" * 301}),
        (REQUEST, {"body": Body(size=(1 << 64) - 1)}),
        (REQUEST, {"body": Body(size=-1)}),
        (REQUEST, {"body": Body(sha256=bytes(33))}),
        (REQUEST, {"server": Server(chain_sha256=bytes(1 << 20))}),
        (REQUEST, {"server": Server(tls_version="x" * 301)}),
        (REQUEST, {"server": Server(ip="1" * 301)}),
        (REQUEST, {"response": Response(index=0, status=-1)}),
        (STREAM, {"part": -1}),
        (STREAM, {"received": 1 << 50}),
        (Lost(time=1.0, since=1.0, count=1, reason=""), {"count": (1 << 64) - 1}),
        (Ended(time=1.0), {"open": 1 << 60}),
        (Started(time=1.0), {"tool": "x" * 10_000}),
    ],
)
def test_what_no_recorder_writes_is_refused(record: Record, members: dict[str, Any]) -> None:
    assert decode(encode(record)) == record
    with pytest.raises(msgspec.ValidationError):
        decode(encode(structs.replace(record, **members)))


def test_a_record_of_a_later_version_may_have_more_members() -> None:
    later = msgspec.msgpack.encode({"type": "ended", "time": 1.0, "mood": [1, 2]})
    assert decode(later) == Ended(time=1.0)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises((msgspec.DecodeError, RecursionError)):
        decode(b"\x82\xa4type\xa5ended\xa4mood" + b"\x91" * 1_000_000 + b"\xc0")
