"""Every dialect's fixture: the recorder, the recovered bytes, and what is noted as not kept."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from analyzer.capture.har_dialects import (
    Headers,
    complete_url,
    recorder_name,
    request_body,
    server_address,
)
from analyzer.capture.har_members import Entry, Pair, PostData, Request
from analyzer.capture.open import open_capture

DIALECTS = Path(__file__).parents[2] / "fixtures" / "dialects"
JSON = b'{"email":"meera@example.org","name":"Meera Testwala"}'
PROTOBUF = b"\n\x0fmeera@example.org\x10\xac\x94\x01\xff"
FORM = b"email=meera%40example.org&city=New+Surat"
MULTIPART = (
    b'--XyZ\r\nContent-Disposition: form-data; name="nick"\r\n\r\nmeera\r\n'
    b'--XyZ\r\nContent-Disposition: form-data; name="photo"; filename="me.png"\r\nContent-Type: image/png\r\n\r\n'
    b"PNG\r\n"
    b"--XyZ--\r\n"
)
GZIP = bytes.fromhex("1f8b0800000000000003ab56ca4dcc4c51b2520a00d2")


class Case(NamedTuple):
    recorder: str
    bodies: list[tuple[bytes, bool, bool]]
    """For each entry the bytes, `body_is_exact`, `body_is_decoded`."""
    notes: dict[str, int]


NONE = (b"", True, False)
CASES = {
    "chrome": Case(
        "Chrome DevTools 126.0",
        [(JSON, True, False), NONE, NONE, NONE],
        {"request-body-dropped": 1, "no-server-address": 1, "failed-requests": 1},
    ),
    "firefox": Case("Firefox 128.0", [(b"email=meera%40example.org&city=Sura", True, False), NONE], {}),
    "safari": Case(
        "Safari Web Inspector 1.0",
        [NONE, ('{"name":"Meera Téstwala ☕"}'.encode(), True, False)],
        {"no-server-address": 1},
    ),
    "charles": Case(
        "Charles 4.6.3",
        [(PROTOBUF, True, False), (FORM, False, False), (MULTIPART, False, False)],
        {"body-rebuilt-from-params": 2},
    ),
    "fiddler": Case("Fiddler 5.0.20204.45441", [(JSON, True, False), NONE], {"no-server-address": 1}),
    "proxyman": Case("Proxyman 5.7.0", [(JSON, False, True)], {"body-decoded-by-recorder": 1}),
    "http_toolkit": Case(
        "HTTP Toolkit 1.19.0",
        [(PROTOBUF, False, True), NONE],
        {"request-body-dropped": 1, "body-decoded-by-recorder": 1, "no-server-address": 2},
    ),
    "pcapng_utils": Case("PiRogue PCAPNG HAR 1.1.0", [(PROTOBUF, True, False)], {}),
    "pcapdroid": Case("PCAPdroid 1.8.2", [(GZIP, True, False)], {}),
    "reqable": Case("Reqable 2.30.0", [(PROTOBUF, True, False)], {}),
    "mitmproxy": Case(
        "mitmproxy 12.3.1",
        [(PROTOBUF, True, False), ('{"name":"Meera Téstwala"}'.encode(), True, False), (PROTOBUF, False, True), NONE],
        {"request-body-dropped": 1, "body-decoded-by-recorder": 1, "failed-requests": 1},
    ),
    "playwright": Case(
        "Playwright 1.50.0 (chromium 133.0.6943.16)",
        [NONE, NONE],
        {"request-body-dropped": 1, "websocket-messages-not-kept": 1},
    ),
    "playwright_tls": Case("Playwright 1.50.0", [NONE] * 4, {}),
    "webpagetest": Case("WebPageTest 25.08", [NONE] * 2, {}),
    "resolver_trace": Case("mitmproxy 12.3.1", [NONE] * 2, {}),
    "insomnia": Case("Insomnia 2022.1.1", [(JSON, True, False), NONE], {"no-server-address": 2, "no-timings": 2}),
}


def test_every_fixture_is_tested() -> None:
    assert {path.stem for path in DIALECTS.glob("*.har")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_dialect(name: str) -> None:
    expected = CASES[name]
    reader = open_capture(DIALECTS / f"{name}.har")
    bodies = [(exchange.body, exchange.body_is_exact, exchange.body_is_decoded) for exchange in reader]
    capture = reader.capture()
    assert capture.recorder == expected.recorder
    assert bodies == expected.bodies
    assert {note.what: note.count for note in capture.fidelity} == expected.notes
    assert capture.complete


def test_only_what_the_client_sent_is_a_message() -> None:
    messages = [exchange.messages for exchange in open_capture(DIALECTS / "chrome.har")]
    assert messages == [(), (), (b'{"uid":"meera-77"}', PROTOBUF), ()]


def test_failed_handshakes_are_unread() -> None:
    reader = open_capture(DIALECTS / "http_toolkit.har")
    list(reader)
    assert [(unread.host, unread.reason, unread.count) for unread in reader.unread()] == [
        ("pinned.bank.example", "the app refused the recorder's certificate", 2),
        ("unknown host", "closed during the TLS handshake", 1),
    ]


def test_cookies_and_query_parameters_are_added_where_they_are_lacking() -> None:
    insomnia = next(iter(open_capture(DIALECTS / "insomnia.har")))
    safari = next(iter(open_capture(DIALECTS / "safari.har")))
    assert insomnia.headers == (("Content-Type", "application/json"), ("X-Void", ""), ("cookie", "sid=meera-77"))
    assert safari.url == "https://api.tracker.example/v1/e?uid=meera+77&q=1"


def entry(text: str, content_type: str, size: float | None = None, **headers: str) -> tuple[Entry, Headers]:
    """An entry with that text as its body, and its headers."""
    listed = (("Content-Type", content_type), *((name.replace("_", "-"), value) for name, value in headers.items()))
    pairs = [Pair(name, value) for name, value in listed]
    request = Request(method="POST", headers=pairs, post=PostData(text=text), size=size)
    return Entry(request=request), listed


@given(st.binary(min_size=1, max_size=60))
def test_latin1_text_of_known_size_gives_its_bytes_back(data: bytes) -> None:
    body = request_body(*entry(data.decode("latin-1"), "application/x-protobuf", len(data)))
    assert (body.data, body.is_exact) == (data, True)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), min_size=1, max_size=40))
def test_utf8_text_of_known_size_gives_its_bytes_back(text: str) -> None:
    data = text.encode()
    body = request_body(*entry(text, "application/json", len(data)))
    assert body.is_exact
    # Text up to U+00FF whose two encodings differ in length is told apart by the size.
    assert body.data == data


@given(st.binary(min_size=1, max_size=60))
def test_surrogate_escapes_give_their_bytes_back(data: bytes) -> None:
    body = request_body(*entry(data.decode("utf-8", "surrogateescape"), "application/json", len(data)))
    assert body.data == data


@pytest.mark.parametrize(
    ("text", "content_type", "expected"),
    [
        ("é", "text/plain", "é".encode()),
        ("é", "application/grpc", b"\xe9"),
        ("\x08é", "text/plain", b"\x08\xe9"),
        ("\x1f\x8b\x08é", "text/plain", b"\x1f\x8b\x08\xe9"),
        ("TÃ©stwala", "text/plain", "Téstwala".encode()),
    ],
)
def test_text_without_a_size_is_guessed_and_says_so(text: str, content_type: str, expected: bytes) -> None:
    body = request_body(*entry(text, content_type))
    assert (body.data, body.is_exact, body.notes) == (expected, False, ("body-text-guessed",))


def test_replacement_characters_and_short_bodies_are_noted() -> None:
    assert request_body(*entry("a\ufffdb", "text/plain", 3)).notes == ("encoding-replaced",)
    assert request_body(*entry("abc", "text/plain", Content_Length="9")).notes == ("request-body-truncated",)


def test_an_encoding_that_the_app_did_not_apply_leaves_the_body_exact() -> None:
    body = request_body(*entry('{"a":1}', "application/json", Content_Encoding="gzip", Content_Length="7"))
    assert (body.is_exact, body.is_decoded, body.notes) == (True, False, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[::1]", "::1"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("192.0.2.7:443", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        (None, None),
        ("api.tracker.example", None),
        ("999.1.1.1", None),
    ],
)
def test_server_address(text: str | None, expected: str | None) -> None:
    assert server_address(text) == expected


@pytest.mark.parametrize(
    ("url", "query", "expected"),
    [
        ("https://a/?x=1#f", b'[{"name":"x","value":"1"},{"name":"y","value":"2 3"}]', "https://a/?x=1&y=2+3#f"),
        ("https://a/#f", b'[{"name":"y","value":"&"}]', "https://a/?y=%26#f"),
        ("https://a/?y=2", b'[{"name":"y","value":"2"}]', "https://a/?y=2"),
        ("https://a/", b'{"name":"not a list"}', "https://a/"),
        ("https://[a/", b'[{"name":"y","value":"2"}]', "https://[a/"),
    ],
)
def test_complete_url(url: str, query: bytes, expected: str) -> None:
    assert complete_url(url, Raw(query)) == expected


def test_recorder_names() -> None:
    old = {"name": "mitmproxy har_dump", "version": "0.1", "comment": "mitmproxy version mitmproxy 9.0.1"}
    assert recorder_name(old, {}, "") == "mitmproxy 9.0.1"
    assert recorder_name({"name": "WebInspector", "version": "537.36"}, {}, "") == "Chrome DevTools"
    assert recorder_name({"name": 7, "version": ["x"]}, {}, "") == "unknown recorder"
    assert recorder_name({"name": "a\n\ud800b"}, {}, "") == "a ?b"
