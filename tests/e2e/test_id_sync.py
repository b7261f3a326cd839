"""Identifiers from server to server, in a HAR and in the flows of the same session."""

from pathlib import Path

import pytest

from analyzer.capture.open import open_capture
from analyzer.knowledge import Knowledge
from analyzer.pipeline import Options, analyze
from analyzer.reported import Report, SharedIdentifier
from fixtures.captures.make_id_sync import API_KEY, DEVICE_ID, GROVE_ID, NEST_ID, PUBLISHER, SESSION, TRACE, XANDR_ID
from tests.conftest import FIXTURES


def report_on(name: str, show_values: bool = True) -> Report:
    with open_capture(FIXTURES / "captures" / name) as reader:
        return analyze(reader, Knowledge(), Options(first_party=("kirana-demo.example",), show_values=show_values))


@pytest.fixture(scope="module", params=["id-sync.har", "id-sync.flow"])
def report(request: pytest.FixtureRequest) -> Report:
    return report_on(request.param)


def shared(report: Report, value: str) -> SharedIdentifier:
    (found,) = [each for each in report.shared_identifiers if each.masked_value == value]
    return found


def test_a_cookie_carried_on_by_redirect_and_by_the_app(report: Report) -> None:
    found = shared(report, GROVE_ID)
    assert found.evidence == (
        "First seen in the answer of sync.adgrove.example to request 3 (cookie uid), "
        "then sent to match.bidnest.example in request 4 (query puid) "
        "and to collect.metricsbay.example in request 6 (body partner.grove_uid)."
    )
    assert found.names == ("adgrove.example", "bidnest.example", "metricsbay.example")


def test_a_device_id_out_of_a_json_answer(report: Report) -> None:
    found = shared(report, DEVICE_ID)
    assert found.assigner is not None
    assert (found.assigner.host, found.assigner.exchange, found.assigner.where) == (
        "device.pushlark.example", 5, "body device_id",
    )  # fmt: skip
    assert [(to.host, to.exchange, to.location, to.path) for to in found.receivers] == [
        ("collect.metricsbay.example", 7, "body", "push_device")
    ]


def test_a_cookie_from_before_the_capture(report: Report) -> None:
    found = shared(report, XANDR_ID)
    assert found.assigner is None
    assert [(to.host, to.location, to.path) for to in found.receivers] == [
        ("ib.adnxs.com", "cookie", "uuid2"), ("idsync.rlcdn.com", "query", "partner_uid"),
    ]  # fmt: skip


def test_sessions_keys_traces_and_scripts_are_no_shared_identifiers(report: Report) -> None:
    values = {each.masked_value for each in report.shared_identifiers}
    assert not values & {SESSION, NEST_ID, API_KEY, TRACE, PUBLISHER}
    assert (report.shared_total, report.returned_total) == (len(values), 2)


def test_they_are_told_with_a_request_that_the_report_lists(report: Report) -> None:
    assert "adgrove.example handed out (cookie uid)" in report.sentences[-1].text
    assert report.sentences[-1].exchange in {request.exchange for request in report.requests}


def test_each_sending_is_a_listed_request(report: Report) -> None:
    listed = {request.exchange for request in report.requests}
    assert {to.exchange for each in report.shared_identifiers for to in each.receivers} <= listed


def test_what_nobody_could_decode_is_counted_by_recipient(report: Report) -> None:
    ((host, count, size),) = [(each.host, each.count, each.bytes) for each in report.undecoded_by_host]
    assert (host, count, size) == ("t.veilstats.example", 2, 1_600)


def test_values_are_masked_unless_asked_for() -> None:
    told = str(report_on("id-sync.har", show_values=False).shared_identifiers)
    assert not [value for value in (GROVE_ID, DEVICE_ID, XANDR_ID) if value in told]


def test_the_fixture_is_what_its_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fixtures.captures import make_id_sync

    monkeypatch.setattr(make_id_sync, "HERE", tmp_path)
    make_id_sync.main()
    for name in ("id-sync.har", "id-sync.flow"):
        assert (tmp_path / name).read_bytes() == (FIXTURES / "captures" / name).read_bytes()
