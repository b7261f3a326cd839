"""What the command and its addon say to each other comes across whole; what mitmdump says is not taken for it."""

from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.record import Marked, Prepared
from analyzer.live.control import MARK, Ready, Said, order_line, read_order, read_said, said_line
from analyzer.model import AppBuild, Device


@given(st.text(), st.one_of(st.none(), st.text()))
def test_what_is_said_comes_across_in_one_line(text: str, wireguard: str | None) -> None:
    for said in (Said(message=text), Ready(file=text, listening=(("::1", 8080),), wireguard=wireguard)):
        line = said_line(said)
        assert line.count("\n") == 1
        assert line.endswith("\n")
        assert read_said(line.rstrip("\n")) == said


@given(st.text())
def test_other_lines_are_mitmdumps_own(line: str) -> None:
    assert read_said(line) is None
    assert read_said(f"{MARK}{{{line}") is None


@given(st.text())
def test_orders_come_across_in_one_line(name: str) -> None:
    app, device = AppBuild(id=name, permissions=(name,)), Device(model=name, os="Android 14")
    for order in (Marked(time=1.5, name=name), Prepared(time=2.0, app=app, device=device)):
        line = order_line(order)
        assert line.count(b"\n") == 1
        assert read_order(line) == order
