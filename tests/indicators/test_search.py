from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.indicators import search
from analyzer.indicators.indicators import Indicators, Listed, Listing
from analyzer.indicators.search import IndicatorSearch
from analyzer.indicators.stix import read_indicators
from analyzer.indicators.value import domain_name, parse_network, parse_url
from analyzer.model import Certificate, Exchange, NameLookup, Unread
from analyzer.reported import IndicatorMatch
from tests.conftest import FIXTURES

LISTED = read_indicators([FIXTURES / "indicators"])
IN_2024 = 1_718_000_000.0
IN_2026 = 1_780_000_000.0


def _domain(name: str, file: str = "a.stix2") -> Listed:
    key = domain_name(name)
    assert key
    return "domain", key, Listing(value=name, file=file, id="indicator--1", day="2024-01-02", targets=("ExampleSpy",))


def _url(text: str) -> Listed:
    key = parse_url(text)
    assert key
    return "url", key, Listing(value=text, file="a.stix2", id="indicator--1")


def _to(url: str, index: int = 12, **more: object) -> tuple[Exchange, str]:
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    return Exchange(index=index, url=url, **more), host  # type: ignore[arg-type]


def _matches(
    listed: Indicators | Sequence[Listed],
    *sent: tuple[Exchange, str],
    lookups: Sequence[NameLookup] = (),
    unread: Sequence[Unread] = (),
    app: str | None = None,
    captured: float | None = None,
) -> tuple[IndicatorMatch, ...]:
    hunt = IndicatorSearch(listed if isinstance(listed, Indicators) else Indicators(listed), app)
    for exchange, host in sent:
        hunt.add(exchange, host)
    return hunt.finish(lookups, unread, captured)


def test_the_sentence_says_who_lists_it_and_no_more() -> None:
    (match,) = _matches([_domain("c2.example")], _to("https://a.c2.example/"))
    assert match == IndicatorMatch(
        id="i1",
        kind="domain",
        indicator="c2.example",
        observed="a.c2.example",
        how="is under the domain",
        indicates=("ExampleSpy",),
        source="a.stix2, indicator--1, created 2024-01-02",
        expired=False,
        count=1,
        exchanges=(12,),
        sentence=(
            "Request 12 went to a.c2.example, which is under the domain c2.example that a.stix2 "
            "(indicator--1, created 2024-01-02) lists for ExampleSpy. The list names it; that is all this says."
        ),
    )


@pytest.mark.parametrize(
    "host",
    [
        "notc2.example",
        "c2.example.net",
        "c2.examples",
        "2.example",
        "example",
        "",
        pytest.param("x" * 9_999, id="long"),
        pytest.param("a." * 500_000 + "c2.example", id="deep"),
    ],
)
def test_a_part_of_a_name_is_no_match(host: str) -> None:
    assert not _matches([_domain("c2.example")], (Exchange(index=0, url=f"https://{host}/"), host))


@pytest.mark.parametrize("host", ["C2.EXAMPLE", "c2.example.", "c2.example"])
def test_spellings_of_a_host_are_one(host: str) -> None:
    (match,) = _matches([_domain("c2.example")], _to("https://c2.example/", 3), (Exchange(index=4), host))
    assert (match.how, match.observed, match.count, match.exchanges) == ("is the domain", "c2.example", 2, (3, 4))


def test_of_a_shared_domain_only_the_domain_itself_counts() -> None:
    hunt = IndicatorSearch(Indicators([_domain("hosting.example")]), None, {"hosting.example"}.__contains__)
    hunt.add(*_to("https://innocent.hosting.example/", 1))
    hunt.add(*_to("https://hosting.example/", 2))
    assert [(match.observed, match.exchanges) for match in hunt.finish()] == [("hosting.example", (2,))]


def test_alias_lookup_and_unread_host() -> None:
    matches = _matches(
        [_domain("c2.example"), _domain("dns.example"), _domain("shut.example")],
        _to("https://shop.example/", 4),
        lookups=[
            NameLookup(name="shop.example", source="DNS answer in flow 2", aliases=("X.c2.example.",)),
            NameLookup(name="dns.example", source="DNS answer in flow 3"),
        ],
        unread=[Unread(host="shut.example", reason="refused handshake", count=3)],
    )
    assert [(match.observed, match.how, match.count, match.exchanges) for match in matches] == [
        ("shop.example", "has the alias x.c2.example, which is under the domain", 1, (4,)),
        ("dns.example", "is the domain", 1, ()),
        ("shut.example", "is the domain", 3, ()),
    ]
    starts = [match.sentence.partition(" that a.stix2")[0] for match in matches]
    assert starts == [
        "Request 4 went to shop.example, which has the alias x.c2.example (DNS answer in flow 2), "
        "which is under the domain c2.example",
        "DNS was asked for dns.example (DNS answer in flow 3), which is the domain",
        "3 connections that could not be read (refused handshake) went to shut.example, which is the domain",
    ]


def test_addresses_and_networks() -> None:
    matches = _matches(
        LISTED,
        _to("https://a.example/", 1, server_ip="203.0.113.7"),
        _to("https://a.example/", 2, server_ip="::ffff:203.0.113.7"),
        _to("http://203.0.113.7/", 3, server_ip="203.0.113.7"),
        _to("https://b.example/", 4, server_ip="198.51.100.15"),
        _to("https://b.example/", 5, server_ip="198.51.100.16"),
        (Exchange(index=6, server_ip="2001:DB8:5::1"), "c.example"),
        lookups=[NameLookup(name="d.example", source="DNS answer in flow 9", addresses=("198.51.100.2", "192.0.2.1"))],
    )
    assert [(match.observed, match.indicator, match.how, match.exchanges) for match in matches] == [
        ("203.0.113.7", "203.0.113.7", "is the address", (3,)),
        ("198.51.100.15", "198.51.100.0/28", "is in the network", (4,)),
        ("2001:db8:5::1", "2001:db8:5::/48", "is in the network", (6,)),
        ("198.51.100.2", "198.51.100.0/28", "is in the network", ()),
    ]
    assert matches[-1].sentence.startswith("DNS answered d.example with 198.51.100.2 (DNS answer in flow 9), which is")


@pytest.mark.parametrize(
    ("listed", "sent", "found"),
    [
        ("https://c2.example/a", "https://c2.example:443/a/#b", True),
        ("https://c2.example/a", "https://c2.example/a?user=ruchika", True),
        ("https://c2.example/a", "http://c2.example/a", False),
        ("https://c2.example/a", "https://c2.example:8443/a", False),
        ("https://c2.example/a", "https://c2.example/A", False),
        ("https://c2.example/a", "https://c2.example/ab", False),
        ("https://c2.example/a", "https://x.c2.example/a", False),
        ("https://c2.example/a?k=1", "https://c2.example/a?k=1", True),
        ("https://c2.example/a?k=1", "https://c2.example/a?k=2", False),
        ("https://c2.example/a?k=1", "https://c2.example/a", False),
        ("c2.example/a", "http://c2.example/a", True),
        ("hxxp://c2[.]example", "http://c2.example/", True),
        ("http://192.0.2.1/a", "http://192.0.2.1/a", True),
    ],
)
def test_urls(listed: str, sent: str, found: bool) -> None:
    matches = _matches([_url(listed)], _to(sent))
    assert [match.observed for match in matches] == [listed] * found
    assert "ruchika" not in repr(matches)


def test_certificates_and_apps() -> None:
    listed = Certificate(subject="c2", sha256="5a" * 32)
    matches = _matches(
        LISTED,
        _to("https://a.example/", 1, certificate=listed),
        _to("https://b.example/", 2, certificate=Certificate(subject="other", sha256="5b" * 32, sha1="5a" * 20)),
        _to("https://b.example/", 3, headers=(("X-REQUESTED-WITH", "com.examplespy.agent"),)),
        _to("https://b.example/", 4, headers=(("User-Agent", "com.examplespy.agent"),)),
    )
    assert [(match.kind, match.exchanges) for match in matches] == [("certificate", (1,)), ("app", (3,))]
    (given,) = _matches(LISTED, app="com.examplespy.agent")
    assert (given.count, given.exchanges) == (1, ())
    assert given.sentence.startswith(
        "The app under analysis is com.examplespy.agent, which is the app that made-up.stix2"
    )
    assert not _matches(LISTED, app="com.examplespy.agents")


def test_headers_known_to_the_caller_are_taken() -> None:
    hunt = IndicatorSearch(LISTED)
    hunt.add(*_to("https://b.example/", 1), naming=[("x-android-package", "com.examplespy.agent")])
    assert [match.kind for match in hunt.finish()] == ["app"]


def test_an_expired_indicator_says_so() -> None:
    (before,) = _matches(LISTED, _to("https://former.example/"), captured=IN_2024)
    (after,) = _matches(LISTED, _to("https://former.example/"), captured=IN_2026)
    assert (before.expired, after.expired) == (False, True)
    assert "It was vouched for until 2025-01-01, before the capture." in after.sentence
    assert "vouched" not in before.sentence
    assert after.indicates == ("ExampleSpy relay, 2024",)
    assert "lists as ExampleSpy relay, 2024." in after.sentence


def test_what_one_list_still_vouches_for_is_not_expired() -> None:
    def until(file: str, end: float) -> Listed:
        return "domain", "c2.example", Listing(value="c2.example", file=file, id="i", until=end, until_day="2024-06-09")

    both = [until("a.stix2", IN_2024), until("b.stix2", IN_2026)]
    sent = _to("https://c2.example/")
    assert [match.expired for match in _matches(both, sent, captured=IN_2026 - 1)] == [False]
    assert [match.expired for match in _matches(both, sent, captured=IN_2026 + 1)] == [True]
    assert [match.expired for match in _matches(both, sent)] == [False]


def test_several_lists_make_one_match() -> None:
    listed = [_domain("C2.example", f"{letter}.stix2") for letter in "abcde"]
    (match,) = _matches(listed, *[_to("https://c2.example/", index) for index in range(3, 30)])
    assert (match.count, match.exchanges) == (27, tuple(range(3, 13)))
    assert match.sentence.startswith("Request 3 and 26 more went to c2.example, which is the domain C2.")
    assert ", and 2 more. The lists name it" in match.sentence
    assert match.source == "; ".join(
        [f"{letter}.stix2, indicator--1, created 2024-01-02" for letter in "abc"] + ["2 more"]
    )


@pytest.mark.parametrize(
    ("exchange", "listed"),
    [
        (Exchange(index=0, url="https://a.c2.example/"), True),
        (Exchange(index=0, url="https://ok.example/", server_ip="203.0.113.9"), True),
        (Exchange(index=0, url="https://ok.example/x"), True),
        (Exchange(index=0, url="https://ok.example/", certificate=Certificate(subject="x", sha256="ab" * 32)), True),
        (Exchange(index=0, url="https://ok.example/", headers=(("X-Requested-With", "com.example.spy"),)), True),
        (Exchange(index=0, url="https://ok.example/", server_ip="203.0.113.10"), False),
    ],
)
def test_the_caller_is_told_which_exchange_is_listed(exchange: Exchange, listed: bool) -> None:
    listing = Listing(value="x", file="a.stix2", id="indicator--1")
    network = parse_network("203.0.113.9")
    assert network
    hunt = IndicatorSearch(
        Indicators(
            [
                _domain("c2.example"),
                _url("https://ok.example/x"),
                ("address", network, listing),
                ("certificate", "ab" * 32, listing),
                ("app", "com.example.spy", listing),
            ]
        )
    )
    host = exchange.url.split("/")[2]
    assert [hunt.add(exchange, host) for _ in range(2)] == [listed, listed]


def test_the_most_telling_and_earliest_come_first_and_matches_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = [_to(f"https://h{index}.c2.example/", index, server_ip="203.0.113.7") for index in range(9, 0, -1)]
    monkeypatch.setattr(search, "MAX_MATCHES", 4)
    matches = _matches(LISTED, *sent)
    assert [(match.id, match.exchanges) for match in matches] == [(f"i{n}", (n,)) for n in range(1, 5)]
    monkeypatch.setattr(search, "MAX_MATCHES", 100)
    assert [match.kind for match in _matches(LISTED, *sent)] == ["domain"] * 9 + ["address"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_REMEMBERED", 10)
    sent = [_to(f"https://h{index}.a.example/", index) for index in range(100)]
    sent += [_to(f"https://h{index}.c2.example/", index) for index in range(100)]
    assert len(_matches(LISTED, *sent)) == 10


def test_the_lists_are_those_that_were_read() -> None:
    assert [one.name for one in IndicatorSearch(LISTED).lists()] == ["made-up.stix2", "paper-lantern-2.0.json"]


def test_without_indicators_nothing_is_kept() -> None:
    assert (
        _matches([], _to("https://c2.example/"), lookups=[NameLookup(name="c2.example", source="x")], app="a.b") == ()
    )


_LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
_NAME = st.lists(_LABEL, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))


@given(_NAME, _NAME, st.lists(_LABEL, max_size=2))
def test_a_domain_matches_itself_and_what_is_under_it_and_nothing_else(name: str, other: str, below: list[str]) -> None:
    under = ".".join([*below, name])
    matches = _matches([_domain(name)], _to(f"https://{under}/", 1), _to(f"https://{other}/", 2))
    expected = {host for host in (under, other) if f".{host}".endswith(f".{name}")}
    assert {match.observed for match in matches} == expected
    assert {match.how for match in matches if match.observed == name} <= {"is the domain"}


@given(st.permutations([*map(_domain, ["a.example", "b.a.example", "c.example"]), _domain("a.example", "b.stix2")]))
def test_the_order_of_lists_does_not_matter(listed: list[Listed]) -> None:
    sent = [_to("https://x.b.a.example/", 1), _to("https://c.example/", 2)]
    assert _matches(listed, *sent) == _matches(sorted(listed, key=repr), *sent)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4), st.integers(0, 32), st.integers(0, 2**32 - 1))
def test_a_network_holds_what_shares_its_prefix(numbers: list[int], bits: int, listed: int) -> None:
    text = f"{_dotted(listed)}/{bits}"
    key = parse_network(text)
    assert key
    sent = [_to("https://x.example/", index, server_ip=_dotted(number)) for index, number in enumerate(numbers)]
    matches = _matches([("address", key, Listing(value=text, file="a", id="i"))], *sent)
    within = {_dotted(number) for number in numbers if number >> (32 - bits) == listed >> (32 - bits)}
    assert {match.observed for match in matches} == within


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
