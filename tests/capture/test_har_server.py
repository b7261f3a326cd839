"""What HAR entries say of servers: handshakes, certificates, aliases; and that nothing of it costs an entry."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.capture import har_server
from analyzer.capture.har_members import Entry, decode_entry, repair_entry
from analyzer.capture.har_server import CONNECT, HarServers, add_lookups, add_trace
from analyzer.capture.lookups import Lookups
from analyzer.capture.open import open_capture
from analyzer.model import Certificate, NameLookup

DIALECTS = Path(__file__).parents[2] / "fixtures" / "dialects"
SHA256 = "c892fa78d5e15298f5276164258197098aa08f975ea4a4ff93a23811ad10f705"
SHA1 = "3c0225ec4f09f387743a9e99e9b61a1091020988"
WHOLE = Certificate(
    subject="*.tracker.example",
    organisation="Nakshatra Analytics Private Limited",
    country="IN",
    issuer="Example Trust Services",
    sha256=SHA256,
    sha1=SHA1,
)
NAMES = Certificate(subject="*.tracker.example", issuer="Example TLS CA 1")
MEMBERS = ("timings", "_certificate", "_certificates", "_securityDetails", "_cnames", "_dns_info")
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.just("a.example")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                "connect ssl dns subject issuer sha256 subjectName sanList results aliases canonical_names"
                " ip_endpoints endpoint_address name addresses".split()
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


def entry(url: str = "https://metrics.kirana.example/", **members: Any) -> Entry:
    return decode_entry(json.dumps({"request": {"url": url}, **members}).encode())


def connect_ms(creator: object, address: str | None = "192.0.2.7", **timings: Any) -> float | None:
    servers = HarServers()
    servers.recorded_by(creator)
    return servers.connect_ms(entry(timings=timings), address)


def test_playwright() -> None:
    reader = open_capture(DIALECTS / "playwright_tls.har")
    exchanges = list(reader)
    # The third request waited only for the end of a connection that was begun before it; the fourth met a proxy.
    assert [exchange.connect_ms for exchange in exchanges] == [12.25, None, None, None]
    assert [exchange.certificate for exchange in exchanges] == [NAMES, NAMES, None, None]
    assert reader.lookups() == ()


def test_web_page_test() -> None:
    reader = open_capture(DIALECTS / "webpagetest.har")
    exchanges = list(reader)
    assert [exchange.connect_ms for exchange in exchanges] == [33, None]
    assert [exchange.certificate for exchange in exchanges] == [WHOLE, NAMES]
    assert reader.lookups() == (
        NameLookup(
            name="metrics.kirana.example",
            source="entry 0 (_dns_info)",
            aliases=("kirana.tracker.example", "edge.cdn.example"),
            addresses=("192.0.2.7", "2001:db8::7"),
        ),
    )


def test_the_documented_members() -> None:
    reader = open_capture(DIALECTS / "resolver_trace.har")
    exchanges = list(reader)
    assert [exchange.connect_ms for exchange in exchanges] == [12.5, None]
    assert [exchange.certificate for exchange in exchanges] == [WHOLE, None]
    trace = "the capture's resolver trace (_dns)"
    assert reader.lookups() == (
        NameLookup(
            name="api.kirana.example",
            source=trace,
            aliases=("kirana.hosting.example",),
            addresses=("192.0.2.20", "2001:db8::20"),
        ),
        NameLookup(name="blocked.tracker.example", source=trace),
        NameLookup(
            name="metrics.kirana.example",
            source="entry 0 (_cnames)",
            aliases=("kirana.tracker.example", "edge.cdn.example"),
            addresses=("192.0.2.7",),
        ),
    )


@pytest.mark.parametrize("first", [True, False])
def test_the_trace_and_the_creator_may_stand_before_or_behind_the_entries(tmp_path: Path, first: bool) -> None:
    item = {"request": {"url": "https://a.example/"}, "timings": {"connect": 9.0}, "serverIPAddress": "192.0.2.1"}
    known = {"creator": {"name": "mitmproxy"}, "_dns": [{"name": "a.example", "aliases": ["b.example"]}]}
    path = tmp_path / "x.har"
    log = {**known, "entries": [item]} if first else {"entries": [item], **known}
    path.write_text(json.dumps({"log": log}))
    reader = open_capture(path)
    # While the recorder is not known, a time without a look-up before it proves nothing.
    assert [exchange.connect_ms for exchange in reader] == [9.0 if first else None]
    assert [lookup.aliases for lookup in reader.lookups()] == [("b.example",)]


@pytest.mark.parametrize(
    ("creator", "timings", "expected"),
    [
        ("mitmproxy", {"connect": 22.5, "ssl": 26.0}, 22.5),
        ("mitmproxy har_dump", {"connect": 38, "ssl": 24}, 38),
        ("Firefox", {"dns": 0, "connect": 32, "ssl": 66}, 32),
        ("Charles Proxy", {"dns": -1, "connect": 37, "ssl": 26}, 11),
        ("WebInspector", {"dns": 18.8, "connect": 96.75, "ssl": 55.5}, 41.25),
        ("WebInspector", {"dns": 2, "connect": 12, "ssl": -1}, 12),
        ("WebInspector", {"dns": 2, "connect": 12, "ssl": None}, 12),
        ("WebInspector", {"dns": 2, "connect": 12}, 12),
        # QUIC has both handshakes in one.
        ("WebInspector", {"dns": 2, "connect": 35.125, "ssl": 35.125}, None),
        ("WebInspector", {"dns": 0, "connect": 60.327, "ssl": 40.256}, None),
        ("WebInspector", {"dns": -1, "connect": 60.327, "ssl": 40.256}, None),
        ("Unheard Of", {"dns": 2, "connect": 40, "ssl": 30}, 40),
        ("Unheard Of", {"dns": -1, "connect": 40, "ssl": 30}, None),
        (None, {"dns": 2, "connect": 40, "ssl": 30}, 40),
        (["mitmproxy"], {"connect": 40}, None),
        ("Firebug", {"dns": 2, "connect": 40}, None),
        ("mitmproxy", {"connect": -1}, None),
        ("mitmproxy", {"connect": 0}, None),
        ("mitmproxy", {"connect": None}, None),
        ("mitmproxy", {"connect": "12"}, None),
        ("mitmproxy", {"connect": [12]}, None),
        ("mitmproxy", {"connect": True}, None),
        ("mitmproxy", {"connect": 10**400}, None),
        ("mitmproxy", {}, None),
    ],
)
def test_each_recorder_has_its_own_idea_of_connecting(
    creator: object, timings: dict[str, Any], expected: float | None
) -> None:
    assert connect_ms(creator, **timings) == expected


def test_plain_http_has_no_tls_to_take_off() -> None:
    servers = HarServers()
    servers.recorded_by("Playwright")
    plain = entry("http://a.example/", timings={"dns": 2.5, "connect": 12, "ssl": 15.5})
    assert servers.connect_ms(plain, "192.0.2.7") == 12


@pytest.mark.parametrize(
    ("address", "expected"), [("127.0.0.1", None), ("192.168.1.5", None), ("192.0.2.7", 9.0), (None, 9.0)]
)
def test_the_handshake_with_a_proxy_nearby_says_nothing(address: str | None, expected: float | None) -> None:
    assert connect_ms("mitmproxy", address, connect=9.0) == expected


def test_creators_are_in_lower_case() -> None:
    assert [name for name in CONNECT if name != name.lower()] == []


@pytest.mark.parametrize(
    "members",
    [
        {"_certificate": {"subject": "*.tracker.example", "issuer": "Example TLS CA 1"}, "_securityDetails": 7},
        {"_certificate": 7, "_certificates": ["broken"], "_securityDetails": {"sanList": ["*.tracker.example"]}},
        {"_certificate": {"issuer": "x"}, "_securityDetails": {"subjectName": "*.tracker.example"}},
    ],
)
def test_the_next_member_is_asked_where_one_says_nothing(members: dict[str, Any]) -> None:
    found = HarServers().certificate(entry(**members))
    assert found is not None
    assert found.subject == "*.tracker.example"


def test_certificates_that_repeat_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []

    def named(**names: object) -> Certificate:
        read.append(names["subject"])
        return NAMES

    monkeypatch.setattr(har_server, "named_certificate", named)
    servers = HarServers()
    for subject in ("a", "b", "a", "b"):
        assert servers.certificate(entry(_securityDetails={"subjectName": subject})) == NAMES
    assert read == ["a", "b"]


def test_a_large_member_is_passed_over() -> None:
    lookups = Lookups()
    large = entry(_certificate={"subject": "a" * 300_000}, _cnames=["a.example"] * 30_000)
    assert HarServers().certificate(large) is None
    add_lookups(lookups, large, 0)
    assert lookups.merged() == ()


@pytest.mark.parametrize("value", ["a.example", {"a": "b"}, None, 7, [7, None, ["a.example"]]])
def test_aliases_of_a_wrong_type_are_none(value: object) -> None:
    lookups = Lookups()
    add_lookups(lookups, entry(_cnames=value, _dns_info=value), 0)
    add_trace(lookups, value)
    add_trace(lookups, [{"name": "b.example", "aliases": value}])
    assert all(lookup.aliases == () for lookup in lookups.merged())


def test_an_address_that_is_none_has_no_aliases() -> None:
    lookups = Lookups()
    add_lookups(lookups, entry("https://[::1", _cnames=["a.example"]), 0)
    add_lookups(lookups, entry("", _cnames=["a.example"]), 1)
    assert lookups.merged() == ()


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON), JSON)
@settings(max_examples=300)
def test_no_member_costs_an_entry(members: dict[str, Any], trace: Any) -> None:
    data = json.dumps({"request": {"url": "https://a.example/"}, **members}).encode()
    try:
        read = decode_entry(data)
    except ValueError:  # NaN
        read = repair_entry(data)
    servers, lookups = HarServers(), Lookups()
    servers.recorded_by("mitmproxy")
    took = servers.connect_ms(read, "192.0.2.7")
    assert took is None or took > 0
    servers.certificate(read)
    add_lookups(lookups, read, 0)
    add_trace(lookups, trace)
    assert len(lookups.merged()) < 40
