"""Captures of other projects: the recorder and what is noted as not kept, file by file."""

from pathlib import Path
from typing import NamedTuple

import pytest

from analyzer.capture.open import open_capture
from analyzer.errors import CaptureError

ROOT = Path(__file__).parents[3] / "shared" / "captures" / "wild"
pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="the captures of other projects are not beside the checkout")


class Wild(NamedTuple):
    recorder: str
    exchanges: int
    notes: dict[str, int]


TABLE = {
    "coach-core/www.sitespeed.io-redirecting-to-https.har": Wild(
        "WebPagetest 2.17 (Google Chrome 44.0.2403.157)", 15, {"no-server-address": 15}
    ),
    "har-rs/someapi123.har": Wild("Charles 4.2.7 (Firefox 3.6)", 1, {}),
    "har-rs/someapi13.har": Wild(
        "Charles 4.2.7 (Firefox 3.6)", 3, {"body-rebuilt-from-params": 1, "no-server-address": 2}
    ),
    "har2wstalker/data.har": Wild("Fiddler 5.0.20204.45441", 5, {"no-server-address": 5}),
    "haralyzer/cnn.har": Wild("Firebug 1.12 (Firefox 25.0.1)", 145, {"failed-requests": 1}),
    "haralyzer/humanssuck.net.har": Wild("Firebug 1.12 (Firefox 25.0.1)", 4, {}),
    "haralyzer/no_title.har": Wild("Firebug 1.12 (Firefox 25.0.1)", 4, {}),
    "httprunner/demo.har": Wild("Charles 4.6.1", 3, {"body-rebuilt-from-params": 1}),
    "mitmproxy/charles.har": Wild("Charles 4.6.3", 1, {}),
    "mitmproxy/chrome.har": Wild("Chrome DevTools 110.0", 3, {"no-server-address": 1, "failed-requests": 1}),
    "mitmproxy/corrupted_gzip_body.har": Wild("mitmproxy 1.2.3", 1, {}),
    "mitmproxy/corrupted_gzip_body.mitm": Wild("mitmproxy (flow format 21)", 1, {}),
    "mitmproxy/diff_data.har": Wild("mitmproxy 1.2.3", 5, {"body-decoded-by-recorder": 1}),
    "mitmproxy/diff_data.mitm": Wild("mitmproxy (flow format 18)", 7, {"not-http": 2}),
    "mitmproxy/dumpfile-019.mitm": Wild("mitmproxy (flow format 7)", 1, {"failed-requests": 1}),
    "mitmproxy/dumpfile-10.mitm": Wild("mitmproxy (flow format 10)", 1, {"no-server-address": 1, "failed-requests": 1}),
    "mitmproxy/dumpfile-19.mitm": Wild("mitmproxy (flow format 20)", 1, {}),
    "mitmproxy/error_log.har": Wild("mitmproxy 1.2.3", 2, {"no-server-address": 1, "failed-requests": 1}),
    "mitmproxy/error_log.mitm": Wild("mitmproxy (flow format 18)", 2, {"no-server-address": 1, "failed-requests": 1}),
    "mitmproxy/event_stream.har": Wild("mitmproxy 1.2.3", 2, {}),
    "mitmproxy/event_stream.mitm": Wild("mitmproxy (flow format 20)", 2, {"failed-requests": 1}),
    "mitmproxy/firefox.har": Wild("Firefox 111.0.1", 14, {"no-server-address": 9}),
    "mitmproxy/head-content-length.har": Wild("Firefox 111.0.1", 1, {}),
    "mitmproxy/incomplete_log.har": Wild("mitmproxy 1.2.3", 4, {"no-server-address": 4, "failed-requests": 4}),
    "mitmproxy/incomplete_log.mitm": Wild(
        "mitmproxy (flow format 18)", 4, {"no-server-address": 4, "failed-requests": 4}
    ),
    "mitmproxy/insomnia.har": Wild("Insomnia 2022.1.1", 1, {"no-server-address": 1}),
    "mitmproxy/postdata.har": Wild("Chrome DevTools 114.0", 1, {}),
    "mitmproxy/safari.har": Wild("Safari Web Inspector 1.0", 19, {"no-server-address": 16}),
    "mitmproxy/successful_log.har": Wild("mitmproxy 1.2.3", 2, {}),
    "mitmproxy/successful_log.mitm": Wild("mitmproxy (flow format 18)", 2, {}),
    "mitmproxy/websocket.har": Wild("mitmproxy 1.2.3", 3, {}),
    "mitmproxy/websocket.mitm": Wild("mitmproxy (flow format 20)", 3, {}),
    "mitmproxy/with-bom.har": Wild("Chrome DevTools 114.0", 1, {}),
    "perfcascade/browsertime_sitespeed.io.har": Wild(
        "Browsertime 1.0 (Chrome 56.0.2924.76)", 27, {"no-server-address": 27}
    ),
    "perfcascade/chrome_github.com_home.har": Wild("Chrome DevTools 56.0", 20, {"request-body-dropped": 2}),
    "reporthar/first-run.har": Wild(
        "mitmproxy 9.0.1", 16, {"request-body-truncated": 2, "body-decoded-by-recorder": 3}
    ),
    "tweasel-platform/traffic-empty.har.json": Wild("cyanoacrylate 1.1.0", 0, {}),
    "tweasel-platform/traffic.har.json": Wild("cyanoacrylate 1.1.0", 12, {"body-decoded-by-recorder": 4}),
    "zap/cookiesLFWithUnusableResponseHeader.har": Wild("Firebug 1.6.2 (Firefox 3.6.13)", 1, {"no-server-address": 1}),
    "zap/cookiesLFWithUsableResponseHeader.har": Wild("Firebug 1.6.2 (Firefox 3.6.13)", 1, {"no-server-address": 1}),
    "zap/localPrivateAboutBlank.har": Wild(
        "Firebug 1.6.2 (Firefox 3.6.13)", 1, {"no-server-address": 1, "failed-requests": 1}
    ),
    "zap/noresponse.har": Wild("Firefox 126.0", 1, {"no-server-address": 1, "failed-requests": 1}),
    "zap/oneNullMessage.har": Wild("Firefox 126.0", 1, {"no-server-address": 1, "failed-requests": 1}),
    "zap/response-base64-invalid.har": Wild("unknown recorder", 1, {"no-server-address": 1, "no-timings": 1}),
    "zap/response-base64.har": Wild("unknown recorder", 1, {"no-server-address": 1, "no-timings": 1}),
}
REFUSED = {
    "ios-bodies/10105-ebay-device-params.json": "log.entries",
    "ios-bodies/23925-pacer-location.txt": "neither a HAR",
    "ios-bodies/3275-airbnb-kochava.json": "log.entries",
    "ios-bodies/37251-4pics1word-facebook-meta.txt": "neither a HAR",
    "ios-bodies/43107-poparazzi-contacts.json": "log.entries",
    "mitmproxy/brokenfile.har": "log.entries",
}


def test_every_file_is_in_a_table() -> None:
    files = {f"{path.parent.name}/{path.name}" for path in ROOT.glob("*/*") if path.is_file()}
    assert files == set(TABLE) | set(REFUSED)


@pytest.mark.parametrize("name", TABLE)
def test_recorder_and_notes(name: str) -> None:
    reader = open_capture(ROOT / name)
    exchanges = len(list(reader))
    capture = reader.capture()
    assert Wild(capture.recorder, exchanges, {note.what: note.count for note in capture.fidelity}) == TABLE[name]
    assert capture.complete


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_capture_is_refused(name: str) -> None:
    with pytest.raises(CaptureError, match=REFUSED[name]):
        open_capture(ROOT / name)


@pytest.mark.parametrize("name", ["diff_data", "error_log", "event_stream", "successful_log", "websocket"])
def test_the_handshakes_of_a_har_are_those_of_its_flows(name: str) -> None:
    har, flows = (list(open_capture(ROOT / "mitmproxy" / f"{name}.{kind}")) for kind in ("har", "mitm"))
    flows = [flow for flow in flows if flow.method not in ("TCP", "UDP")]  # no HAR has raw connections
    timed = [(entry.connect_ms, flow.connect_ms) for entry, flow in zip(har, flows, strict=True) if entry.connect_ms]
    assert timed
    for in_har, in_flow in timed:
        assert in_har == pytest.approx(in_flow)
