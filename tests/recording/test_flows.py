"""Flows from their first byte to their last, as mitmproxy's hooks tell of them."""

import gc
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from mitmproxy.connection import ConnectionState
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.tcp import TCPMessage
from mitmproxy.test import tflow, tutils
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from analyzer.capture.frame import MAGIC, framed
from analyzer.capture.journal_reader import JournalReader
from analyzer.capture.record import Body, Ended, Message, Record, Request, Response, Started, Stream, encode
from analyzer.model import Exchange
from analyzer.recording.flows import LATE, LINGER, STREAMED, Flows

KEEP = 1_000
START = 946681200.0
"""When mitmproxy's test flows begin."""


class Recorded(list[Record]):
    """The records that were written, and what a reader makes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.flows = Flows(self.append, KEEP)

    def requests(self) -> list[Request]:
        return [record for record in self if isinstance(record, Request)]

    def exchanges(self, path: Path, *notes: str) -> Iterator[Exchange]:
        path.write_bytes(MAGIC + b"".join(framed(map(encode, [Started(time=1.0), *self, Ended(time=1.0)]))))
        reader = JournalReader(path)
        yield from reader
        assert {note.what for note in reader.capture().fidelity} == set(notes)


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def flow(method: bytes = b"POST", body: bytes | None = b"hello", length: int | None = 5) -> HTTPFlow:
    headers = Headers([(b"content-length", b"%d" % length)] if length is not None else [])
    return tflow.tflow(req=tutils.treq(method=method, headers=headers, content=body))


def answer(of: HTTPFlow, body: bytes | None = b"{}", length: int | None = 2) -> None:
    headers = [(b"content-type", b"application/json")]
    headers += [(b"content-length", b"%d" % length)] if length is not None else []
    of.response = tutils.tresp(headers=Headers(headers), content=body)


def pass_by(message: object, *pieces: bytes) -> None:
    """Streams pieces through, as mitmproxy does."""
    for piece in (*pieces, b""):
        assert message.stream(piece) == piece  # type: ignore[attr-defined]


# ---------------------------------------------------------------- HTTP


def test_a_request_with_its_response_is_one_record(recorded: Recorded) -> None:
    made = flow()
    recorded.flows.request_begins(made)
    assert made.request.stream is False
    answer(made)
    recorded.flows.response_begins(made)
    assert made.response
    assert made.response.stream is False
    recorded.flows.ended(made)
    (record,) = recorded.requests()
    assert len(recorded) == 1
    assert (record.index, record.flow, record.body) == (0, made.id, Body(kept=b"hello", size=5))
    assert record.response
    assert record.response.body == Body(kept=b"{}", size=2)
    assert (recorded.flows.count, recorded.flows.open) == (1, 0)


def test_a_request_that_broke_off_is_recorded(recorded: Recorded) -> None:
    made = flow()
    recorded.flows.request_begins(made)
    made.error = tflow.terr("connection lost")
    recorded.flows.ended(made)
    assert [(record.error, record.response) for record in recorded.requests()] == [("connection lost", None)]


def test_a_flow_whose_beginning_nobody_told_of_is_recorded(recorded: Recorded) -> None:
    recorded.flows.ended(tflow.tflow(resp=True))
    assert len(recorded.requests()) == 1


def test_numbers_are_in_the_order_of_the_records(recorded: Recorded) -> None:
    flows = [flow() for _ in range(5)]
    for made in flows:
        recorded.flows.request_begins(made)
    for made in reversed(flows):
        answer(made)
        recorded.flows.ended(made)
    assert [(record.index, record.flow) for record in recorded.requests()] == [
        (number, made.id) for number, made in enumerate(reversed(flows))
    ]


def test_a_late_response_gets_a_record_of_its_own(recorded: Recorded, tmp_path: Path) -> None:
    made = flow()
    recorded.flows.request_begins(made)
    recorded.flows.sweep(START + 1 + LATE / 2)
    assert not recorded
    assert recorded.flows.open == 1
    recorded.flows.sweep(START + 1 + LATE + 0.1)
    recorded.flows.sweep(START + 9)
    assert len(recorded) == 1
    assert recorded.flows.open == 0
    answer(made)
    recorded.flows.response_begins(made)
    recorded.flows.ended(made)
    request, response = recorded
    assert isinstance(request, Request)
    assert isinstance(response, Response)
    assert (request.response, response.index, response.status) == (None, 0, 200)
    first, later = recorded.exchanges(tmp_path / "f")
    assert (first.status, later.status, later.continues) == (None, 200, True)


def test_a_request_is_recorded_as_the_app_made_it(recorded: Recorded) -> None:
    made = flow()
    recorded.flows.request_begins(made)
    recorded.flows.request_ends(made)
    made.request.host, made.request.path = "elsewhere.example", "/changed"
    made.request.headers["x-added"] = "yes"
    made.request.content = b"rewritten"
    answer(made)
    recorded.flows.ended(made)
    (record,) = recorded.requests()
    assert (record.host, record.path, record.body.kept) == ("address", b"/path", b"hello")
    assert record.headers == ((b"content-length", b"5"),)


def test_a_flow_of_a_file_with_a_response_and_an_error_is_recorded_once(recorded: Recorded) -> None:
    made = flow()
    made.live = False
    recorded.flows.request_begins(made)
    answer(made)
    made.error = tflow.terr("cut")
    recorded.flows.ended(made)
    recorded.flows.broke_off(made)
    assert len(recorded) == 1


def test_a_flow_that_is_read_from_a_file_is_not_late(recorded: Recorded) -> None:
    made = flow()
    made.live = False
    recorded.flows.request_begins(made)
    recorded.flows.sweep(START + 5)
    assert not recorded
    recorded.flows.request_ends(made)  # it has no response
    assert len(recorded.requests()) == 1


def test_a_clock_that_is_set_back_delays_nothing(recorded: Recorded) -> None:
    recorded.flows.request_begins(flow())
    recorded.flows.sweep(START - 3_600)
    assert len(recorded.requests()) == 1


def test_what_a_record_could_not_hold_is_cut(recorded: Recorded, tmp_path: Path) -> None:
    made = flow()
    made.request.data.host = "\udcff" + "a" * 400
    made.error = tflow.terr("\udcff" + "b" * 9_000)
    recorded.flows.broke_off(made)
    (found,) = recorded.exchanges(tmp_path / "f", "failed-requests")
    assert found.url == f"http://?{'a' * 254}:22/path"


def test_what_the_proxy_forgot_is_recorded_even_where_nothing_was_passed_on(recorded: Recorded) -> None:
    made = flow(body=None, length=None)
    made.request.timestamp_end = None
    made.server_conn.timestamp_tcp_setup = None
    recorded.flows.request_begins(made)
    recorded.flows.sweep(START + 5)
    assert not recorded
    made.client_conn.state = ConnectionState.CLOSED
    made.client_conn.timestamp_end = START + 6
    recorded.flows.sweep(START + 7 + LINGER)
    assert len(recorded.requests()) == 1


def test_a_clock_that_is_set_back_keeps_nothing_of_what_the_proxy_forgot(recorded: Recorded) -> None:
    made = flow(body=None, length=None)
    recorded.flows.request_begins(made)
    pass_by(made.request, b"one")
    made.client_conn.state = ConnectionState.CLOSED
    made.client_conn.timestamp_end = START + 2
    recorded.flows.sweep(START - 3_600)
    assert len(recorded) == 1
    pass_by(made.request, b"two")
    recorded.flows.sweep(START - 3_590)
    assert len(recorded) == 1, "it is still looked at"


def test_what_the_proxy_forgot_is_not_kept_for_ever(recorded: Recorded) -> None:
    """mitmproxy breaks down at trailers of HTTP/1.1, and then tells of no end."""
    made = flow(body=None, length=None)
    recorded.flows.request_begins(made)
    pass_by(made.request, b"one")
    made.client_conn.state = ConnectionState.CLOSED
    made.client_conn.timestamp_end = START + 2
    recorded.flows.sweep(START + 2 + LINGER / 2)
    recorded.flows.sweep(START + 3 + LINGER)
    assert len(recorded) == 1
    recorded.flows.message(made)
    pass_by(made.request, b"two")
    recorded.flows.sweep(START + 100)
    assert len(recorded) == 1


# ---------------------------------------------------------------- bodies that are passed on in pieces


def test_a_request_that_is_answered_before_its_end_is_recorded_to_its_end(recorded: Recorded, tmp_path: Path) -> None:
    made = flow(body=None, length=None)
    made.request.timestamp_end = None
    recorded.flows.request_begins(made)
    pass_by(made.request, b"one")
    answer(made)
    recorded.flows.ended(made)
    recorded.flows.sweep(START + 5)
    pass_by(made.request, b"two")
    made.request.timestamp_end = START + 6
    recorded.flows.request_ends(made)
    first, *later = recorded.exchanges(tmp_path / "f")
    assert b"".join([first.body, *(piece for part in later for piece in part.messages)]) == b"onetwo"
    assert later[-1].status == 200
    assert recorded.flows.open == 0


def test_what_mitmproxy_passes_on_by_itself_is_heard(recorded: Recorded) -> None:
    """As with its `stream_large_bodies`."""
    made = flow(body=None)
    made.request.stream = True
    recorded.flows.request_begins(made)
    pass_by(made.request, b"hello")
    answer(made)
    recorded.flows.ended(made)
    assert [record.body.kept for record in recorded.requests()] == [b"hello"]


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_request_is_not_passed_on_where_that_would_pass_over_a_rule(recorded: Recorded, is_answered: bool) -> None:
    made = flow(length=None)
    if is_answered:  # as by mitmproxy's `proxyauth`
        answer(made)
    else:
        recorded.flows.passes_requests = False
    recorded.flows.request_begins(made)
    assert made.request.stream is False


@pytest.mark.parametrize(
    ("method", "length", "is_streamed"),
    [
        (b"POST", 5, False),
        (b"POST", STREAMED, False),
        (b"POST", STREAMED + 1, True),
        (b"POST", 10**30, True),
        (b"POST", None, True),
        (b"GET", None, False),
        (b"DELETE", STREAMED + 1, True),
    ],
)
def test_large_bodies_and_endless_ones_are_passed_on(
    recorded: Recorded, method: bytes, length: int | None, is_streamed: bool
) -> None:
    made = flow(method, length=length)
    recorded.flows.request_begins(made)
    assert callable(made.request.stream) == is_streamed


@pytest.mark.parametrize("length", [b"", b"-1", b"5, 5", b"0x5", b"\xd9\xa3", b"5 "])
def test_a_length_that_is_none_may_be_any(recorded: Recorded, length: bytes) -> None:
    made = flow()
    made.request.headers = Headers([(b"Content-Length", length)])
    recorded.flows.request_begins(made)
    assert callable(made.request.stream)


def test_a_body_in_pieces_is_kept_and_given_back_to_who_looks_at_the_flow(recorded: Recorded, tmp_path: Path) -> None:
    made = flow(body=None, length=None)
    recorded.flows.request_begins(made)
    pass_by(made.request, b"one ", b"two")
    answer(made, None, None)
    recorded.flows.response_begins(made)
    pass_by(made.response, b'{"a"', b":1}")
    recorded.flows.ended(made)
    (record,) = recorded.requests()
    assert record.body == Body(kept=b"one two", size=7)
    assert record.response
    assert record.response.body == Body(kept=b'{"a":1}', size=7)
    assert made.response
    assert (made.request.raw_content, made.response.raw_content) == (b"one two", b'{"a":1}')
    (exchange,) = recorded.exchanges(tmp_path / "f")
    assert (exchange.body, exchange.response_body) == (b"one two", b'{"a":1}')


def test_of_a_body_that_is_too_large_the_start_is_kept_and_all_is_hashed(recorded: Recorded) -> None:
    made = flow(body=None, length=9_000_000)
    recorded.flows.request_begins(made)
    pieces = [b"%d" % (number % 10) * 1_000 for number in range(9_000)]
    pass_by(made.request, *pieces)
    answer(made)
    recorded.flows.ended(made)
    (record,) = recorded.requests()
    assert record.body == Body(kept=b"0" * KEEP, size=9_000_000, sha256=sha256(b"".join(pieces)).digest())
    assert made.request.raw_content is None


def test_another_addon_that_streams_still_gets_the_pieces(recorded: Recorded) -> None:
    made = flow(body=None, length=None)
    made.request.stream = lambda piece: piece.upper()
    recorded.flows.request_begins(made)
    assert callable(made.request.stream)
    assert made.request.stream(b"a") == b"A"


def test_a_request_without_end_is_recorded_piece_by_piece(recorded: Recorded, tmp_path: Path) -> None:
    """As gRPC streams are: the response has begun, both go on."""
    made = flow(body=None, length=None)
    made.request.timestamp_end = None
    recorded.flows.request_begins(made)
    recorded.flows.sweep(START + LATE / 2)
    pass_by(made.request, b"one")
    answer(made, None, None)
    assert made.response
    made.response.timestamp_end = None
    recorded.flows.response_begins(made)
    recorded.flows.sweep(START + 5)
    pass_by(made.request, b"two", b"three")
    recorded.flows.sweep(START + 6)
    recorded.flows.sweep(START + 7)
    pass_by(made.request, b"four")
    made.request.timestamp_end = made.response.timestamp_end = START + 8
    recorded.flows.ended(made)
    request, second, third, end = recorded
    assert isinstance(request, Request)
    assert request.body == Body(kept=b"one", size=3, complete=False)
    assert [message.body.kept for message in (second, third) if isinstance(message, Message)] == [b"twothree", b"four"]
    assert isinstance(end, Response)
    first, *later = recorded.exchanges(tmp_path / "f")
    assert b"".join([first.body, *(piece for part in later for piece in part.messages)]) == b"onetwothreefour"
    assert all(part.continues for part in later)


def test_a_response_without_end_delays_nothing(recorded: Recorded, tmp_path: Path) -> None:
    """As server-sent events are."""
    made = flow(b"GET", b"", None)
    recorded.flows.request_begins(made)
    answer(made, None, None)
    assert made.response
    made.response.timestamp_end = None
    recorded.flows.response_begins(made)
    pass_by(made.response, b"data: 1\n\n")
    recorded.flows.sweep(START + 5)
    assert len(recorded.requests()) == 1
    made.response.timestamp_end = START + 3600
    recorded.flows.ended(made)
    first, later = recorded.exchanges(tmp_path / "f")
    assert (first.status, later.status, later.continues) == (200, 200, True)


# ---------------------------------------------------------------- WebSockets


def socket_message(content: bytes, from_client: bool) -> WebSocketMessage:
    return WebSocketMessage(Opcode.BINARY, from_client, content, START + 4)


def test_messages_of_a_websocket_are_written_as_they_come(recorded: Recorded, tmp_path: Path) -> None:
    made = tflow.twebsocketflow(messages=False)
    assert made.websocket
    made.websocket.messages = []
    recorded.flows.request_begins(made)
    recorded.flows.response_begins(made)
    recorded.flows.ended(made)
    for number, from_client in enumerate([True, False, True]):
        made.websocket.messages.append(socket_message(b"%d" % number * 600 * (number + 1), from_client))
        recorded.flows.message(made)
    recorded.flows.socket_ended(made)
    opening, *messages = recorded
    assert isinstance(opening, Request)
    assert [(m.position, m.from_client, m.body.size) for m in messages if isinstance(m, Message)] == [
        (0, True, 600), (0, False, 1_200), (1, True, 1_800),
    ]  # fmt: skip
    first, one, two = recorded.exchanges(tmp_path / "f", "request-body-truncated")
    assert (first.status, one.messages, two.messages) == (101, (b"0" * 600,), (b"2" * KEEP,))
    assert [one.first_message, two.first_message] == [0, 1]


def test_a_websocket_that_was_there_before_the_addon_is_recorded_from_then_on(recorded: Recorded) -> None:
    made = tflow.twebsocketflow()
    recorded.flows.message(made)
    recorded.flows.message(made)
    recorded.flows.socket_ended(made)
    assert list(map(type, recorded)) == [Request, Message, Message]


def test_a_message_that_the_user_made_up_is_not_the_apps(recorded: Recorded) -> None:
    made = tflow.twebsocketflow()
    assert made.websocket
    made.websocket.messages[-1].injected = True
    recorded.flows.message(made)
    assert not recorded


# ---------------------------------------------------------------- raw connections


def tcp_message(content: bytes, time: float, from_client: bool = True) -> TCPMessage:
    return TCPMessage(from_client, content, time)  # type: ignore[no-untyped-call]


def test_messages_that_have_passed_fill_no_memory_where_nobody_looks_at_them(recorded: Recorded) -> None:
    recorded.flows.keeps_messages = False
    raw, socket = tflow.ttcpflow(messages=False), tflow.twebsocketflow(messages=False)
    assert socket.websocket
    raw.messages, socket.websocket.messages = [], []
    for number in range(3):
        raw.messages.append(tcp_message(b"%d" % number, START))
        recorded.flows.raw_message(raw)
        socket.websocket.messages.append(socket_message(b"%d" % number, True))
        recorded.flows.message(socket)
    assert (len(raw.messages), len(socket.websocket.messages)) == (1, 1)
    recorded.flows.raw_ended(raw)
    assert [each.sent.kept for each in recorded if isinstance(each, Stream)] == [b"012"]
    assert [each.body.kept for each in recorded if isinstance(each, Message)] == [b"0", b"1", b"2"]


def test_a_short_raw_connection_is_one_record(recorded: Recorded) -> None:
    made = tflow.ttcpflow(messages=False)
    made.messages = []
    for content, from_client in ((b"hello ", True), (b"it's me", False), (b"again", True)):
        made.messages.append(tcp_message(content, START, from_client))
        recorded.flows.raw_message(made)
    recorded.flows.raw_ended(made)
    (record,) = recorded
    assert isinstance(record, Stream)
    assert (record.sent, record.received, record.part) == (Body(kept=b"hello again", size=11), 7, 0)


def test_a_raw_connection_in_which_nothing_was_said_is_told(recorded: Recorded) -> None:
    recorded.flows.raw_ended(tflow.tudpflow(messages=False))
    (record,) = recorded
    assert isinstance(record, Stream)
    assert (record.protocol, record.sent) == ("udp", Body())


def test_a_long_raw_connection_is_written_in_parts(recorded: Recorded, tmp_path: Path) -> None:
    made = tflow.ttcpflow(messages=False)
    made.messages = []
    for number in range(3):
        made.messages.append(tcp_message(b"part%d" % number, START + 10 * number))
        recorded.flows.raw_message(made)
        recorded.flows.sweep(START + 10 * number + LATE / 2)
        assert len(recorded) == number
        recorded.flows.sweep(START + 10 * number + LATE + 0.1)
        assert len(recorded) == number + 1
    recorded.flows.sweep(START + 99)
    recorded.flows.raw_ended(made)
    assert [(part.index, part.part, part.sent_at) for part in recorded if isinstance(part, Stream)] == [
        (0, 0, START), (0, 1, START + 10), (0, 2, START + 20),
    ]  # fmt: skip
    first, *later = recorded.exchanges(tmp_path / "f", "not-http")
    assert [first.body, *(part.messages for part in later)] == [b"part0", (b"part1",), (b"part2",)]


def test_a_fast_raw_connection_is_kept_to_the_limit(recorded: Recorded) -> None:
    made = tflow.ttcpflow(messages=False)
    made.messages = []
    for number in range(20):
        made.messages = [tcp_message(b"%d" % (number % 10) * 100_000, START)]
        recorded.flows.raw_message(made)
        recorded.flows.sweep(START)
    recorded.flows.raw_ended(made)
    parts = [record for record in recorded if isinstance(record, Stream)]
    assert sum(part.sent.size for part in parts) == 2_000_000
    assert len(parts) > 1
    assert all(len(part.sent.kept) <= KEEP for part in parts)


# ---------------------------------------------------------------- memory


def test_memory_does_not_grow_with_ended_flows() -> None:
    flows = Flows(lambda record: None, KEEP)
    server = tflow.tserver_conn()

    def one() -> None:
        made = flow()
        made.server_conn = server
        flows.request_begins(made)
        flows.sweep(START)
        answer(made)
        flows.response_begins(made)
        flows.ended(made)
        raw = tflow.ttcpflow()
        raw.server_conn = server
        flows.raw_message(raw)
        flows.raw_ended(raw)

    for _ in range(50):
        one()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(400):
            one()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 40_000  # 100 bytes a flow
    finally:
        tracemalloc.stop()
    assert flows.open == 0
