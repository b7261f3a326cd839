"""Real clients through a real mitmdump with the addon: what each sends is in the capture, byte for byte."""

import gzip
import hashlib
import json
import shutil
from base64 import b64encode
from urllib.parse import urlencode

import pytest
from playwright.sync_api import sync_playwright

from analyzer.model import Exchange
from tests.e2e import clients
from tests.e2e.servers import CONNACK, DOMAIN
from tests.e2e.session import answered, carried, runs_here
from tests.e2e.stage import FORM, JSON, Stage, email, profile
from tests.e2e.stage import stage as stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = runs_here


def test_what_nobody_sent_is_not_found(stage: Stage) -> None:
    clients.post(*stage.way, stage.url("nobody", "/"), profile("nobody"), Content_Type=JSON)
    stage.session.exchanges("nobody", 1)
    assert stage.found(email("somebody")) == set()


@pytest.mark.skipif(not clients.CURL, reason="no curl on the path")
@pytest.mark.parametrize("version", ["1.1", "2"])
def test_curl(stage: Stage, version: str) -> None:
    name = f"curl{version[0]}"
    inner = b64encode(json.dumps({"mail": email(name)}).encode()).decode()
    body = gzip.compress(json.dumps({"batch": [{"data": inner}]}).encode(), mtime=0)
    lines = ("Content-Encoding: gzip", f"Content-Type: {JSON}", "X-Part: one", "X-Part: two")
    words = [f"--http{version}", *(word for line in lines for word in ("-H", line))]
    url = stage.url(name, "/v1/batch?x=%41")
    sent = clients.curl(*stage.way, url, *words, body=body)
    assert json.loads(sent.stdout) == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}, sent.stderr
    (exchange,) = stage.session.exchanges(name, 1)
    stage.check(exchange, body=body, url=url)
    # HTTP/2 has names in lower case only.
    said = [line if version == "1.1" else line.lower() for line in lines]
    assert [line for name, value in exchange.headers if (line := f"{name}: {value}") in said] == said
    assert stage.found(email(name)) == {(name, "body", "batch[0].data.mail", ("gzip", "json", "base64", "json"))}


def test_http2_streams_at_once(stage: Stage) -> None:
    names = [f"stream{number}" for number in range(5)]
    url = stage.url("httpx", "/together/5")
    bodies = [urlencode({"to": email(name), "fill": "x" * 50_000}).encode() for name in names]
    answers = clients.post_at_once(*stage.way, url, stage.url("httpx", "/"), bodies, Content_Type=FORM)
    assert {answer.http_version for answer in answers} == {"HTTP/2"}
    exchanges = [each for each in stage.session.exchanges("httpx", 6) if each.method == "POST"]
    assert sorted(each.body for each in exchanges) == sorted(bodies)
    for exchange in exchanges:
        stage.check(exchange, url=url)
    assert stage.found(*map(email, names)) == {("httpx", "body", "to", ("urlencoded",))}


@pytest.mark.parametrize(("mode", "name"), [(1, "http3"), (2, "https")])
def test_http3(stage: Stage, mode: int, name: str) -> None:
    body, host = profile(name), f"{name}.{DOMAIN}"
    headers = [(b"content-type", JSON.encode())]
    address = ("127.0.0.1", stage.session.ports[mode])
    answer = clients.post_http3(address, stage.session.authority, host, "/v3", body, headers)
    assert answer == (200, body)
    (exchange,) = stage.session.exchanges(host, 1, ready=lambda each: carried(each) == body and answered(each))
    stage.check(exchange, tls_version="QUICv1", url=f"https://{host}/v3")
    assert stage.found(email(name)) == {(name, "body", "profile.contact", ("json",))}


def last_name(exchange: Exchange) -> str:
    """The last part of its path."""
    return exchange.url.rpartition("/")[2]


def is_whole(exchange: Exchange) -> bool:
    """Whether it is one that the page makes, with all that it sends; Chromium asks for an icon too."""
    name = last_name(exchange)
    return answered(exchange) and (
        name in ("page", "fetched", "beacon") or (name == "live" and bool(exchange.messages))
    )


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on the path")
def test_chromium(stage: Stage) -> None:
    contacts = {way: email(f"chromium-{way}") for way in ("fetch", "beacon", "socket")}
    words = clients.chromium_words(stage.session.authority)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=words, proxy={"server": stage.session.proxy},
        )  # fmt: skip
        page = browser.new_page()
        page.goto(stage.url("chromium", f"/page#{urlencode(contacts)}"))
        page.wait_for_function("document.title == 'done'", timeout=clients.WAIT * 1000)
        seen = stage.session.exchanges("chromium", 4, ready=is_whole)
        browser.close()
    by_path = {last_name(each): each for each in seen}
    stage.check(by_path["fetched"], body=json.dumps({"contact": contacts["fetch"]}, separators=(",", ":")).encode())
    stage.check(by_path["beacon"], body=urlencode({"contact": contacts["beacon"]}).encode())
    stage.check(by_path["live"], method="GET", status=101)
    for way, location in (("fetch", "body"), ("beacon", "body"), ("socket", "message")):
        places = stage.found(contacts[way])
        assert {(host, where) for host, where, _, _ in places} == {("chromium", location)}


def test_mqtt_over_tls(stage: Stage) -> None:
    proxy, authority = stage.way
    sent = clients.CONNECT + clients.published("orders/42", json.dumps({"mail": email("mqtt")}).encode())
    with clients.tunnel(proxy, f"mqtt.{DOMAIN}", stage.mqtt, clients.trusting(authority)) as socket:
        socket.sendall(clients.CONNECT)
        assert socket.recv(4) == CONNACK
        socket.sendall(sent[len(clients.CONNECT) :])
        (exchange,) = stage.session.exchanges("mqtt", 1, ready=lambda each: carried(each) == sent)
    stage.check(exchange, method="TCP", status=None, url=f"tcp://mqtt.{DOMAIN}:{stage.mqtt}/")
    ((host, _, path, decoding),) = stage.found(email("mqtt"))
    assert (host, path.endswith("mail"), decoding) == ("mqtt", True, ("mqtt", "json"))


def test_raw_tcp(stage: Stage) -> None:
    sent = b"\x00\x01\x02" + email("raw").encode()
    with clients.tunnel(stage.session.proxy, f"raw.{DOMAIN}", stage.raw) as socket:
        socket.sendall(sent)
        assert socket.recv(4) == CONNACK
    (exchange,) = stage.session.exchanges("raw", 1, ready=lambda each: carried(each) == sent)
    stage.check(exchange, method="TCP", status=None, tls_version="", chain_sha256="",
          url=f"tcp://raw.{DOMAIN}:{stage.raw}/")  # fmt: skip
    assert {host for host, *_ in stage.found(email("raw"))} == {"raw"}
