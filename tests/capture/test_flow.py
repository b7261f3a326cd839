"""Flow files: exact bytes, other traffic counted, and whatever breaks costs one flow."""

import gzip
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy.flow import Error, Flow
from mitmproxy.http import Headers
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow, tutils
from mitmproxy.websocket import WebSocketMessage

from analyzer.capture.flow import FlowFileReader
from analyzer.capture.open import open_capture
from analyzer.model import Capture, Exchange

BODY = b"\x1f\x8b\x00\xff name=Meera"


def dumped(*flows: Flow) -> bytes:
    file = io.BytesIO()
    for flow in flows:
        FlowWriter(file).add(flow)  # type: ignore[no-untyped-call]
    return file.getvalue()


def post(body: bytes | None = BODY, **headers: bytes) -> Flow:
    fields = tuple((name.replace("_", "-").encode(), value) for name, value in headers.items())
    request = tutils.treq(method=b"POST", content=body, headers=fields, path=b"/v1/e?x=1", host="192.0.2.7", port=443)
    request.scheme = "https"
    flow = tflow.tflow(req=request, resp=True)
    flow.server_conn.peername = ("192.0.2.7", 443)
    return flow


def read(path: Path, data: bytes) -> tuple[list[Exchange], FlowFileReader, Capture]:
    path.write_bytes(data)
    reader = open_capture(path)
    assert isinstance(reader, FlowFileReader)
    exchanges = list(reader)
    return exchanges, reader, reader.capture()


def test_an_http_flow_becomes_an_exchange(tmp_path: Path) -> None:
    data = dumped(post(host=b"api.tracker.example", X_Odd=b"a\xffb", X_Double=b"1"))
    (exchange,), reader, capture = read(tmp_path / "f", data)
    assert (exchange.method, exchange.url) == ("POST", "https://api.tracker.example/v1/e?x=1")
    assert (exchange.body, exchange.body_is_exact, exchange.body_is_decoded) == (BODY, True, False)
    assert exchange.headers == (("host", "api.tracker.example"), ("X-Odd", "a\ufffdb"), ("X-Double", "1"))
    assert (exchange.server_ip, exchange.status, exchange.index) == ("192.0.2.7", 200, 0)
    assert exchange.time == 946681200
    assert capture.recorder.startswith("mitmproxy (flow format ")
    assert capture.sha256 == hashlib.sha256(data).hexdigest()
    assert reader.bytes_read == len(data)
    assert capture.complete


def test_what_a_response_hands_out_is_kept_as_it_travelled(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"uid":"1"}', mtime=0)

    def answered(kind: str, body: bytes | None, *cookies: bytes) -> Flow:
        fields = [(b"Content-Type", kind.encode()), (b"content-encoding", b"gzip")]
        answer = tutils.tresp(
            headers=Headers([*fields, *((b"Set-Cookie", cookie) for cookie in cookies)]), content=body
        )
        return tflow.tflow(resp=answer)

    handing = answered("application/json", packed, b"uid=1; Path=/", b"b=\xff")
    page, empty = answered("text/html", b"<html>"), answered("", None)
    first, *others = read(tmp_path / "f", dumped(handing, page, empty))[0]
    assert first.response_headers == (("set-cookie", "uid=1; Path=/"), ("set-cookie", "b=\ufffd"))
    assert (first.response_type, first.response_encoding) == ("application/json", "gzip")
    assert first.response_body == packed
    assert [(other.response_headers, other.response_body) for other in others] == [((), b"")] * 2


def test_only_the_clients_messages_are_kept(tmp_path: Path) -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket
    flow.websocket.messages = [WebSocketMessage(1, True, b"sent"), WebSocketMessage(1, False, b"received")]
    (exchange,), _, _ = read(tmp_path / "f", dumped(flow))
    assert exchange.messages == (b"sent",)


def test_other_traffic_takes_an_index_and_is_counted(tmp_path: Path) -> None:
    data = dumped(tflow.ttcpflow(), post(), tflow.tudpflow(), tflow.tdnsflow(), tflow.ttcpflow(), post())
    exchanges, reader, capture = read(tmp_path / "f", data)
    assert [exchange.index for exchange in exchanges] == [1, 5]
    assert capture.exchanges == 6
    assert {note.what: note.count for note in capture.fidelity} == {"not-http": 4}
    assert sorted((unread.reason, unread.count) for unread in reader.unread()) == [
        ("raw TCP, not HTTP", 2),
        ("raw UDP, not HTTP", 1),
    ]


def test_a_refused_tunnel_is_unread_and_a_failed_request_is_an_exchange(tmp_path: Path) -> None:
    tunnel = tflow.tflow(req=tutils.treq(method=b"CONNECT", host="pinned.bank.example", port=443, headers=()), err=True)
    failed = post()
    failed.response = None  # type: ignore[attr-defined]
    failed.error = Error("connection\nlost")
    exchanges, reader, capture = read(tmp_path / "f", dumped(tunnel, failed))
    assert [(exchange.index, exchange.status) for exchange in exchanges] == [(1, None)]
    assert [(unread.host, unread.count) for unread in reader.unread()] == [("pinned.bank.example", 1)]
    assert {note.what: note.count for note in capture.fidelity} == {"failed-requests": 1}


def test_a_body_that_was_streamed_past_is_noted(tmp_path: Path) -> None:
    exchanges, _, capture = read(tmp_path / "f", dumped(post(None, content_length=b"12")))
    assert exchanges[0].body == b""
    assert {note.what: note.count for note in capture.fidelity} == {"request-body-dropped": 1}


def test_a_flow_that_cannot_be_built_costs_itself_alone(tmp_path: Path) -> None:
    whole = dumped(post())
    exchanges, _, capture = read(tmp_path / "f", whole + b"14:4:type;4:typo;}" + b"3:abc," + whole)
    assert [exchange.index for exchange in exchanges] == [0, 3]
    assert [skipped.index for skipped in capture.skipped] == [1, 2]
    assert capture.complete


@pytest.mark.parametrize("cut", [1, 7, 400])
def test_a_cut_file_gives_what_came_before(tmp_path: Path, cut: int) -> None:
    data = dumped(post(), post())
    exchanges, _, capture = read(tmp_path / "f", data[:-cut])
    assert len(exchanges) == 1
    assert not capture.complete
    assert capture.sha256 == hashlib.sha256(data[:-cut]).hexdigest()


@given(st.lists(st.tuples(st.integers(40, 2000), st.integers(0, 255)), max_size=5), st.integers(0, 300))
@settings(deadline=None, max_examples=60)
def test_mutated_files_end(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(dumped(post(), tflow.ttcpflow(), post()))
    for at, byte in changes:
        data[at % len(data)] = byte
    path = tmp_path_factory.mktemp("flow") / "f"
    path.write_bytes(data[: len(data) - cut])
    with FlowFileReader(path) as reader:
        for exchange in reader:
            assert isinstance(exchange.body, bytes)
            exchange.url.encode()
        assert reader.bytes_read == path.stat().st_size


def test_deep_nesting_costs_one_flow(tmp_path: Path) -> None:
    nested = b"0:]"
    for _ in range(20_000):
        nested = b"%d:%s]" % (len(nested), nested)
    payload = b"4:type;" + nested
    data = dumped(post()) + b"%d:%s}" % (len(payload), payload) + dumped(post())
    exchanges, _, capture = read(tmp_path / "f", data)
    assert [exchange.index for exchange in exchanges] == [0, 2]
    assert capture.skipped_total == 1
