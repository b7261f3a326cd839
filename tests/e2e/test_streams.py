"""What lasts: messages, calls, events and uploads are recorded while they are under way, and get through."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
from websockets.sync.client import connect as connect_websocket

from analyzer.model import Exchange
from tests.e2e import clients
from tests.e2e.servers import DOMAIN, OK, WELCOME
from tests.e2e.session import answered, carried, runs_here
from tests.e2e.stage import FORM, JSON, KEPT, Stage, email, profile
from tests.e2e.stage import stage as stage

pytestmark = runs_here


@pytest.mark.parametrize("compression", ["deflate", None])
def test_websocket(stage: Stage, compression: str | None) -> None:
    name = f"socket-{compression or 'plain'}"
    said = json.dumps({"contact": email(name), "fill": "x" * 2_000})
    texts: list[str | bytes] = [said, b"\x00\xff" + email(name).encode()]
    proxy, authority = stage.way
    context = clients.trusting(authority)
    url = stage.url(name, "/live").replace("https:", "wss:")
    with connect_websocket(url, ssl=context, proxy=proxy, compression=compression, open_timeout=clients.WAIT) as socket:
        assert bool(socket.protocol.extensions) == (compression == "deflate")
        assert socket.recv(clients.WAIT) == WELCOME
        for text in texts:
            socket.send(text)
            assert socket.recv(clients.WAIT) == text
        # Still open: messages are on disk before the socket closes.
        wanted = tuple(text.encode() if isinstance(text, str) else text for text in texts)
        (exchange,) = stage.session.exchanges(name, 1, ready=lambda each: len(each.messages) >= len(wanted))
        assert exchange.messages == wanted
        places = stage.found(email(name))
    stage.check(exchange, method="GET", status=101, url=stage.url(name, "/live"))
    assert {(host, location) for host, location, _, _ in places} == {(name, "message")}
    assert any("json" in decoding for *_, decoding in places)


@pytest.mark.parametrize("kind", ["One", "ToServer", "ToClient", "Chat"])
def test_grpc(stage: Stage, kind: str) -> None:
    name = f"grpc-{kind.lower()}"
    messages = [clients.protobuf(email(f"{name}{number}")) for number in range(1 if kind in ("One", "ToClient") else 3)]
    method = f"/kirana.Demo/{kind}"
    with clients.channel(*stage.way, f"{name}.{DOMAIN}", stage.calls) as channel:
        if kind == "One":
            assert channel.unary_unary(method)(messages[0], timeout=clients.WAIT) == OK
        elif kind == "ToServer":
            assert channel.stream_unary(method)(iter(messages), timeout=clients.WAIT) == OK
        elif kind == "ToClient":
            assert list(channel.unary_stream(method)(messages[0], timeout=clients.WAIT)) == [OK] * 3
        else:
            assert clients.lockstep(channel.stream_stream(method), messages) == messages
    sent = clients.framed(*messages)
    (exchange,) = stage.session.exchanges(name, 1, ready=lambda each: carried(each) == sent and answered(each))
    stage.check(exchange, url=f"https://{name}.{DOMAIN}:{stage.calls}{method}")
    for number in range(len(messages)):
        ((host, _, _, decoding),) = stage.found(email(f"{name}{number}"))
        assert (host, decoding) == (name, ("grpc", "protobuf"))


def test_grpc_that_stays_open(stage: Stage) -> None:
    """What was sent is on disk while the call goes on, and the rest follows."""
    messages = [clients.protobuf(email(f"grpc-open{number}")) for number in range(2)]

    def ready(count: int) -> Callable[[Exchange], bool]:
        return lambda each: carried(each) == clients.framed(*messages[:count])

    def said() -> Iterator[bytes]:
        yield messages[0]
        stage.session.exchanges("grpc-open", 1, ready=ready(1))
        yield messages[1]

    with clients.channel(*stage.way, f"grpc-open.{DOMAIN}", stage.calls) as channel:
        assert list(channel.stream_stream("/kirana.Demo/Chat")(said(), timeout=clients.WAIT)) == messages
    stage.session.exchanges("grpc-open", 1, ready=ready(2))
    for number in range(2):
        ((host, _, _, decoding),) = stage.found(email(f"grpc-open{number}"))
        assert (host, decoding) == ("grpc-open", ("grpc", "protobuf"))


def test_server_sent_events(stage: Stage) -> None:
    proxy, authority = stage.way
    url = stage.url("events", f"/events?{urlencode({'for': email('events')})}")
    with (
        httpx.Client(proxy=proxy, verify=clients.trusting(authority), timeout=clients.WAIT, trust_env=False) as client,
        client.stream("POST", url, content=b"") as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == "data: first"
        # The second comes only when it is asked for, so the first came through while the stream was open.
        clients.post(*stage.way, stage.url("next", "/next"), b"")
        assert next(line for line in lines if line) == "data: second"
    (exchange,) = stage.session.exchanges("events", 1)
    stage.check(exchange, url=url)
    assert stage.found(email("events")) == {("events", "query", "for", ("urlencoded",))}


def test_a_request_is_on_disk_before_its_answer(stage: Stage) -> None:
    url = stage.url("waits", "/together/2")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(clients.post, *stage.way, url, profile("waits"), Content_Type=JSON)
        (exchange,) = stage.session.exchanges("waits", 1, ready=lambda each: True)
        assert not first.done()
        stage.check(exchange, status=None, body=profile("waits"))
        second = pool.submit(clients.post, *stage.way, url, b"")
        assert [first.result().status_code, second.result().status_code] == [200, 200]
    assert len(stage.session.exchanges("waits", 2)) == 2
    assert stage.found(email("waits")) == {("waits", "body", "profile.contact", ("json",))}


def test_an_upload_that_breaks_off(stage: Stage) -> None:
    """What of it was sent before was sent."""
    proxy, authority = stage.way
    host = f"breaks.{DOMAIN}"
    head = f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: 5000000\r\n\r\n"
    body = urlencode({"to": email("breaks"), "fill": "x" * 500_000}).encode()
    with clients.tunnel(proxy, host, stage.web, clients.trusting(authority)) as socket:
        socket.sendall(head.encode() + body)
        stage.session.exchanges(host, 1, ready=lambda each: carried(each) == body)
    assert stage.found(email("breaks")) == {("breaks", "body", "to", ("urlencoded",))}
    stage.session.capture("request-body-truncated", "failed-requests")


@pytest.mark.parametrize("name", ["upload", "slow-upload"])
def test_large_chunked_upload(stage: Stage, name: str) -> None:
    """Its start is kept, its size and hash are those of the whole, and the proxy does not hold it in memory."""
    pieces = [urlencode({"to": email(name), "fill": ""}).encode(), *([b"x" * 60_000] * 500)]
    whole = b"".join(pieces)

    def said() -> Iterator[bytes]:
        yield from pieces[:250]
        if name == "slow-upload":
            stage.session.exchanges(f"{name}.", 1, ready=lambda each: True)
        yield from pieces[250:]

    before = stage.session.peak_memory()
    answer = clients.upload(*stage.way, stage.url(name, "/"), said(), Content_Type=FORM)
    assert stage.session.peak_memory() - before < 20_000_000
    told = {"bytes": len(whole), "sha256": hashlib.sha256(whole).hexdigest()}
    assert answer.json() == told
    (exchange,) = stage.session.exchanges(f"{name}.", 1)
    stage.check(exchange, body=whole[:KEPT])
    assert stage.found(email(name)) == {(name, "body", "to", ("urlencoded",))}
    (listed,) = [each for each in stage.session.report()["requests"] if each["exchange"] == exchange.index]
    assert {"bytes": listed["body_bytes"], "sha256": listed["body_sha256"]} == told
