"""Patterns: what proves itself is found, what only looks like it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.by_pattern import AROUND, PATTERNS, ByPattern
from tests.detect.fields import joined

SEARCH = ByPattern()
YES = {
    "person.email": [
        "ishaan.kulkarni+x@post.example",
        "write to ishaan@mail.post.example.",
        "Name <ishaan@post.example>",
        '"a@post.example"',
        "ISHAAN@POST.EXAMPLE",
        "ishaan@Post.example",
    ],
    "person.phone": ["+919812345670", "call +91 98123 45670 now", "+44 7911 123456"],
    "gov.in.pan": ["ABCPK1234L", "PAN: ABCPK1234L."],
    "gov.in.aadhaar": ["aadhaar=234123412346", "KYC 2341 2341 2346 done"],
    "gov.in.gstin": ["27AAPFU0939F1ZV"],
    "fin.bank.iban": ["GB82WEST12345698765432"],
    "fin.card.pan": ["card 4111 1111 1111 1111", "5105-1051-0510-5100 is my debit card"],
    "fin.upi.vpa": ["ishaan.k@okdemobank", "upi://pay?pa=9812345670@ybl&pn=I"],
    "id.mac": ["d0:50:99:84:a2:a0"],
    "id.push": ["fcm_kLm22p:APA91bQ7someTokenNotReal0066bb", "ExponentPushToken[xxxxxxxxxxxxxxxxxxxxxx]"],
    "auth.jwt": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
}
NO = {
    "person.email": [
        "icon@2x.png",
        "logo@3x.webp",
        "main@4f2c.chunk.js",
        "react@18.2.0",
        "@scope/widget@2.0.1",
        "noreply@kirana.example",
        "kirana-support@kirana.example",
        "grievance.officer@kirana.example",
        "you@company.example",
        "B@AeQ3OdoT.com",
        "1@ds.zxz",
        "git@github.com:a/b.git",
        "https://0a1b2c3d@o447951.ingest.errors.example/5429219",
        "mqtt://sensor:token@broker.app.example",
        "com.app@4.12.0+41",
        "a@b",
        "x@localhost.localdomain",
        "step@3.ok",
        "..a@post.example",
    ],
    "person.phone": ["+911234567890", "+1", "+919812345670123456", "x+919812345670", "1730284512", "+2026-09-14 10:11"],
    "gov.in.pan": ["ABCCK1234L", "ABCPK0000L", "XABCPK1234L", "ABCPK1234LX"],
    "gov.in.aadhaar": ["234123412346", "aadhaar 234123412347", "order 2341 2341 2346"],
    "gov.in.gstin": ["27AAPFU0939F1ZA"],
    "fin.bank.iban": ["GB82WEST12345698765431", "AB12CDEFGHIJKLMNOP"],
    "fin.card.pan": [
        "4111111111111111",
        "card 4111 1111 1111 1112",
        "card 1-4111-1111-1111-1111",
        "4111 1111 1111 1111",
    ],
    "fin.upi.vpa": ["ishaan@post", "pkg@latest", "a@okdemobank.example", "ishaan@unknownhandle", "square@okhttp"],
    "id.mac": [
        "02:00:00:00:00:00",
        "12:34:56",
        "00:00:00:00:00:00",
        "33:33:00:00:00:fb",
        "D0:50:99:84:A2:A0:11:22:33:44:55:66:77:88:99:00:AA:BB:CC:DD",
    ],
    "id.push": ["abc:APA91b", "PushToken[]"],
    "auth.jwt": [
        "eyJhbGci.eyJ.x",
        "eyJustAWord",
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl",
        "eyJhbGciOiJIUzI1NiJ9.eyJbroken-payload.c2lnbmF0dXJl",
    ],
}


def types(value: str) -> list[str]:
    return [found.data_type for _, found in SEARCH.find(joined(value))]


def test_every_pattern_has_a_yes_and_a_no() -> None:
    assert set(YES) == set(NO) == {row[0] for row in PATTERNS}


@pytest.mark.parametrize(("data_type", "value"), [(name, value) for name, values in YES.items() for value in values])
def test_yes(data_type: str, value: str) -> None:
    assert data_type in types(value)


@pytest.mark.parametrize(("data_type", "value"), [(name, value) for name, values in NO.items() for value in values])
def test_no(data_type: str, value: str) -> None:
    assert data_type not in types(value)


@pytest.mark.parametrize(
    "value",
    [
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "4.12.0.1183",
        "120.0.6099.210",
    ],
)
def test_trace_ids_and_versions_are_nothing(value: str) -> None:
    assert types(value) == []


def test_the_datum_and_its_field_are_told() -> None:
    found = SEARCH.find(
        joined("nothing", "é – Ishaan <ishaan@post.example>, again ishaan@post.example", "b@post.example")
    )
    assert [(position, finding.value) for position, finding in found] == [
        (1, "ishaan@post.example"),
        (2, "b@post.example"),
    ]
    assert {finding.evidence for _, finding in found} == {"validated"}


def test_the_surroundings_end_with_the_field() -> None:
    assert [position for position, _ in SEARCH.find(joined("234123412346", "aadhaar", "aadhaar 234123412346"))] == [2]


def test_a_refused_match_does_not_hide_a_later_one() -> None:
    value = "noreply@post.example " * 20_000 + "x" * AROUND + " ishaan@post.example"
    ((_, found),) = SEARCH.find(joined(value))
    assert found.value == "ishaan@post.example"


@given(st.lists(st.text(max_size=60) | st.text("@.a1-+ /:", max_size=60), max_size=4))
def test_findings_are_parts_of_their_fields(values: list[str]) -> None:
    one = joined(*values)
    for position, found in SEARCH.find(one):
        assert found.value in values[position]
