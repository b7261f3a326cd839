"""In mitmweb, as in mitmproxy, findings stand beside the flows that they are from."""

import json
import signal
import subprocess
import threading
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fixtures.captures.founding_persona import PERSONA
from tests.cli.running import SEEDS
from tests.e2e.test_live_is_replay import ADDON
from tests.e2e.test_mitmdump import MITMDUMP, WAIT, Answers, by_urllib, free_port, listens, until

MITMWEB = MITMDUMP.with_name("mitmweb")

pytestmark = pytest.mark.skipif(not MITMWEB.exists(), reason="mitmweb is not beside this Python")


def flows(web: int) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{web}/flows?token=word", timeout=WAIT) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())
        return found


def test_a_flow_gets_a_comment_and_a_mark(tmp_path: Path) -> None:
    proxy, web = free_port(), free_port()
    command = [str(MITMWEB), "--listen-host", "127.0.0.1", "-p", str(proxy), "-s", str(ADDON), "--no-web-open-browser"]
    command += ["--web-port", str(web), "--set", "web_password=word", "--set", f"confdir={tmp_path}"]
    command += ["--set", f"apptells_file={tmp_path / 's.apptells'}", "--set", f"apptells_seeds={SEEDS}"]
    body = json.dumps({"mail": PERSONA["person.email"]}).encode()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server, subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:  # fmt: skip
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            file = tmp_path / "s.apptells"
            until(lambda: running.poll() is not None or (listens(proxy) and listens(web) and file.exists()))
            url = f"http://127.0.0.1:{server.server_address[1]}"
            by_urllib(f"{url}/a", f"http://127.0.0.1:{proxy}", body, Content_Type="application/json")
            by_urllib(f"{url}/b", f"http://127.0.0.1:{proxy}", b"{}", Content_Type="application/json")
            by_urllib(f"{url}/c", f"http://127.0.0.1:{proxy}", body, Content_Type="application/json")
            # Flows are told of in their order: with the last, the one before has been looked at too.
            until(lambda: any(flow["comment"] for flow in flows(web) if flow["request"]["path"] == "/c"))
            told = {flow["request"]["path"]: (flow["comment"], bool(flow["marked"])) for flow in flows(web)}
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(WAIT)
            server.shutdown()
    assert "person.email (seed)" in told["/a"][0]
    assert told["/a"][1]
    assert not told["/b"][1]
    assert str(PERSONA["person.email"]) not in told["/a"][0]
