"""Flow files: exact bytes, other traffic counted, and whatever breaks costs one flow."""

import gzip
import hashlib
import io
import warnings
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy.certs import Cert
from mitmproxy.dns import DNSFlow, Question, ResourceRecord
from mitmproxy.flow import Error, Flow
from mitmproxy.http import Headers
from mitmproxy.io import FlowWriter
from mitmproxy.net.dns import classes, response_codes, types
from mitmproxy.test import tflow, tutils
from mitmproxy.websocket import WebSocketMessage

from analyzer.capture.flow import FlowFileReader, dns_lookups
from analyzer.capture.lookups import ADDRESSES_KEPT
from analyzer.capture.open import open_capture
from analyzer.model import Capture, Exchange
from tests.capture.made import certificate

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
    assert [(exchange.index, exchange.method) for exchange in exchanges] == [
        (0, "TCP"),
        (1, "POST"),
        (2, "UDP"),
        (4, "TCP"),
        (5, "POST"),
    ]
    assert exchanges[0].url == "tcp://address:22/"
    assert exchanges[0].body == b"hello"
    assert capture.exchanges == 6
    assert {note.what: note.count for note in capture.fidelity} == {"not-http": 3}
    assert [lookup.name for lookup in reader.lookups()] == ["dns.google"]
    assert reader.unread() == ()


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


def test_the_handshake_is_timed(tmp_path: Path) -> None:
    first, again, late, via = post(), post(), post(), post()
    again.server_conn = first.server_conn
    first.server_conn.timestamp_start, first.server_conn.timestamp_tcp_setup = 100.0, 100.0125
    late.server_conn.timestamp_tcp_setup = None
    via.server_conn.via = ("http", ("192.0.2.99", 8080))
    exchanges = read(tmp_path / "f", dumped(first, again, late, via))[0]
    assert [exchange.connect_ms for exchange in exchanges] == pytest.approx([12.5, 12.5, None, None])


@pytest.mark.parametrize(
    ("start", "setup"), [(100.0, 100.0), (100.0, 99.0), (None, 100.0), (0.0, 100_000.0), (float("nan"), 1.0)]
)
def test_odd_times_are_no_handshake(tmp_path: Path, start: float | None, setup: float) -> None:
    flow = post()
    flow.server_conn.timestamp_start, flow.server_conn.timestamp_tcp_setup = start, setup
    assert read(tmp_path / "f", dumped(flow))[0][0].connect_ms is None


def test_the_servers_own_certificate_is_kept(tmp_path: Path) -> None:
    made, issuer = certificate(), certificate({NameOID.COMMON_NAME: "Example TLS CA 1"})
    secure, intercepted, plain = post(), post(), post()
    secure.server_conn.certificate_list = [Cert(made), Cert(issuer)]
    intercepted.server_conn.certificate_list = [Cert(certificate(issuer={NameOID.COMMON_NAME: "mitmproxy"}))]
    exchanges = read(tmp_path / "f", dumped(secure, intercepted, plain, secure))[0]
    kept = exchanges[0].certificate
    assert kept is not None
    assert (kept.subject, kept.country) == ("api.tracker.example", "IN")
    assert kept.sha256 == hashlib.sha256(made.public_bytes(Encoding.DER)).hexdigest()
    assert [exchange.certificate for exchange in exchanges[1:]] == [None, None, kept]
    assert exchanges[3].certificate is kept


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_certificate_that_no_one_should_issue_is_not_remarked_on(tmp_path: Path) -> None:
    der = certificate().public_bytes(Encoding.DER).replace(b"\x02\x01\x4d", b"\x02\x01\xff", 1)  # serial number -1
    flow = post()
    with warnings.catch_warnings(action="ignore"):
        flow.server_conn.certificate_list = [Cert(load_der_x509_certificate(der))]
    (exchange,), _, _ = read(tmp_path / "f", dumped(flow))
    assert exchange.certificate
    assert exchange.certificate.sha256 == hashlib.sha256(der).hexdigest()


def asked(name: str, answers: list[ResourceRecord] | None, kind: int = types.A) -> DNSFlow:
    """A DNS flow; without answer where `answers` is None."""
    request = tutils.tdnsreq(questions=[Question(name, kind, classes.IN)])
    response = None if answers is None else tutils.tdnsresp(questions=request.questions, answers=answers)
    flow = tflow.tdnsflow(req=request)
    flow.response = response
    return flow


def looked_up(path: Path, *flows: Flow) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    _, reader, capture = read(path, dumped(*flows))
    assert capture.exchanges == len(flows)
    assert not capture.fidelity
    return [(lookup.name, lookup.source, lookup.aliases, lookup.addresses) for lookup in reader.lookups()]


def test_dns_answers_give_aliases_in_order_and_addresses(tmp_path: Path) -> None:
    answers = [
        ResourceRecord.A("edge.cdn.example", IPv4Address("192.0.2.7")),
        ResourceRecord.CNAME("Kirana.Tracker.example", "edge.cdn.example"),
        ResourceRecord.CNAME("metrics.kirana.example", "kirana.tracker.example"),
        ResourceRecord.A("unrelated.example", IPv4Address("192.0.2.99")),
        ResourceRecord.TXT("metrics.kirana.example", "x"),
    ]
    more = [*answers[1:3], ResourceRecord.AAAA("edge.cdn.example", IPv6Address("2001:db8::7"))]
    found = looked_up(
        tmp_path / "f", asked("Metrics.Kirana.example.", answers), asked("metrics.kirana.example", more, types.AAAA)
    )
    aliases = ("kirana.tracker.example", "edge.cdn.example")
    assert found == [
        ("metrics.kirana.example", "DNS answer in flow 0", aliases, ("192.0.2.7", "2001:db8::7")),
    ]


def test_names_without_answer_are_look_ups_too(tmp_path: Path) -> None:
    missing = asked("missing.example", [])
    assert missing.response
    missing.response.response_code = response_codes.NXDOMAIN
    assert looked_up(tmp_path / "f", asked("silent.example", None), missing) == [
        ("missing.example", "DNS answer in flow 1", (), ()),
        ("silent.example", "DNS query in flow 0", (), ()),
    ]


def test_hostile_records_cost_themselves_alone(tmp_path: Path) -> None:
    def record(data: bytes, kind: int = types.CNAME) -> ResourceRecord:
        return ResourceRecord("a.example", kind, classes.IN, 60, data)

    answers = [
        record(b""),
        record(b"\x05ab"),
        record(b"\xc0\x00"),
        record(b"\x01 \x00"),
        record(b"\x04xn--\x00"),
        record(b"\x01a" * 5000 + b"\x00"),
        record(b"\x01\x02\x03", types.A),
        record(b"\x01", types.AAAA),
        ResourceRecord("not a name", types.A, classes.IN, 60, b"\xc0\x00\x02\x01"),
        ResourceRecord.CNAME("a.example", "b.example"),
        ResourceRecord.CNAME("b.example", "a.example"),
        ResourceRecord.A("b.example", IPv4Address("192.0.2.7")),
    ]
    odd = asked("", [])
    many = asked("b.example", [ResourceRecord.A("b.example", IPv4Address(n)) for n in range(0xC0000200, 0xC0000300)])
    found = looked_up(tmp_path / "f", asked("a.example", answers), odd, many)
    assert found[0] == ("a.example", "DNS answer in flow 0", ("b.example",), ("192.0.2.7",))
    assert (found[1][0], len(found[1][3])) == ("b.example", ADDRESSES_KEPT)
    assert len(found) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.example", "b.example", "", "x y"]),
            st.sampled_from([types.A, types.AAAA, types.CNAME, types.TXT]),
            st.one_of(st.binary(max_size=20), st.sampled_from([b"\x01a\x07example\x00", b"\x01b\x07example\x00"])),
        ),
        max_size=6,
    )
)
def test_any_records_can_be_read(records: list[tuple[str, int, bytes]]) -> None:
    flow = asked("a.example", [ResourceRecord(name, kind, classes.IN, 60, data) for name, kind, data in records])
    (lookup,) = dns_lookups(flow)
    assert lookup.name == "a.example"
    assert lookup.name not in lookup.aliases


@given(st.lists(st.tuples(st.integers(40, 2000), st.integers(0, 255)), max_size=5), st.integers(0, 300))
@settings(max_examples=60)
def test_mutated_files_end(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(dumped(post(), tflow.ttcpflow(), tflow.tdnsflow(resp=True), post()))
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
