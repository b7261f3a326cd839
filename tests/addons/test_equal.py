"""What the addon writes of a session is worth what mitmproxy's own file of it is, for every labelled capture."""

from collections import Counter
from pathlib import Path

import pytest
from mitmproxy import dns, http, tcp, udp
from mitmproxy.flow import Flow
from mitmproxy.io import FlowReader

from addons.apptells import Apptells
from analyzer.capture.open import open_capture
from analyzer.knowledge import Knowledge
from analyzer.model import Transmission, Undecoded
from analyzer.pipeline import Options, analyze
from tests.addons.test_apptells import session
from tests.cli.running import FIXTURES, FLOW, SEEDS
from tests.conftest import LABELLED

CAPTURES = [(FLOW, SEEDS), (FIXTURES / "captures" / "id-sync.flow", SEEDS)]
CAPTURES += [(path, LABELLED / "persona.yaml") for path in sorted(LABELLED.glob("*/capture.flow"))]


def happen(addon: Apptells, flow: Flow) -> None:
    """Calls the hooks of a recorded flow in the order of the proxy."""
    if isinstance(flow, http.HTTPFlow):
        messages = flow.websocket.messages if flow.websocket else []
        if flow.websocket:
            flow.websocket.messages = []
        addon.requestheaders(flow)
        if flow.response:
            addon.responseheaders(flow)
            addon.response(flow)
        else:
            addon.error(flow)
        for message in messages:
            assert flow.websocket
            flow.websocket.messages.append(message)
            addon.websocket_message(flow)
        if flow.websocket:
            addon.websocket_end(flow)
    elif isinstance(flow, tcp.TCPFlow | udp.UDPFlow):
        pieces, flow.messages = flow.messages, []
        for piece in pieces:
            flow.messages.append(piece)  # type: ignore[arg-type]
            addon.tcp_message(flow) if isinstance(flow, tcp.TCPFlow) else addon.udp_message(flow)
        addon.tcp_end(flow) if isinstance(flow, tcp.TCPFlow) else addon.udp_end(flow)
    elif isinstance(flow, dns.DNSFlow):
        addon.dns_response(flow)


def found(path: Path, seeds: Path) -> tuple[list[Transmission], list[Undecoded]]:
    with open_capture(path) as reader:
        report = analyze(reader, Knowledge(), Options(seeds=seeds))
    return list(report.transmissions), list(report.undecoded)


@pytest.mark.parametrize(("path", "seeds"), CAPTURES, ids=lambda path: path.parent.name)
def test_the_file_of_the_addon_gives_what_the_flow_file_gives(path: Path, seeds: Path, tmp_path: Path) -> None:
    with path.open("rb") as file:
        flows = list(FlowReader(file).stream())

    async def act(addon: Apptells, context: object) -> None:
        for flow in flows:
            happen(addon, flow)

    exchanges, capture = session(tmp_path, act)
    assert capture.complete
    assert len({exchange.index for exchange in exchanges}) == len(
        [one for one in flows if not isinstance(one, dns.DNSFlow)]
    )
    again, closed = found(tmp_path / "s.apptells", seeds)
    recorded, undecoded = found(path, seeds)
    assert Counter(again) == Counter(recorded)
    assert Counter(closed) == Counter(undecoded)


def test_a_session_of_an_older_version_is_read(tmp_path: Path) -> None:
    """The bundled file stays as it was written, so that captures that people keep stay readable."""
    recorded, _ = found(FLOW, SEEDS)
    kept, _ = found(FLOW.with_suffix(".apptells"), SEEDS)
    assert kept == recorded
    assert len(kept) > 300
