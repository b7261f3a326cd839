"""Lists of owners: made-up ones in the forms that others publish."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.attribute.owner import CATEGORIES
from analyzer.attribute.owner_lists import ListedOwner, OwnerList, disconnect, exodus, ghostery, read, tracker_radar
from analyzer.attribute.owner_lists.countries import country_code, load_codes
from analyzer.attribute.owner_lists.listed import host_suffix
from analyzer.attribute.owner_lists.read import read_owner_list
from analyzer.errors import KnowledgeError

Brief = list[tuple[str, str, str, str]]


@pytest.fixture
def listed(tmp_path: Path) -> Any:
    def make(data: object) -> OwnerList:
        path = tmp_path / "list.txt"  # the name says nothing
        path.write_text(json.dumps(data), encoding="utf-8")
        return read_owner_list(path)

    return make


def _brief(found: OwnerList) -> Brief:
    return [(row.suffix, row.product, row.owner, row.category) for row in found.rows]


# ---------------------------------------------------------------- the user's own table


def _table(folder: Path, *lines: str) -> Path:
    path = folder / "mine.json"  # a wrong name for what it holds
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def test_own_table_with_all_columns_in_any_order(tmp_path: Path) -> None:
    path = _table(
        tmp_path,
        "owner,suffix,verified,checked,source,until,since,category,country,parent,product,note",
        "Kirana Ads Pvt Ltd,*.Ads.Kirana.example,yes,2026-01-02,letter,"
        '2025-06,2019,advertising,india,"Kirana, Inc.",KAds,x',
    )
    found = read_owner_list(path)
    assert (found.own, found.licence, found.passed_over) == (True, "the user's own", 0)
    assert found.rows == (
        ListedOwner(
            suffix="ads.kirana.example",
            product="KAds",
            owner="Kirana Ads Pvt Ltd",
            parent="Kirana, Inc.",
            country="IN",
            category="advertising",
            source="letter",
            since="2019",
            until="2025-06",
            checked="2026-01-02",
            verified=True,
        ),
    )


def test_own_table_needs_a_suffix_and_an_owner_only(tmp_path: Path) -> None:
    (row,) = read_owner_list(_table(tmp_path, "suffix,owner", "kirana.example,Kirana")).rows
    assert row == ListedOwner(
        suffix="kirana.example", product="Kirana", owner="Kirana", source="the user's table mine.json"
    )


def test_every_mistake_of_an_own_table_is_named_at_once(tmp_path: Path) -> None:
    path = _table(
        tmp_path,
        "suffix,owner,country,category,since,until,checked,verified",
        "kirana,Kirana,,,,,,",
        "a.example,,,,,,,",
        "b.example,B,EU,,,,,",
        "c.example,C,,spying,,,,",
        "d.example,D,,,2020,2019,,",
        "e.example,E,,,last year,,,",
        "f.example,F,,,,,20260102,",
        "g.example,G,,,,,,perhaps",
        "h.example,H",
        "i.example,I,,,2019,2020,,",
        "i.example,I,,,2020,,,",
        "i.example,I,,,2020,,,no",
    )
    with pytest.raises(KnowledgeError) as raised:
        read_owner_list(path)
    mistakes = str(raised.value).splitlines()
    assert [mistake.split(": ")[0] for mistake in mistakes] == [f"{path}:{line}" for line in (*range(2, 11), 13)]
    words = "suffix owner country category since since checked verified values already".split()
    assert all(word in mistake for word, mistake in zip(words, mistakes, strict=True))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("suffix,company", "no column owner"),
        ("hello", "no column suffix"),
        ("", "no column suffix"),
        ("Suffix,Owner", "whose first line is such as suffix,owner"),
        ("suffix;owner", "no column suffix"),
        ("suffix, owner", "no column owner"),
        ('"suffix,owner', "no column suffix"),
        ("suffix,owner,contry", "column 'contry' is not one of suffix, owner,"),
        ("suffix,owner,owner", "column owner is there twice"),
    ],
)
def test_a_wrong_header_says_what_it_must_hold(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=r"mine\.json:1: ") as raised:
        read_owner_list(_table(tmp_path, header, "a.example,A"))
    assert said in str(raised.value)


# ---------------------------------------------------------------- Exodus


def test_exodus_takes_plain_host_names_only(listed: Any) -> None:
    entry = {"code_signature": "com.madeup.", "website": "https://madeup.example", "documentation": []}
    trackers = {
        "1": {**entry, "name": "Made Up", "network_signature": r"madeup\.example", "categories": ["Analytics"]},
        "2": {
            **entry,
            "name": "Two Hosts",
            "network_signature": r".*\.ads\.two\.example|cdn\-two.example",
            "categories": ["Analytics", "Advertisement"],
        },
        "3": {**entry, "name": "By Code", "network_signature": "", "categories": []},
        "4": {
            **entry,
            "name": "A Rule",
            "network_signature": r"(a|b)\.rule\.example|192\.0\.2\.1|x[0-9]\.rule\.example",
        },
        "5": {**entry, "name": "Again", "network_signature": r"madeup\.example"},
        "6": {**entry, "name": None, "network_signature": r"nameless\.example"},
        "7": {**entry, "name": "Null", "network_signature": None},
    }
    for entries in (trackers, list(trackers.values())):
        found = listed({"trackers": entries})
        assert (found.name, found.own) == (exodus.NAME, False)
        assert _brief(found) == [
            ("madeup.example", "Made Up", "Made Up", "analytics"),
            ("ads.two.example", "Two Hosts", "Two Hosts", "advertising"),
            ("cdn-two.example", "Two Hosts", "Two Hosts", "advertising"),
        ]
        assert found.passed_over == 7
        assert found.rows[0].source == "Exodus trackers (madeup.example)"


# ---------------------------------------------------------------- Disconnect


def test_disconnect_services(listed: Any) -> None:
    found = listed(
        {
            "license": "made up for a test",
            "categories": {
                "FingerprintingInvasive": [{"Print Co": {"https://print.example/": ["print.example", "both.example"]}}],
                "Content": [{"Both Co": {"https://both.example/": ["both.example"], "performance": "true"}}],
                "Advertising": [
                    {"Ad Co": {"https://ad.example/": ["ad.example", "AD-cdn.example"], "dnt": "eff"}},
                    {"Ad Two": {"https://two.example/": ["two.example/path", 7]}},
                ],
            },
        }
    )
    assert (found.name, found.licence, found.passed_over) == (disconnect.NAME, "made up for a test", 2)
    assert _brief(found) == [
        ("ad.example", "Ad Co", "Ad Co", "advertising"),
        ("ad-cdn.example", "Ad Co", "Ad Co", "advertising"),
        ("both.example", "Both Co", "Both Co", "content"),
        ("print.example", "Print Co", "Print Co", "other"),
    ]


@pytest.mark.parametrize("nested", [True, False])
def test_disconnect_entities(listed: Any, nested: bool) -> None:
    entities = {"Ad Co": {"properties": ["ad.example"], "resources": ["ad.example", "ad-cdn.example"]}}
    found = listed({"license": None, "entities": entities} if nested else entities)
    assert found.licence == disconnect.LICENCE
    assert _brief(found) == [
        ("ad.example", "Ad Co", "Ad Co", "other"),
        ("ad-cdn.example", "Ad Co", "Ad Co", "other"),
    ]


# ---------------------------------------------------------------- DuckDuckGo


OWNER = {"name": "Ad Co, Inc.", "displayName": "Ad Co"}
AD = ("ad.example", "Ad Co", "Ad Co, Inc.")


@pytest.mark.parametrize(
    "data",
    [
        {**OWNER, "properties": ["ad.example"], "prevalence": {"total": 0.1}},
        {"domain": "ad.example", "owner": OWNER, "source": [], "resources": [{"rule": "ad\\.example"}]},
        {"Ad Co, Inc.": {"aliases": ["Ad"], "properties": ["ad.example"], "displayName": "Ad Co"}},
        {"ad.example": {"entityName": "Ad Co, Inc.", "aliases": [], "displayName": "Ad Co"}},
        {"version": 1, "trackers": {"ad.example": {"owner": OWNER, "default": "block"}}, "packageNames": {}},
    ],
)
def test_tracker_radar_in_all_its_forms(listed: Any, data: object) -> None:
    found = listed(data)
    assert (found.name, found.licence) == (tracker_radar.NAME, tracker_radar.LICENCE)
    assert _brief(found) == [(*AD, "other")]


def test_a_block_list_names_trackers_first_and_then_all_domains_of_their_owners(listed: Any) -> None:
    found = listed(
        {
            "trackers": {
                "ad.example": {"domain": "ad.example", "owner": OWNER, "categories": ["Advertising", "Session Replay"]},
                "none.example": {"owner": {}},
            },
            "entities": {"Ad Co, Inc.": {"domains": ["ad.example", "adco.example"], "displayName": "Ad Co"}},
            "domains": {"ad-shop.example": "Ad Co, Inc.", "other.example": "Other Ltd", "odd.example": 5},
            "cnames": {"metrics.shop.example": "ad.example"},
        }
    )
    assert _brief(found) == [
        (*AD, "session-replay"),
        ("adco.example", "Ad Co", "Ad Co, Inc.", "other"),
        ("ad-shop.example", "Ad Co", "Ad Co, Inc.", "other"),
        ("other.example", "Other Ltd", "Other Ltd", "other"),
    ]
    assert found.passed_over == 2


def test_a_folder_of_entities(tmp_path: Path) -> None:
    entities = tmp_path / "entities"
    entities.mkdir()
    (entities / "Ad Co, Inc..json").write_text(json.dumps({**OWNER, "properties": ["ad.example"]}))
    (entities / "broken.json").write_text("{")
    (entities / "other.json").write_text("{}")
    (tmp_path / "package.json").write_text("{}")
    for folder in (entities, tmp_path):
        found = read_owner_list(folder)
        assert (_brief(found), found.passed_over) == ([(*AD, "other")], 2)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(KnowledgeError, match="give its entities folder"):
        read_owner_list(empty)


# ---------------------------------------------------------------- Ghostery


def test_ghostery(listed: Any) -> None:
    pattern = {"category": "site_analytics", "organization": "ad_co", "filters": ["||ad.example^$3p"]}
    found = listed(
        {
            "categories": {"site_analytics": {"name": "Site Analytics"}},
            "organizations": {
                "ad_co": {"name": "Ad Co", "country": "uk"},
                "of_no_country": {"name": "N", "country": None},
            },
            "patterns": {
                "one": {**pattern, "name": "Ad Counter", "domains": ["ad.example"]},
                "two": {**pattern, "name": "Alone", "organization": None, "domains": ["alone.example"]},
                "three": {**pattern, "name": "By path", "domains": []},
                "four": {
                    **pattern,
                    "name": "N",
                    "organization": "of_no_country",
                    "domains": ["n.example"],
                    "category": "?",
                },
            },
            "domains": {"ad.example": "one"},
            "filters": {"||ad.example^$3p": "one"},
        }
    )
    assert (found.name, found.licence, found.passed_over) == (ghostery.NAME, ghostery.LICENCE, 1)
    assert _brief(found) == [
        ("ad.example", "Ad Counter", "Ad Co", "analytics"),
        ("alone.example", "Alone", "Alone", "analytics"),
        ("n.example", "N", "N", "other"),
    ]
    assert [row.country for row in found.rows] == ["GB", None, None]


# ---------------------------------------------------------------- all of them


def test_every_category_is_one_of_ours() -> None:
    for module in (disconnect, exodus, ghostery, tracker_radar):
        assert set(module._CATEGORIES.values()) <= CATEGORIES


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not valid JSON"),
        pytest.param(b"[" * 100_000, "not valid JSON", id="deep"),
        (b'{"a": "\xff"}', "not valid JSON"),
        (b"{}", "no list of owners that is known"),
        (b"[1]", "no list of owners that is known"),
        (b'{"trackers": {"1": {"name": "A"}}}', "no list of owners that is known"),
        (b"", "no list of owners"),
        (b"suffix,owner\n\xff\xfe", "not UTF-8"),
    ],
)
def test_what_is_no_list_says_so(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match=said):
        read_owner_list(path)


def test_missing_and_too_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_owner_list(tmp_path / "none")
    path = _table(tmp_path, "suffix,owner", "a.example,A")
    monkeypatch.setattr(read, "MAX_BYTES", 10)
    with pytest.raises(KnowledgeError, match="larger than"):
        read_owner_list(path)


def test_countries_by_code_and_by_name() -> None:
    codes = load_codes()
    assert [country_code(text, codes) for text in ("IN", "india", " United Kingdom ", "UK", "USA")] == [
        "IN", "IN", "GB", "GB", "US",
    ]  # fmt: skip
    assert [country_code(text, codes) for text in ("", "EU", "XX", "Atlantis", None, 7)] == [None] * 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "com",
        "a..b.example",
        "http://a.example",
        "a b.example",
        "192.0.2.1",
        pytest.param("x" * 999, id="long"),
        5,
    ],
)
def test_what_is_no_suffix(text: object) -> None:
    assert host_suffix(text) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_a_pipe_is_not_read_for_it_can_be_read_once_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(KnowledgeError, match="pipe: no plain file; save what it gives in a file first"):
        read_owner_list(tmp_path / "pipe")


def test_of_a_million_mistakes_a_hundred_are_named(tmp_path: Path) -> None:
    path = _table(tmp_path, "suffix,owner", *["no name,X"] * 1_234)
    with pytest.raises(KnowledgeError) as raised:
        read_owner_list(path)
    lines = str(raised.value).splitlines()
    assert len(lines) == 101
    assert lines[-1] == f"{path}: 1,134 more mistakes"


_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["a.example", "A Co", "Analytics"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "trackers name network_signature categories Advertising entities properties resources patterns domains "
                "organizations organization owner displayName entityName domain country 1".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150)
@given(_ANY)
def test_no_json_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.mktemp("any") / "list"
    path.write_text(json.dumps(data), encoding="utf-8")
    try:
        found = read_owner_list(path)
    except KnowledgeError:
        return
    for row in found.rows:
        assert host_suffix(row.suffix) == row.suffix
        assert row.owner
        assert row.category in CATEGORIES
