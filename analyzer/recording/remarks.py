"""Writes what was found in a flow beside it, as lists of flows show it."""

from collections.abc import Sequence

from mitmproxy.flow import Flow

from analyzer.model import Transmission
from analyzer.report.visible import visible

MARK, COMMENT = ":mag:", "apptells: "
_LONGEST = 1_000


def remark(flow: Flow, transmissions: Sequence[Transmission]) -> None:
    """Adds to the flow's comment, and marks it, unless the user has written or marked there."""
    found = [f"{one.data_type} ({one.evidence})" for one in transmissions]
    before = flow.comment.removeprefix(COMMENT)
    if not flow.comment or before != flow.comment:  # else it is the user's
        kinds = dict.fromkeys([*before.split(", "), *found] if before else found)
        flow.comment = COMMENT + visible(", ".join(kinds), _LONGEST)
    if not flow.marked and any(one.evidence != "key" for one in transmissions):
        flow.marked = MARK
