"""What is written beside a flow in which something was found."""

from mitmproxy.test import tflow
from msgspec.structs import replace

from analyzer.recording.remarks import MARK, remark
from tests.dashboard.making import SENT, transmission

FOUND = transmission(SENT)


def test_each_kind_is_named_once_and_more_are_added() -> None:
    flow = tflow.tflow()
    remark(flow, [FOUND, FOUND])
    remark(flow, [FOUND, replace(FOUND, data_type="person.phone")])
    assert flow.comment == "apptells: person.email (documented), person.phone (documented)"
    assert flow.marked == MARK


def test_what_only_a_name_shows_is_no_reason_to_mark() -> None:
    flow = tflow.tflow()
    remark(flow, [replace(FOUND, evidence="key")])
    assert (flow.comment, flow.marked) == ("apptells: person.email (key)", "")


def test_what_the_user_wrote_and_marked_stays() -> None:
    flow = tflow.tflow()
    flow.comment, flow.marked = "look at this", ":eyes:"
    remark(flow, [FOUND])
    assert (flow.comment, flow.marked) == ("look at this", ":eyes:")
