"""The addon's side of the pipes: orders come in the loop, in order, and their end too."""

import asyncio
import io
import os
import sys

import pytest

from analyzer.capture.record import Marked
from analyzer.live.control import Order, Said, order_line, read_said
from analyzer.live.orders import answer, listen

WAIT = 60


def obeyed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """What is obeyed where these bytes come in, and then nothing any more."""
    own, other = os.pipe()
    monkeypatch.setattr("analyzer.live.orders._STANDARD_INPUT", own)
    orders: list[Order] = []

    async def run() -> None:
        left = asyncio.Event()
        listen(orders.append, left.set)
        await asyncio.to_thread(os.write, other, data)
        os.close(other)
        await asyncio.wait_for(left.wait(), WAIT)

    asyncio.run(run())
    os.close(own)
    return orders


def test_orders_are_obeyed_in_their_order_until_nobody_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = [Marked(time=float(number), name="x" * 200) for number in range(200)]
    assert obeyed(b"".join(map(order_line, marks)), monkeypatch) == marks


def test_what_is_no_order_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Marked(time=1.0, name="launch")
    assert obeyed(b"no order\n{}\n\xff\n" + order_line(mark) + b'{"half', monkeypatch) == [mark]


def test_what_is_said_is_one_line_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding="ascii"))
    said = Said(message="a\nb – ☺")
    answer(said)  # on a terminal that is not UTF-8, too
    (line, rest) = data.getvalue().decode().split("\n")
    assert not rest
    assert read_said(line) == said
