"""What responses hand out, and what they do not."""

import json
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.received import (
    MAX_LIST,
    MAX_RECEIVED,
    Received,
    looks_random,
    names_somebody,
    names_something,
    received,
)
from analyzer.model import Exchange

ID = "b81f0c62e97d4a35"


def handed_out(text: str = "", *headers: tuple[str, str]) -> list[Received]:
    return received(Exchange(index=0, response_headers=headers), text)


@pytest.mark.parametrize(
    "value",
    [
        ID,
        "7f2e9c14-6a0b-4d83-b5e1-90c3d7a8f246",
        "7F2E9C14-6A0B-4D83-B5E1-90C3D7A8F246",
        "d7Qm2xVt8LpW4nKc9RzY5hBj",
        "eK2m8hVq0sA:APA91bFictitiousTokenOfNobody_7Qx3",
        "6148203957261840375",
        "0a9f7c21d4e85b3662f8d1047be93ac5",
    ],
)
def test_values_of_chance(value: str) -> None:
    assert looks_random(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "b81f0c62e97d4a3",
        "someLongIdentifierName2",
        "my-app-version-2-10-beta",
        "com.example.shop.MainActivity",
        "2026-03-03T08:30:00Z",
        "20260303T083000Z",
        "Tue, 03 Mar 2026 08:30:00 GMT",
        "1772500000123",
        "1772500000123456",
        "177250000012",
        "0000000000000000",
        "00000000-0000-0000-0000-000000000000",
        "https://cdn.shop.example/x1y2z3a4b5c6",
        "Mozilla/5.0 (Linux; Android 14)",
        "ab12" * 100,
    ],
)
def test_values_of_meaning(value: str) -> None:
    assert not looks_random(value)


def test_most_tokens_look_random() -> None:
    dice = random.Random(7)
    for _ in range(500):
        assert looks_random(f"{dice.getrandbits(128):032x}")
    letters = string.ascii_letters + string.digits
    tokens = ["".join(dice.choices(letters, k=22)) for _ in range(500)]
    assert sum(map(looks_random, tokens)) > 470


@pytest.mark.parametrize("name", ["uid", "userId", "device_id", "puid", "anonymousId", "X-Visitor", "partner.user-id"])
def test_names_of_somebody(name: str) -> None:
    assert names_somebody(name)
    assert not names_something(name)


@pytest.mark.parametrize("name", ["apiKey", "csrf_token", "X-Trace-Id", "etag", "nonce", "campaign_id", "gdpr_consent"])
def test_names_of_something(name: str) -> None:
    assert names_something(name)


def test_cookies_whole_and_in_pieces() -> None:
    assert handed_out("", ("set-cookie", f"uid={ID}; Path=/; Expires=Tue, 03 Mar 2026 08:30:00 GMT")) == [
        Received(ID, "cookie", "uid")
    ]
    assert Received(ID, "cookie", "v") in handed_out("", ("set-cookie", f'v="2|{ID}|1772500000"'))
    assert Received(ID, "cookie", "v") in handed_out("", ("set-cookie", f"v=2%7C{ID}%7C1"))
    for header in (f"csrf={ID}", f"XSRF-TOKEN={ID}", "lang=en", f"={ID[:5]}", "", ";", f"x; uid={ID}"):
        assert handed_out("", ("set-cookie", header)) == []


def test_redirects() -> None:
    address = f"https://match.example/in?pub=7&puid={ID}&state={ID[::-1]}#f"
    assert handed_out("", ("location", address)) == [Received(ID, "redirect", "puid")]
    assert handed_out("", ("location", f"https://match.example/{ID}")) == []


@pytest.mark.parametrize(
    "text",
    [
        f'{{"device_id":"{ID}"}}',
        f'{{"a": {{"device_id": "{ID}", "n": 1}}}}',
        f'cb({{"device_id" :"x", "device_id":\n "{ID}"}})',
        f"token=1&device_id={ID}&x=2",
        f"ok\ndevice_id={ID}",
    ],
)
def test_texts(text: str) -> None:
    assert handed_out(text) == [Received(ID, "body", "device_id")]


def test_numbers_in_json() -> None:
    text = '{"user": 6148203957261840375, "at": 1772500000123, "ratio": 0.61482039572618403, "n": 61482039572618403.5}'
    assert handed_out(text) == [Received("6148203957261840375", "body", "user")]


def test_short_ids_only_under_the_name_of_somebody() -> None:
    text = (
        '{"userId":"JSU-40117726","itemId":"JSU-40117727","user":"JSU-40117728","deviceID": 40117729,"uid":"abcdefgh"}'
    )
    assert [each.value for each in handed_out(text)] == ["JSU-40117726", "40117729"]


@pytest.mark.parametrize("name", ["apiKey", "traceId", "etag", "csrfToken", "sha256", "request_id"])
def test_keys_nonces_and_hashes_are_not_handed_out(name: str) -> None:
    assert handed_out(json.dumps({name: ID})) == []


def test_items_of_a_list_are_not_handed_out() -> None:
    items = [{"id": f"{ID[:8]}{n:02}c7e1f5"} for n in range(MAX_LIST + 1)]
    assert handed_out(json.dumps({"items": items, "device_id": ID})) == [Received(ID, "body", "device_id")]


def test_values_are_bounded() -> None:
    many = {f"user{n}": f"{n:03}a{ID}" for n in range(MAX_RECEIVED + 50)}
    assert len(handed_out(json.dumps(many))) == MAX_RECEIVED


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=100))
def test_no_text_does_harm(text: str, cookie: str, address: str) -> None:
    for each in handed_out(text, ("set-cookie", cookie), ("location", address)):
        assert each.value


@pytest.mark.parametrize("unit", ['":', '":"', '"', '": ', '":"a1b2', "a=", "a1", 'd":a1'])
def test_long_hostile_texts_come_to_an_end(unit: str) -> None:
    # What is not linear here would take hours.
    text = (unit * 262_144)[:262_144]
    assert len(handed_out(text, ("set-cookie", text[:4096]), ("location", text[:4096]))) <= MAX_RECEIVED
