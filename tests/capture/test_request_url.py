"""The URL of a request, with mitmproxy's own `pretty_url` as the oracle."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mitmproxy.http import Headers, Request
from mitmproxy.net.check import is_valid_host

from analyzer.capture.request_url import request_url

labels = st.text("abcxyz019-", min_size=1, max_size=12).filter(lambda label: label.strip("-") == label)
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
addresses = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str))
bracketed = st.ip_addresses(v=6).map(lambda address: f"[{address}]")
ports = st.integers(1, 65535)
paths = st.one_of(
    st.just("*"), st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30).map("/{}".format)
)
authorities = st.one_of(
    st.just(""), names, addresses.filter(lambda address: ":" not in address), bracketed,
    st.builds("{}:{}".format, st.one_of(names, bracketed), ports),
)  # fmt: skip


def mitmproxys(scheme: str, host: str, port: int, path: str, named: str, version: bytes = b"HTTP/1.1") -> str:
    headers = Headers([(b"Host", named.encode())] if named and version == b"HTTP/1.1" else [])
    authority = named.encode() if version != b"HTTP/1.1" else b""
    request = Request(
        host, port, b"GET", scheme.encode(), authority, path.encode(), version, headers, b"", None, 1.0, 2.0
    )
    return request.pretty_url


@given(
    st.sampled_from(["http", "https"]), st.one_of(names, st.ip_addresses(v=4).map(str)), ports, paths, authorities,
    st.sampled_from([b"HTTP/1.1", b"HTTP/2.0"]),
)  # fmt: skip
def test_what_mitmproxy_says(scheme: str, host: str, port: int, path: str, named: str, version: bytes) -> None:
    expected = mitmproxys(scheme, host, port, path, named, version)
    if named.startswith("["):  # mitmproxy leaves the brackets off, so that its URL has no port that could be told
        plain = named[1:].partition("]")[0]
        expected = expected.replace(f"://{plain}", f"://[{plain}]", 1)
    assert request_url(scheme, host, port, path, named) == expected


@given(st.sampled_from(["http", "https"]), st.ip_addresses(v=6).map(str), ports, paths)
def test_addresses_of_ipv6_stand_in_brackets_as_mitmproxys_do_not(scheme: str, host: str, port: int, path: str) -> None:
    assert request_url(scheme, host, port, path, "").replace(f"[{host}]", host) == mitmproxys(
        scheme, host, port, path, ""
    )


@given(st.text(max_size=30))
def test_a_host_header_that_is_none_is_left_aside_where_mitmproxy_takes_it(named: str) -> None:
    assume(not any(is_valid_host(part) for part in (named, named.partition(":")[0], named.strip("[]"))))
    url = request_url("https", "a.example", 8443, "/x", named)
    assert url.startswith("https://")
    assert url.endswith("/x")
    host = url.removeprefix("https://").partition("/")[0]
    assert not set(host) & set("/?#@ \t\r\n")


@pytest.mark.parametrize(
    ("named", "url"),
    [
        ("shop.example", "https://shop.example/"),
        ("shop.example:8443", "https://shop.example:8443/"),
        ("shop.example:443", "https://shop.example/"),
        ("SHOP.example", "https://SHOP.example/"),
        ("user@shop.example", "https://192.0.2.7/"),
        ("shop.example/path", "https://192.0.2.7/"),
        ("a b", "https://192.0.2.7/"),
        ("shop.example:", "https://192.0.2.7/"),
        ("shop.example:port", "https://192.0.2.7/"),
        ("shop.example:0", "https://shop.example:0/"),  # mitmproxy: no port
        ("shop.example:65536", "https://shop.example:65536/"),
        ("shop.example:999999", "https://192.0.2.7/"),
        ("one.example, two.example", "https://192.0.2.7/"),
        ("[::1", "https://192.0.2.7/"),
        ("\x1b[31mred.example", "https://192.0.2.7/"),
        ("b\u00fccher.example", "https://b\u00fccher.example/"),
    ],
)
def test_host_headers(named: str, url: str) -> None:
    assert request_url("https", "192.0.2.7", 443, "/", named) == url


@given(st.text(max_size=12), st.text(max_size=40), st.integers(0, 1 << 40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_gives_a_url(scheme: str, host: str, port: int, path: str, named: str) -> None:
    assert request_url(scheme, host, port, path, named).startswith(f"{scheme}://")


def test_an_address_of_ipv6_may_have_a_port() -> None:
    assert request_url("https", "2001:db8::7", 8443, "/", "") == "https://[2001:db8::7]:8443/"
