import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.address import not_public, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("13.126.10.10", "13.126.10.10"),
        (" [::1] ", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:13.126.10.10", "13.126.10.10"),
        ("::ffff:d7e:a0a", "13.126.10.10"),
        ("64:ff9b::d7e:a0a", "13.126.10.10"),
        ("2002:d7e:a0a::1", "13.126.10.10"),
        ("2002:a00:1::1", "10.0.0.1"),
        ("64:ff9b:1::d7e:a0a", "64:ff9b:1::d7e:a0a"),
    ],
)
def test_parse(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f000001", "13.126.10.10:443", "\x00"])
def test_not_an_address(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("127.77.0.53", "a loopback address"),
        ("::1", "a loopback address"),
        ("10.0.2.2", "a private address"),
        ("192.168.1.1", "a private address"),
        ("fc00::1", "a private address"),
        ("fd12:3456:789a::1", "a private address"),
        ("::ffff:10.0.0.1", "a private address"),
        ("2002:c0a8:101::1", "a private address"),
        ("64:ff9b:1::1", "a reserved address"),  # NAT64 of one network alone, RFC 8215
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "a Teredo tunnel address"),
        ("2002:cb00:7101::1", "a documentation address"),
        ("169.254.1.1", "a link-local address"),
        ("fe80::1", "a link-local address"),
        ("100.64.0.1", "an address behind a carrier's NAT"),
        ("192.0.2.1", "a documentation address"),
        ("203.0.113.9", "a documentation address"),
        ("2001:db8::1", "a documentation address"),
        ("0.0.0.0", "the unspecified address"),
        ("224.0.0.1", "a multicast address"),
        ("240.0.0.1", "a reserved address"),
        ("8.8.8.8", None),
        ("2606:4700::1", None),
        ("2002:808:808::1", None),
    ],
)
def test_kinds(text: str, kind: str | None) -> None:
    address = parse_address(text)
    assert address is not None
    assert not_public(address) == kind


@given(st.ip_addresses())
def test_addresses_survive_their_text(address: object) -> None:
    parsed = parse_address(f"[{address}]")
    assert parsed is not None
    assert str(parsed) == str(address) or ":" in str(address)


@given(st.text(max_size=60))
def test_no_text_fails(text: str) -> None:
    parse_address(text)
