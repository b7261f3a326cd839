"""Connections that spoke neither HTTP nor DNS, as exchanges."""

import pytest

from analyzer.capture.raw import raw_exchange
from analyzer.model import Exchange, WholeBody


def test_all_that_was_sent_is_the_body() -> None:
    whole = WholeBody(bytes=9, sha256="ab")
    made = raw_exchange(
        index=3, protocol="tcp", host="mqtt.kirana.example", port=8883, time=1.5, body=b"\x10", server_ip="192.0.2.7",
        connect_ms=20.0, chain_sha256="cd", tls_version="TLSv1.3", whole_body=whole,
    )  # fmt: skip
    assert made == Exchange(
        index=3, method="TCP", url="tcp://mqtt.kirana.example:8883/", time=1.5, body=b"\x10", server_ip="192.0.2.7",
        connect_ms=20.0, chain_sha256="cd", tls_version="TLSv1.3", whole_body=whole,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("192.0.2.7", "udp://192.0.2.7:443/"),
        ("2001:db8::7", "udp://[2001:db8::7]:443/"),
        ("", "udp://unknown.invalid:443/"),
    ],
)
def test_hosts_in_the_url(host: str, url: str) -> None:
    assert raw_exchange(index=0, protocol="udp", host=host, port=443, time=None, body=b"").url == url
