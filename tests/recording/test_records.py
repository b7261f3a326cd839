"""From mitmproxy's flows to records."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from mitmproxy.certs import Cert
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.test import tflow, tutils

from analyzer.capture.record import Body, Record, Request, Response, Server, Shown, Stream, decode, encode
from analyzer.capture.response import MAX_BODY
from analyzer.recording.records import Servers, header, request_record, response_record, stream_record
from analyzer.recording.tee import Tee
from tests.capture.made import certificate

LEAF, ISSUER = certificate(), certificate({NameOID.COMMON_NAME: "Example TLS CA 1"})


def back(record: Record) -> Record:
    """As a reader finds it."""
    found: Record = decode(encode(record))
    return found


def flow(body: bytes | None = b'{"a":1}', response: bytes = b"{}", kind: bytes = b"application/json") -> HTTPFlow:
    request = tutils.treq(
        method=b"POST", host="192.0.2.7", port=443, scheme=b"https", path=b"/v1", authority=b"", content=body,
        headers=Headers([(b"Host", b"a.example"), (b"X-Odd", b"\xff"), (b"x-odd", b"2")]),
    )  # fmt: skip
    made = tflow.tflow(req=request, resp=tutils.tresp(content=response, headers=Headers([(b"Content-Type", kind)])))
    made.server_conn.peername = ("192.0.2.7", 443)
    return made


def test_a_flow_becomes_a_record() -> None:
    made = flow()
    server = Servers().of(made.server_conn)
    assert back(request_record(made, 5, server, 100)) == Request(
        index=5, flow=made.id, started=946681200, ended=946681201, method=b"POST", scheme=b"https", host="192.0.2.7",
        port=443, path=b"/v1", version=b"HTTP/1.1",
        headers=((b"Host", b"a.example"), (b"X-Odd", b"\xff"), (b"x-odd", b"2")),
        body=Body(kept=b'{"a":1}', size=7), client="127.0.0.1", server=server,
        response=Response(
            index=5, status=200, headers=((b"Content-Type", b"application/json"),), body=Body(kept=b"{}", size=2),
            started=946681202, ended=946681203,
        ),
    )  # fmt: skip


def test_a_body_is_kept_to_the_limit_and_hashed() -> None:
    made = flow(b"0123456789")
    assert request_record(made, 0, Server(), 4).body == Body(
        kept=b"0123", size=10, sha256=sha256(b"0123456789").digest()
    )
    assert request_record(flow(None), 0, Server(), 4).body == Body()


def test_a_body_that_was_listened_to_stands_in_for_one_that_has_passed() -> None:
    made, tee = flow(None), Tee(4)
    tee(b"abcdef")
    assert request_record(made, 0, Server(), 4, tee).body == Body(
        kept=b"abcd", size=6, sha256=sha256(b"abcdef").digest()
    )
    made.request.timestamp_end = None
    assert not request_record(made, 0, Server(), 4, tee).body.complete


def test_what_was_never_answered_says_why() -> None:
    made = tflow.tflow(err=True)
    record = request_record(made, 0, Server(), 4)
    assert (record.response, record.error) == (None, "error")
    assert response_record(made, 3) == Response(index=3, error="error")


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (b"application/json; charset=utf-8", MAX_BODY),
        (b"text/event-stream", MAX_BODY),
        (b"text/plain", MAX_BODY),
        (b"text/html", 0),
        (b"image/png", 0),
        (b"\xff\xfe", 0),
    ],
)
def test_of_responses_the_start_of_data_is_kept(kind: bytes, kept: int) -> None:
    body = b"x" * (MAX_BODY + 10)
    record = response_record(flow(response=body, kind=kind), 0)
    assert record.body == Body(kept=body[:kept], size=len(body), sha256=sha256(body).digest())


def test_a_server_is_described_once_its_connection_stands() -> None:
    to = tflow.tserver_conn()
    to.peername, to.timestamp_tcp_setup, to.certificate_list = None, None, []
    servers = Servers()
    assert servers.of(to) == Server(port=22, sni="address", tls_version="TLSv1.2", tls_ms=None)
    to.peername, to.timestamp_start, to.timestamp_tcp_setup = ("192.0.2.7", 443), 100.0, 100.0125
    to.timestamp_tls_setup, to.alpn = 100.05, b"h2"
    to.certificate_list = [Cert(LEAF), Cert(ISSUER)]
    leaf, issuer = (each.public_bytes(Encoding.DER) for each in (LEAF, ISSUER))
    found = servers.of(to)
    assert (found.connect_ms, found.tls_ms) == pytest.approx((12.5, 37.5))
    assert (found.ip, found.port, found.alpn) == ("192.0.2.7", 443, b"h2")
    assert found.leaf_sha256 == sha256(leaf).digest()
    assert found.chain_sha256 == sha256(leaf + issuer).digest()
    assert servers.new == [Shown(sha256=sha256(leaf).digest(), der=leaf)]
    assert servers.of(to) is found


def test_a_certificate_is_written_once() -> None:
    servers = Servers()
    for _ in range(3):
        to = tflow.tserver_conn()
        to.certificate_list = [Cert(LEAF)]
        servers.of(to)
    assert len(servers.new) == 1


def test_through_another_proxy_no_handshake_is_timed() -> None:
    to = tflow.tserver_conn()
    to.via = ("http", ("192.0.2.99", 8080))
    assert Servers().of(to).connect_ms is None


@pytest.mark.parametrize(("made", "protocol"), [(tflow.ttcpflow(), "tcp"), (tflow.tudpflow(), "udp")])
def test_raw_connections(made: object, protocol: str) -> None:
    sent = Body(kept=b"a", size=1)
    record = stream_record(made, 4, 2, Server(), sent, 8.5, 7)  # type: ignore[arg-type]
    assert isinstance(back(record), Stream)
    assert (record.index, record.part, record.protocol, record.host, record.port) == (4, 2, protocol, "address", 22)
    assert (record.sent, record.sent_at, record.received) == (sent, 8.5, 7)


def test_headers_are_found_by_any_case() -> None:
    fields = ((b"Content-Length", b"5"), (b"content-length", b"6"))
    assert header(fields, b"content-length") == b"5"
    assert header(fields, b"content-type") == b""
