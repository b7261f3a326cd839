"""The whole line: order, determinism, isolation of trouble, and no reach beyond the capture."""

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.capture.open import open_capture
from analyzer.decode.exchange import Decoded, Decoder
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Finding
from analyzer.pipeline import Detection, Options, Origins, analyze
from analyzer.report.build import ReportBuilder
from analyzer.report.html import render_html
from analyzer.report.json import write_json
from analyzer.reported import Report
from tests.conftest import FIXTURES, LABELLED

HAR = FIXTURES / "captures" / "founding-case.har"
SEEDS = FIXTURES / "captures" / "founding-case.persona.yaml"
CASES = ("amplitude", "branch", "clevertap", "countly", "facebook_capi", "otlp_grpc", "segment", "sentry")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge()


def run(knowledge: Knowledge, capture: Path = HAR, seeds: Path | None = SEEDS) -> Report:
    with open_capture(capture) as reader:
        return analyze(reader, knowledge, Options(seeds=seeds, first_party=("jansamvad.example",)))


def as_json(report: Report) -> bytes:
    out = io.BytesIO()
    write_json(report, out)
    return out.getvalue()


def pairs(report: Report) -> set[tuple[int, str]]:
    return {(sent.exchange, sent.data_type) for sent in report.transmissions}


def test_a_picture_is_undecoded_unless_it_is_found_as_one(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = run(knowledge)
    assert (14, "person.photo") in pairs(report)
    assert report.undecoded == ()
    monkeypatch.setattr(Detection, "find", lambda *_: [])
    (closed,) = run(knowledge).undecoded
    assert (closed.exchange, closed.path, closed.content_type) == (14, "photo", "image/jpeg")


def test_stages_see_every_exchange_in_their_order(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    for stage, method, index in ((Decoder, "decode", 0), (Detection, "find", 0), (ReportBuilder, "add", 0)):
        real = getattr(stage, method)

        def noted(self: Any, *args: Any, _real: Any = real, _name: str = method, _at: int = index) -> Any:
            seen.append((_name, args[_at].index))
            return _real(self, *args)

        monkeypatch.setattr(stage, method, noted)
    report = run(knowledge)
    expected = [(name, n) for n in range(report.capture.exchanges) for name in ("decode", "find", "add")]
    assert seen == expected


def test_transmissions_are_in_capture_order_and_point_to_their_destination(knowledge: Knowledge) -> None:
    report = run(knowledge)
    sent = list(report.transmissions)
    assert [each.exchange for each in sent] == sorted(each.exchange for each in sent)
    assert all(report.destinations[each.destination].host == each.host for each in sent)
    assert sum(to.exchanges for to in report.destinations) == report.capture.exchanges
    assert sum(group.count for recipient in report.recipients for group in recipient.groups) == len(sent)


def test_the_same_capture_gives_the_same_bytes(knowledge: Knowledge) -> None:
    one, other = run(knowledge), run(Knowledge())
    assert as_json(one) == as_json(other)
    assert "".join(render_html(one)) == "".join(render_html(other))


def test_another_process_with_another_hash_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    outputs = []
    for hash_seed in ("1", "4242"):
        folder = tmp_path / hash_seed
        words = ["analyze", str(HAR), "--seeds", str(SEEDS), "--output", str(folder)]
        command = [sys.executable, "-m", "analyzer", *words]
        subprocess.run(
            command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo"}
        )
        outputs.append([(folder / name).read_bytes() for name in ("report.html", "report.json")])
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("error", [ValueError, KeyError, TypeError, RecursionError, MemoryError, ZeroDivisionError])
def test_an_exchange_that_cannot_be_analysed_costs_no_other(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    whole = pairs(run(knowledge))
    real = Detection.find

    def failing(self: Detection, exchange: Exchange, decoded: Decoded) -> list[Finding]:
        if exchange.index == 13:
            raise error("asha@b.example")
        return real(self, exchange, decoded)

    monkeypatch.setattr(Detection, "find", failing)
    report = run(knowledge)
    assert pairs(report) == {(exchange, kind) for exchange, kind in whole if exchange != 13}
    assert pairs(report) < whole
    (note,) = [note for note in report.notes if note.what == "not-analysed"]
    assert (note.count, note.exchanges) == (1, (13,))
    assert "asha" not in note.message


def test_har_and_flow_of_the_founding_case_give_the_same(knowledge: Knowledge) -> None:
    assert pairs(run(knowledge)) == pairs(run(knowledge, HAR.with_suffix(".flow")))


@pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled captures are not here")
@pytest.mark.parametrize("case", CASES)
def test_har_and_flow_of_one_session_give_the_same(knowledge: Knowledge, case: str) -> None:
    seeds = LABELLED / "persona.yaml"
    har, flow = (run(knowledge, LABELLED / case / f"capture.{form}", seeds) for form in ("har", "flow"))
    assert pairs(har)
    assert pairs(har) == pairs(flow)


def test_an_analysis_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked for")

    for name in ("socket", "getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refused)
    report = run(Knowledge())
    assert as_json(report)
    assert "".join(render_html(report))


def test_a_har_needs_no_heavy_import(tmp_path: Path) -> None:
    code = (
        "import sys; from analyzer.cli import cli\n"
        f"cli.main(['analyze', {str(HAR)!r}, '--output', {str(tmp_path / 'r')!r}], standalone_mode=False)\n"
        "import json; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {"pandas", "numpy", "mitmproxy", "requests", "urllib3", "http.client", "asyncio"}


def test_help_loads_no_analysis() -> None:
    code = (
        "import sys; from analyzer.cli import cli\ncli.main(['--help'], standalone_mode=False)\n"
        "import json; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {"analyzer.pipeline", "analyzer.knowledge", "msgspec", "rich", "jinja2", "re2"}


def test_progress_is_ticked(knowledge: Knowledge) -> None:
    ticks: list[None] = []
    with open_capture(HAR) as reader:
        analyze(reader, knowledge, Options(), lambda: ticks.append(None))
    assert ticks


def test_the_first_party_is_suggested_only_where_none_was_named(knowledge: Knowledge, tmp_path: Path) -> None:
    def entry(host: str) -> dict[str, Any]:
        headers = [{"name": "Origin", "value": "https://www.kirana-shop.in"}]
        return {"request": {"method": "GET", "url": f"https://{host}/a", "headers": headers}}

    hosts = ("api.kirana-shop.in",) * 5 + ("t.tracker.example",)
    capture = tmp_path / "c.har"
    capture.write_text(json.dumps({"log": {"entries": [entry(host) for host in hosts]}}))
    with open_capture(capture) as reader:
        suggested = analyze(reader, knowledge, Options())
    assert {to.host: to.party for to in suggested.destinations}["api.kirana-shop.in"] == "first"
    with open_capture(capture) as reader:
        named = analyze(reader, knowledge, Options(first_party=("other.example",)))
    assert {to.host: to.party for to in named.destinations}["api.kirana-shop.in"] != "first"


def test_origins_are_counted_without_their_paths_and_up_to_a_limit() -> None:
    origins = Origins()
    for number in range(3):
        origins.add([("referer", f"https://www.kirana-shop.in/page/{number}")])
    assert list(origins.clues().values()) == [3]
    for number in range(Origins.MAX + 100):
        origins.add([("x-requested-with", f"com.example.app{number}")])
    assert len(origins.clues()) <= Origins.MAX


def test_the_method_names_what_was_done_and_no_value(knowledge: Knowledge) -> None:
    method = run(knowledge).method
    assert "person.email" in method.seeds
    assert method.detectors[0] == "by_seed"
    assert method.tool.startswith("apptells ")
    cold = run(knowledge, seeds=None).method
    assert (cold.seeds, cold.detectors) == ((), ("by_adapter", "by_pattern", "by_key"))


def test_half_a_surrogate_pair_in_a_name_costs_nothing(knowledge: Knowledge, tmp_path: Path) -> None:
    capture = tmp_path / "c.har"
    body = json.dumps(json.dumps({"half \ud800 pair email": "asha@patra.example"}))
    request = (
        '{"method":"POST","url":"https://t.example/","headers":[],"postData":{"mimeType":"application/json","text":%s}}'
    )
    capture.write_text('{"log":{"entries":[{"request":%s}]}}' % (request % body))
    report = run(knowledge, capture)
    assert [sent.data_type for sent in report.transmissions] == ["person.email"]
    assert json.loads(as_json(report))["transmissions"][0]["exchange"] == 0
    assert "".join(render_html(report)).encode()


def test_a_report_says_where_capture_and_databases_are_days_apart(tmp_path: Path) -> None:
    """The shipped data on networks is of 2026-09-01."""
    for day, said in (
        ("2018-03-23", "The capture is more than 90 days older"),
        ("2026-10-01", None),
        ("2027-03-01", "Data older than the capture by more than 90 days: DB-IP Country Lite of 2026-09-01, 181 days"),
    ):
        file = tmp_path / f"{day}.har"
        entry = {"startedDateTime": f"{day}T10:00:00Z", "request": {"url": "https://a.example/"}, "response": {}}
        file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
        report = analyze(open_capture(file), Knowledge(), Options())
        assert [note.what for note in report.notes] == ["days-apart"] * bool(said)
        assert [note.message[: len(said or "")] for note in report.notes] == [said] * bool(said)
