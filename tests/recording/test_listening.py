"""Where the proxy listens, and what a phone's WireGuard app is told of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.recording.listening import addresses, wireguard

CONFIGURATION = "[Peer]\nEndpoint = 192.0.2.2:"


def proxyserver(*instances: object) -> Any:
    return SimpleNamespace(
        servers=instances, listen_addrs=lambda: [("127.0.0.1", 8080), ("::1", 8081, 0, 0)] if instances else []
    )


def test_addresses_of_every_family_are_a_host_and_a_port() -> None:
    assert addresses(proxyserver(object())) == (("127.0.0.1", 8080), ("::1", 8081))
    assert addresses(None) == ()


@pytest.mark.parametrize(("asked", "told"), [(51820, 51820), (0, 40123), (51800, 51800)])
def test_wireguard_is_told_with_a_port_that_a_phone_can_reach(asked: int, told: int) -> None:
    instance = SimpleNamespace(client_conf=lambda: f"{CONFIGURATION}{asked}", listen_addrs=(("0.0.0.0", 40123),))
    assert wireguard(proxyserver(object(), instance)) == f"{CONFIGURATION}{told}"


def test_other_modes_have_nothing_to_tell() -> None:
    silent = SimpleNamespace(client_conf=lambda: None, listen_addrs=())
    assert wireguard(proxyserver(object(), silent)) is None
    assert wireguard(None) is None
