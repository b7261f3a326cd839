"""Measured times that can be a handshake with a server."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.handshake import LEAST_MS, MOST_MS, handshake_ms, is_nearby


@given(st.floats(LEAST_MS, MOST_MS))
def test_a_plausible_time_stays_as_it_is(measured: float) -> None:
    assert handshake_ms(measured) == measured


@pytest.mark.parametrize("measured", [0.0, -0.0, -12.5, 1e-9, 0.04, 1e9, inf, -inf, nan])
def test_other_times_are_none(measured: float) -> None:
    assert handshake_ms(measured) is None


@pytest.mark.parametrize(
    ("address", "nearby"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.2.2", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.0.1", True),
        ("100.64.0.1", True),
        ("169.254.1.1", True),
        ("fe80::1", True),
        ("fd00::1", True),
        ("::ffff:10.0.2.2", True),
        ("::ffff:192.0.2.7", False),
        ("198.18.0.7", True),
        ("192.0.2.7", False),
        ("2001:db8::7", False),
    ],
)
def test_where_a_proxy_stands(address: str, nearby: bool) -> None:
    assert is_nearby(address) is nearby
