"""Capture files of the addon: what was recorded, what is missing, and what is told of connections nobody could read."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from analyzer.capture.frame import MAGIC, framed
from analyzer.capture.journal_reader import JournalReader
from analyzer.capture.open import open_capture
from analyzer.capture.record import (
    FORMAT,
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
    encode,
)
from analyzer.capture.refusals import SILENCES, SILENT
from analyzer.errors import CaptureError
from analyzer.model import AppBuild, Capture, Device, Exchange, Phase, Unread, WholeBody
from tests.capture.made import certificate

START = Started(time=1.0, tool="apptells 0, mitmproxy 0", modes=("regular",), app="in.kirana.app")
END = Ended(time=99.0)
ASKED = Marked(time=20.0, name="after-accept")
DER = certificate().public_bytes(Encoding.DER)
LEAF = hashlib.sha256(DER).digest()


def request(index: int, **members: Any) -> Request:
    """A complete one, answered with 200 and a cookie."""
    usual: dict[str, Any] = {
        "index": index, "flow": f"flow-{index}", "started": 10.0 + index, "ended": 10.5 + index, "method": b"POST",
        "scheme": b"https", "host": "api.kirana.example", "port": 443, "path": b"/v1/%d" % index,
        "headers": ((b"Host", b"api.kirana.example"), (b"X-Odd", b"a\xff")), "body": body(b"n=%d" % index),
        "server": Server(ip="192.0.2.7", port=443, sni="api.kirana.example"),
        "response": Response(index=index, status=200, headers=((b"Set-Cookie", b"uid=1"),), started=1.0, ended=1.0),
    }  # fmt: skip
    return Request(**usual | members)


def body(kept: bytes, size: int | None = None, **members: Any) -> Body:
    return Body(kept=kept, size=len(kept) if size is None else size, **members)


def file(*records: Record) -> bytes:
    return MAGIC + b"".join(framed(map(encode, records)))


def session(*records: Record) -> bytes:
    return file(START, *records, END)


def read(path: Path, data: bytes, **members: Any) -> tuple[list[Exchange], JournalReader, Capture]:
    path.write_bytes(data)
    reader = JournalReader(path, **members)
    return list(reader), reader, reader.capture()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.apptells"


def notes(capture: Capture) -> dict[str, int]:
    return {note.what: note.count for note in capture.fidelity}


# ---------------------------------------------------------------- requests


def test_a_request_becomes_an_exchange(path: Path) -> None:
    server = Server(
        ip="192.0.2.7", sni="api.kirana.example", tls_version="TLSv1.3", chain_sha256=b"\xab" * 32, leaf_sha256=LEAF,
        connect_ms=12.5,
    )  # fmt: skip
    (exchange,), reader, capture = read(
        path, session(Shown(sha256=LEAF, der=DER), request(0, server=server, authority=b""))
    )
    assert exchange.certificate is not None
    assert exchange.certificate.sha256 == LEAF.hex()
    assert structs.replace(exchange, certificate=None) == Exchange(
        index=0, time=10.0, method="POST", url="https://api.kirana.example/v1/0",
        headers=(("Host", "api.kirana.example"), ("X-Odd", "a\ufffd")), body=b"n=0", server_ip="192.0.2.7", status=200,
        response_headers=(("set-cookie", "uid=1"),), connect_ms=12.5, chain_sha256="ab" * 32, tls_version="TLSv1.3",
    )  # fmt: skip
    assert reader.flow(0) == "flow-0"
    assert (capture.format, capture.recorder, capture.exchanges) == ("apptells capture", START.tool, 1)
    assert capture.app == AppBuild(id="in.kirana.app")
    assert capture.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert capture.complete
    assert not capture.fidelity


def test_the_file_is_told_by_what_it_holds(path: Path) -> None:
    path.write_bytes(session(request(0)))
    with open_capture(path) as reader:
        assert isinstance(reader, JournalReader)


@pytest.mark.parametrize(
    ("members", "url"),
    [
        ({"host": "192.0.2.7"}, "https://api.kirana.example/v1/0"),
        ({"host": "192.0.2.7", "headers": ()}, "https://192.0.2.7/v1/0"),
        ({"host": "192.0.2.7", "headers": (), "authority": b"a.example"}, "https://192.0.2.7/v1/0"),
        ({"version": b"HTTP/2.0", "authority": b"a.example:8443"}, "https://a.example:8443/v1/0"),
        ({"version": b"HTTP/2.0", "authority": b""}, "https://api.kirana.example/v1/0"),
        ({"scheme": b"http", "port": 8080, "headers": ()}, "http://api.kirana.example:8080/v1/0"),
        ({"headers": ((b"hOST", b"a.example"), (b"Host", b"b.example"))}, "https://a.example/v1/0"),
    ],
)  # fmt: skip
def test_urls(path: Path, members: dict[str, Any], url: str) -> None:
    assert read(path, session(request(0, **members)))[0][0].url == url


def test_a_body_that_was_kept_in_part_has_its_size_and_hash(path: Path) -> None:
    large = body(b"start", 9_000, sha256=b"\xcd" * 32)
    exchanges, _, capture = read(path, session(request(0, body=large)))
    assert exchanges[0].body == b"start"
    assert exchanges[0].whole_body == WholeBody(bytes=9_000, sha256="cd" * 32)
    assert notes(capture) == {"request-body-truncated": 1}


@pytest.mark.parametrize(("error", "count"), [(None, 0), ("connection lost", 1)])
def test_a_body_that_broke_off_is_less_than_was_to_come(path: Path, error: str | None, count: int) -> None:
    begun = request(0, body=body(b"start", complete=False), ended=None, response=None, error=error)
    assert notes(read(path, session(begun))[2]).get("request-body-truncated", 0) == count


def test_a_body_that_broke_off_after_its_record_is_noted_once(path: Path) -> None:
    begun = request(0, body=body(b"start", complete=False), ended=None, response=None)
    broken = Response(index=0, error="connection lost", sent=body(b"", 9, complete=False))
    assert notes(read(path, session(begun, broken))[2]) == {"failed-requests": 1, "request-body-truncated": 1}


def test_pseudo_headers_are_no_headers(path: Path) -> None:
    (exchange,), _, _ = read(path, session(request(0, headers=((b":authority", b"a"), (b"a", b"b")))))
    assert exchange.headers == (("a", "b"),)


def test_what_failed_is_noted(path: Path) -> None:
    failed = request(0, response=None, error="connection lost", server=Server())
    _, _, capture = read(path, session(failed))
    assert notes(capture) == {"failed-requests": 1, "no-server-address": 1}


def test_the_phase_is_that_of_the_time(path: Path) -> None:
    told: list[Phase] = []
    exchanges, _, capture = read(path, session(request(0), ASKED, request(10)), marked=told.append)
    assert [exchange.phase for exchange in exchanges] == [None, "after-accept"]
    assert capture.phases == (Phase(name="after-accept", time=20.0),)
    assert told == list(capture.phases)


def test_device_and_build_are_told_when_they_are_known(path: Path) -> None:
    build, device = AppBuild(id="in.kirana.app", version="4.2"), Device(model="Pixel 7", os="Android 14")
    _, reader, capture = read(path, session(Prepared(time=2.0, app=build, device=device), Prepared(time=3.0)))
    assert (capture.app, capture.device) == (build, device)
    assert reader.app == build


# ---------------------------------------------------------------- numbers


def test_a_number_that_is_missing_is_an_entry(path: Path) -> None:
    exchanges, _, capture = read(path, session(request(0), request(3)))
    assert [exchange.index for exchange in exchanges] == [0, 3]
    assert capture.exchanges == 4


@pytest.mark.parametrize("again", [0, 1])
def test_a_number_that_was_there_is_damage(path: Path, again: int) -> None:
    data = session(
        request(0), request(1), request(again), Lookup(index=again, time=1.0, name="a.example", answered=True)
    )
    exchanges, reader, capture = read(path, data)
    assert [exchange.index for exchange in exchanges] == [0, 1]
    assert reader.lookups() == ()
    assert notes(capture) == {"records-damaged": 2}


def test_look_ups_take_a_number(path: Path) -> None:
    lookup = Lookup(index=1, time=1.0, name="Api.Kirana.example.", answered=True, addresses=("192.0.2.7", "nonsense"))
    asked = Lookup(index=2, time=1.0, name="silent.example", answered=False)
    exchanges, reader, capture = read(path, session(request(0), lookup, asked, request(3)))
    assert [exchange.index for exchange in exchanges] == [0, 3]
    assert [(each.name, each.source, each.addresses) for each in reader.lookups()] == [
        ("api.kirana.example", "DNS answer in record 1", ("192.0.2.7",)),
        ("silent.example", "DNS query in record 2", ()),
    ]
    assert (capture.exchanges, capture.fidelity) == (4, ())


# ---------------------------------------------------------------- what comes later


def test_a_late_response_is_a_later_part_of_its_request(path: Path) -> None:
    late = Response(index=0, status=302, headers=((b"Location", b"/next"), (b"X", b"y")), started=1.0, ended=1.0)
    (first, other, later), _, capture = read(path, session(request(0, response=None), request(1), late))
    assert (first.status, first.continues, other.index) == (None, False, 1)
    assert (later.index, later.continues, later.status) == (0, True, 302)
    assert later.response_headers == (("location", "/next"),)
    assert (later.url, later.body, later.messages) == (first.url, b"", ())
    assert (capture.exchanges, capture.fidelity) == (2, ())


def test_messages_of_a_websocket_are_later_parts(path: Path) -> None:
    opening = request(0, response=Response(index=0, status=101, started=1.0, ended=1.0))
    sent = [message(0, b"one", 0), message(0, b"theirs", 0, from_client=False), message(0, b"two", 1, size=50)]
    (first, one, two), _, capture = read(path, session(opening, *sent))
    assert (first.status, first.continues, first.messages) == (101, False, ())
    assert [(each.continues, each.messages, each.first_message) for each in (one, two)] == [
        (True, (b"one",), 0), (True, (b"two",), 1),
    ]  # fmt: skip
    assert (one.time, one.url) == (30.0, first.url)
    assert notes(capture) == {"request-body-truncated": 1}


def message(index: int, kept: bytes, position: int, from_client: bool = True, size: int | None = None) -> Message:
    return Message(index=index, flow="f", time=30.0, position=position, from_client=from_client, body=body(kept, size))


def test_what_belongs_to_no_request_is_noted(path: Path) -> None:
    stray: list[Record] = [
        message(7, b"lost", 0),
        message(7, b"theirs", 0, from_client=False),
        Response(index=7, status=200),
    ]
    exchanges, _, capture = read(path, session(request(0), *stray))
    assert len(exchanges) == 1
    assert notes(capture) == {"opening-lost": 2}


def test_a_response_that_was_recorded_while_it_lasted_is_followed_by_its_end(path: Path) -> None:
    """As of server-sent events: the record is written after a second, the response ends an hour later."""
    begun = Response(
        index=0, status=200, headers=((b"Set-Cookie", b"a=b"),), started=1.0, body=body(b"data", complete=False)
    )
    data = session(request(0, response=begun), structs.replace(begun, ended=9.0))
    (first, later), _, capture = read(path, data)
    assert (later.continues, later.status) == (True, 200)
    assert (first.response_headers, later.response_headers) == ((("set-cookie", "a=b"),), ())
    assert not capture.fidelity


# ---------------------------------------------------------------- raw connections


def stream(index: int, part: int = 0, **members: Any) -> Stream:
    usual: dict[str, Any] = {
        "index": index, "part": part, "flow": "s", "protocol": "tcp", "started": 5.0, "host": "192.0.2.9",
        "port": 8883, "sent": body(b"part%d" % part), "received": 3, "server": Server(sni="mqtt.kirana.example"),
    }  # fmt: skip
    return Stream(**usual | members)


def test_parts_of_a_raw_connection(path: Path) -> None:
    data = session(stream(0), request(1), stream(0, 1, sent_at=30.0), stream(0, 2, sent_at=40.0))
    (first, _, second, third), reader, capture = read(path, data)
    assert (first.method, first.url, first.body) == ("TCP", "tcp://mqtt.kirana.example:8883/", b"part0")
    assert [(part.index, part.continues, part.body, part.messages, part.first_message, part.time)
            for part in (second, third)] == [
        (0, True, b"", (b"part1",), 0, 30.0), (0, True, b"", (b"part2",), 1, 40.0),
    ]  # fmt: skip
    assert reader.flow(0) == "s"
    assert (capture.exchanges, notes(capture)) == (2, {"not-http": 1})


def test_a_part_whose_beginning_is_lost_stands_for_its_connection(path: Path) -> None:
    (only, _), _, capture = read(path, session(stream(4, 3), request(5)))
    assert (only.index, only.continues, only.body) == (4, False, b"part3")
    assert (capture.exchanges, notes(capture)) == (6, {"not-http": 1})


@pytest.mark.parametrize(("protocol", "method"), [("udp", "UDP"), ("tcp", "TCP"), ("\x1b[2J", "TCP")])
def test_protocols_of_raw_connections(path: Path, protocol: str, method: str) -> None:
    assert read(path, session(stream(0, protocol=protocol)))[0][0].method == method


# ---------------------------------------------------------------- connections that could not be read


def refused(kind: Any = "suspected pinning", host: str = "bank.example", **members: Any) -> Refused:
    return Refused(time=members.pop("time", 7.0), kind=kind, host=host, **members)


def test_one_silent_connection_says_nothing(path: Path) -> None:
    assert read(path, session(refused()))[1].unread() == ()


def test_silent_connections_again_and_again_look_like_pinning(path: Path) -> None:
    data = session(
        *[refused(time=8.0 + n, address=f"192.0.2.{n}") for n in range(SILENT)], refused(host="once.example")
    )
    (unread,) = read(path, data)[1].unread()
    assert (unread.host, unread.kind, unread.count, unread.first_time) == (
        "bank.example",
        "suspected pinning",
        SILENT,
        8.0,
    )
    assert unread.addresses == tuple(f"192.0.2.{n}" for n in range(SILENT))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_where_anything_was_read_silence_is_a_preconnect(path: Path, at: int) -> None:
    records: list[Record] = [refused(), refused()]
    records.insert(at, request(0, server=Server(sni="bank.example")))
    assert read(path, session(*records))[1].unread() == ()


def test_reasons_are_counted_and_told_once(path: Path) -> None:
    told: list[Unread] = []
    many = [refused("refused by client", reason="unknown ca"), refused("refused by client", reason="unknown ca")]
    more = [refused("failed", host="", address="192.0.2.1"), refused("failed", host=""), refused("passed through")]
    _, reader, capture = read(path, session(*many, *more), unread=told.append)
    assert [(each.host, each.kind, each.count) for each in reader.unread()] == [
        ("192.0.2.1", "failed", 1),
        ("bank.example", "passed through", 1),
        ("bank.example", "refused by client", 2),
        ("unknown host", "failed", 1),
    ]
    assert "(unknown ca)" in reader.unread()[2].reason
    assert [each.kind for each in told] == ["refused by client", "failed", "failed", "passed through"]
    assert capture.exchanges == 0


# ---------------------------------------------------------------- certificates


def test_a_certificate_that_is_not_what_its_hash_says_is_not_taken(path: Path) -> None:
    wrong = b"\x01" * 32
    records: list[Record] = [Shown(sha256=wrong, der=DER), request(0, server=Server(leaf_sha256=wrong)),
               request(1, server=Server(leaf_sha256=LEAF))]  # fmt: skip
    assert [exchange.certificate for exchange in read(path, session(*records))[0]] == [None, None]


def test_what_is_no_certificate_costs_itself_alone(path: Path) -> None:
    noise = b"\x30\x82\xff\xff" * 100
    leaf = hashlib.sha256(noise).digest()
    (exchange,), _, capture = read(
        path, session(Shown(sha256=leaf, der=noise), request(0, server=Server(leaf_sha256=leaf)))
    )
    assert exchange.certificate is None
    assert "records-damaged" not in notes(capture)


# ---------------------------------------------------------------- how it ended


def test_what_was_lost_is_noted_with_its_number(path: Path) -> None:
    told: list[str] = []
    lost = Lost(time=2.0, since=1.0, count=1_234, reason="the disk was full")
    _, _, capture = read(path, session(lost), trouble=told.append)
    assert notes(capture) == {"records-lost": 1_234}
    assert told == ["1,234 records were lost: the disk was full."]


def test_an_end_says_what_was_under_way_and_what_failed(path: Path) -> None:
    _, _, capture = read(path, file(START, Ended(time=9.0, open=3, errors=2)))
    assert notes(capture) == {"under-way": 3, "records-lost": 2}
    assert capture.complete


def test_a_session_without_end_was_killed(path: Path) -> None:
    exchanges, _, capture = read(path, file(START, request(0)))
    assert len(exchanges) == 1
    assert capture.complete
    assert notes(capture) == {"session-not-ended": 1}


def test_an_empty_session(path: Path) -> None:
    exchanges, reader, capture = read(path, session())
    assert (exchanges, reader.unread(), reader.lookups(), capture.exchanges) == ([], (), (), 0)
    assert not capture.fidelity


def test_a_file_that_holds_only_its_magic(path: Path) -> None:
    exchanges, _, capture = read(path, MAGIC)
    assert (exchanges, capture.recorder, capture.exchanges) == ([], "unknown recorder", 0)
    assert notes(capture) == {"session-not-ended": 1}


def test_a_newer_format_is_refused_in_a_sentence(path: Path) -> None:
    path.write_bytes(file(structs.replace(START, format=FORMAT + 1), request(0)))
    with pytest.raises(CaptureError, match=r"newer apptells.*read it with that one\.$"):
        JournalReader(path)


@pytest.mark.parametrize("data", [b"apptells capture 2\n", b"apptells", b"apptells capture 1\r\n"])
def test_another_version_of_the_frames_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(CaptureError, match=r"\.$"):
        JournalReader(path)
    with pytest.raises(CaptureError, match=r"\.$"):
        open_capture(path)


# ---------------------------------------------------------------- torn and damaged files


RECORDS: tuple[Record, ...] = (
    START, Shown(sha256=LEAF, der=DER), request(0), ASKED, request(1, response=None), stream(2), refused(),
    Response(index=1, status=200, headers=((b"Set-Cookie", b"a=b"),)), request(3), refused(), stream(2, 1), END,
)  # fmt: skip
WHOLE = file(*RECORDS)


def test_a_file_cut_anywhere_gives_what_came_before(path: Path) -> None:
    ends = [len(file(*RECORDS[:count])) for count in range(len(RECORDS) + 1)]
    expected = read(path, WHOLE)[0]
    for cut in range(len(MAGIC), len(WHOLE), 7):
        exchanges, _, capture = read(path, WHOLE[:cut])
        assert exchanges == expected[: len(exchanges)]
        whole = sum(end <= cut for end in ends) - 1
        assert len(exchanges) == sum(isinstance(each, Request | Stream | Response) for each in RECORDS[:whole])
        assert capture.complete == (cut in ends)
        assert "session-not-ended" in notes(capture)
        assert ("truncated-file" in notes(capture)) == (cut not in ends)


def test_damage_costs_the_record_it_touches_and_is_said(path: Path) -> None:
    expected = read(path, WHOLE)[0]
    for count in range(1, len(RECORDS) - 1):
        damaged = bytearray(WHOLE)
        damaged[len(file(*RECORDS[:count])) + 20] ^= 0x40
        exchanges, _, capture = read(path, bytes(damaged))
        kept = {(each.index, each.continues) for each in exchanges}
        assert kept <= {(each.index, each.continues) for each in expected}
        assert len(exchanges) >= len(expected) - (2 if count == 4 else 1)  # with a request, its response is lost
        assert notes(capture)["records-damaged"] == 1
        assert capture.complete


def test_a_damaged_beginning_is_said_too(path: Path) -> None:
    data = MAGIC + bytes(30) + WHOLE[len(file(START)) :]
    exchanges, _, capture = read(path, data)
    assert [exchange.index for exchange in exchanges] == [exchange.index for exchange in read(path, WHOLE)[0]]
    assert notes(capture)["records-damaged"] >= 1


def test_records_that_make_no_sense_are_counted_and_passed_over(path: Path) -> None:
    odd = [b"\xc1", b"\x80", msgspec.msgpack.encode({"type": "mood"}), msgspec.msgpack.encode([1]), b"\x91" * 200_000]
    data = MAGIC + b"".join(framed([encode(START), *odd, encode(request(0)), encode(END)]))
    exchanges, _, capture = read(path, data)
    assert len(exchanges) == 1
    assert notes(capture) == {"records-damaged": len(odd)}


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(len(MAGIC), len(WHOLE) - 1), st.binary(max_size=30)), max_size=6),
    st.integers(0, 400),
)
def test_mutated_files_are_read_to_their_end(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]], cut: int
) -> None:
    data = bytearray(WHOLE)
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    path = tmp_path_factory.getbasetemp() / "mutated.apptells"
    path.write_bytes(data[: len(data) - cut])
    with JournalReader(path) as reader:
        for exchange in reader:
            exchange.url.encode()
        assert reader.bytes_read == path.stat().st_size
        assert len(msgspec.json.encode(reader.capture())) < 20_000
        reader.unread()


# ---------------------------------------------------------------- a file that grows


def following(*steps: bytes) -> tuple[Callable[[Path], None], Callable[[], bool]]:
    """Writes the first step; each time somebody waits, another one is written, until there is none."""
    left = list(steps)
    paths: list[Path] = []

    def start(path: Path) -> None:
        path.write_bytes(left.pop(0))
        paths.append(path)

    def wait() -> bool:
        if not left:
            return False
        with paths[0].open("ab") as file:
            file.write(left.pop(0))
        return True

    return start, wait


def test_a_file_is_followed_while_it_grows(path: Path) -> None:
    expected = read(path, WHOLE)[0]
    path.unlink()
    start, wait = following(*[WHOLE[at : at + 50] for at in range(0, len(WHOLE), 50)])
    start(path)
    reader = JournalReader(path, wait=wait)
    assert list(reader) == expected
    assert not {"records-damaged", "truncated-file", "session-not-ended"} & notes(reader.capture()).keys()


def test_nobody_waits_after_the_end(path: Path) -> None:
    path.write_bytes(WHOLE)
    reader = JournalReader(path, wait=lambda: pytest.fail("waited"))
    assert list(reader)


# ---------------------------------------------------------------- hostile files stay small


def test_memory_does_not_grow_with_silent_connections(path: Path) -> None:
    data = session(*[refused()] * (SILENCES + 5))
    assert read(path, data)[1].unread()[0].count == SILENCES


def test_what_is_remembered_of_an_unfinished_request_is_bounded(path: Path) -> None:
    long = request(0, response=None, path=b"/" + b"a" * 100_000, headers=((b"X", b"y" * 100_000),))
    (first, later), _, _ = read(path, session(long, Response(index=0, status=200, headers=((b"Location", b"/"),))))
    assert len(first.url) > 100_000
    assert len(later.url) + sum(map(len, later.headers)) < 10_000
