from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tldextract import TLDExtract

from analyzer.attribute.domain import Domains
from analyzer.errors import KnowledgeError

DOMAINS = Domains()
ORACLE = TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)
SUFFIXES = ("com", "co.in", "gov.in", "co.uk", "ck", "kawasaki.jp", "xn--p1ai", "xn--55qx5d.cn", "github.io", "kobe.jp")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("in1.clevertap-prod.com", "clevertap-prod.com"),
        ("API.Kirana.CO.IN.", "kirana.co.in"),
        ("a.b.github.io", "github.io"),
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.b.c.kawasaki.jp", "b.c.kawasaki.jp"),
        ("www.ck", "www.ck"),
        ("api.xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("shop.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("api.kirana-demo.example", "kirana-demo.example"),
        ("_dmarc.mail.kirana.com", "kirana.com"),
        ("localhost", "localhost"),
        ("co.in", "co.in"),
        ("com", "com"),
        ("192.0.2.7", "192.0.2.7"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("2001:db8::1", "2001:db8::1"),
        ("", ""),
        ("a..com", "a..com"),
        ("-x.com", "-x.com"),
        ("<b>.com", "<b>.com"),
        ("x\udc80.com", "x\udc80.com"),
        ("xn--\x00.com", "xn--\x00.com"),
        ("a." * 5_000 + "com", "a." * 5_000 + "com"),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert DOMAINS.registrable_domain(host) == domain


@given(
    st.lists(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), min_size=1, max_size=4), st.sampled_from(SUFFIXES)
)
def test_answers_are_those_of_tldextract(labels: list[str], suffix: str) -> None:
    host = ".".join([*labels, suffix])
    assert DOMAINS.registrable_domain(host) == (ORACLE(host).top_domain_under_public_suffix or host)
    private = ORACLE(host, include_psl_private_domains=True).top_domain_under_public_suffix
    assert DOMAINS.registered(host, private_suffixes=True) == (private or None)


@given(st.text(max_size=300))
def test_any_text_ends_with_its_domain(host: str) -> None:
    domain = DOMAINS.registrable_domain(host)
    assert host.lower().rstrip(".").endswith(domain) or len(host) > 253
    assert DOMAINS.registrable_domain(domain) == domain


def test_registered_is_none_where_nothing_is_registered() -> None:
    assert DOMAINS.registered("github.io") == "github.io"
    assert DOMAINS.registered("github.io", private_suffixes=True) is None
    assert [DOMAINS.registered(name) for name in ("co.in", "com", "10.0.2.2", "", "a" * 300)] == [None] * 5


def test_version_of_the_list() -> None:
    assert DOMAINS.suffix_list_version >= "2025-04-07"


def test_a_list_of_the_users(tmp_path: Path) -> None:
    path = tmp_path / "list.dat"
    path.write_text("// VERSION: 2026-10-22_x\ncom\nshop.com\n")
    domains = Domains(path)
    assert domains.suffix_list_version == "2026-10-22"
    assert domains.registrable_domain("a.b.shop.com") == "b.shop.com"
    with pytest.raises(KnowledgeError, match="not a public suffix list"):
        Domains(tmp_path / "missing.dat")


@pytest.mark.parametrize(
    ("name", "shared"), [("github.io", True), ("co.in", True), ("kirana.github.io", False), ("kirana.com", False)]
)
def test_names_under_which_anyone_may_have_a_host(name: str, shared: bool) -> None:
    assert DOMAINS.is_shared(name) is shared
