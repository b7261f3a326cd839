import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.indicators.value import (
    Url,
    app_id,
    domain_name,
    fingerprint,
    host_name,
    parse_address,
    parse_network,
    parse_url,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C2.Example.", "c2.example"),
        ("c2[.]example", "c2.example"),
        ("_dmarc.c2.example", "_dmarc.c2.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ｃ２．example", "c2.example"),
        ("例え。example", "xn--r8jz45g.example"),
        ("example", None),
        ("c2 .example", None),
        ("*.c2.example", None),
        ("192.0.2.1", None),
        ("http://c2.example", None),
        ("c2..example", None),
        ("a" * 64 + ".example", None),
        ("a." * 127 + "example", None),
        pytest.param("x" * 10_000, None, id="long"),
        ("ü" * 64 + ".example", None),
        ("\ud800.example", "xn--ib9b.example"),
    ],
)
def test_domain_names(text: str, name: str | None) -> None:
    assert domain_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "https://C2.example/a",
        "hxxps://c2[.]example:443/a/",
        "https[:]//c2.example/a#part",
        "https://user@c2.example/a",
    ],
)
def test_spellings_of_one_url(text: str) -> None:
    assert parse_url(text) == ("c2.example", Url("https", "", "a", None))


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("c2.example/r?to=http://x.example/", ("c2.example", Url("", "", "r", "to=http://x.example/"))),
        ("http://c2.example", ("c2.example", Url("http", "", "", None))),
        ("http://c2.example:443/", ("c2.example", Url("http", "443", "", None))),
        ("http://192.0.2.1:8080/a?", ("192.0.2.1", Url("http", "8080", "a", ""))),
        ("http://[2001:DB8::1]:80/", ("2001:db8::1", Url("http", "", "", None))),
        ("http://localhost/", None),
        ("http://c2.example:port/", None),
        ("", None),
    ],
)
def test_urls(text: str, parsed: tuple[str, Url] | None) -> None:
    assert parse_url(text) == parsed


def test_addresses_and_networks() -> None:
    assert parse_address("[::1]") == (6, 1)
    assert parse_address("::ffff:192.0.2.1") == parse_address("192.0.2.1") == (4, 0xC0000201)
    assert parse_address("fe80::1%en0") == parse_address("fe80::1")
    assert parse_network("192.0.2.1") == parse_network("192[.]0[.]2[.]1/32") == (4, 32, 0xC0000201)
    assert parse_network("192.0.2.77/24") == (4, 24, 0xC00002)
    assert parse_network("2001:db8::/32") == (6, 32, 0x20010DB8)
    assert [parse_network(text) for text in ("192.0.2.0/33", "192.0.2", "010.0.0.1", "c2.example", "1" * 99)] == [
        None
    ] * 5


def test_fingerprints_and_app_ids() -> None:
    assert fingerprint("AB:" * 31 + "CD", "sha256") == "ab" * 31 + "cd"
    assert fingerprint("ab" * 20, "sha1") == "ab" * 20
    assert fingerprint("ab" * 20, "sha256") is None
    assert app_id(" com.kirana.Demo ") == "com.kirana.Demo"
    assert [app_id(text) for text in ("", "demo", "XMLHttpRequest", "com.kirana demo")] == [None] * 4


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for read in (domain_name, parse_url, parse_address, parse_network, app_id, host_name):
        read(text)
    fingerprint(text, "sha1")


@given(st.from_regex(r"([a-z0-9ß-ÿ]{1,9}\.){1,3}example", fullmatch=True))
def test_one_form_is_final(text: str) -> None:
    name = domain_name(text)
    assert name is not None
    assert name.isascii()
    assert domain_name(name) == host_name(name.upper()) == name
