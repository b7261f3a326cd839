"""The same sessions as HAR and as flows: entry for entry the same requests."""

import json
import zlib
from pathlib import Path

import pytest

from analyzer.capture.open import open_capture

ROOT = Path(__file__).parents[3] / "shared" / "captures" / "labelled"
CASES = sorted(path.parent for path in ROOT.glob("*/truth.json"))
pytestmark = pytest.mark.skipif(not CASES, reason="the labelled captures are not beside the checkout")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_har_and_flow_agree_with_each_other_and_with_the_truth(case: Path) -> None:
    truth = json.loads((case / "truth.json").read_text())["requests"]
    hars, flows = list(open_capture(case / "capture.har")), list(open_capture(case / "capture.flow"))
    assert len(hars) == len(flows) == len(truth)
    for har, flow, request in zip(hars, flows, truth, strict=True):
        assert har.index == flow.index == request["index"]
        assert (har.method, har.url) == (flow.method, flow.url)
        # The truth shortens long addresses.
        shown = request["url"].rstrip(".…")
        assert (flow.method, flow.url[: len(shown)]) == (request["method"], shown)
        assert (har.headers, har.server_ip, har.status) == (flow.headers, flow.server_ip, flow.status)
        assert har.messages == flow.messages
        assert len(flow.body) == request["request_body_bytes"]
        if har.body_is_decoded:
            gzipped = flow.body.startswith(b"\x1f\x8b")
            assert har.body == (zlib.decompress(flow.body, 31) if gzipped else flow.body)
        else:
            assert har.body == flow.body
            assert har.body_is_exact
