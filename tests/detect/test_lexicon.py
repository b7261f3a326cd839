"""The key lexicon: any style of naming, scopes before a name, types behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.lexicon import MEMO_SIZE, KeyRule, Lexicon, words_of
from analyzer.knowledge import Knowledge

LEXICON = Knowledge().lexicon


@pytest.mark.parametrize(
    "key",
    [
        "first_name",
        "firstName",
        "FirstName",
        "first-name",
        "FIRST_NAME",
        "First Name",
        "first.name",
        "$first_name",
        "user.first_name",
        "userFirstName",
        "ep.first_name",
        "we_first_name",
        "USER_ATTRIBUTE_USER_FIRST_NAME",
        "first_name_str",
        "traits:firstName",
    ],
)
def test_styles_of_one_name(key: str) -> None:
    assert "person.name.given" in LEXICON.types(key)


@pytest.mark.parametrize(
    ("key", "data_type"),
    [
        ("customer_email", "person.email"),
        ("Mobile Number", "person.phone"),
        ("dateOfBirth", "person.dob"),
        ("u_gender", "person.gender"),
        ("billing_details.postal_code", "person.address.postcode"),
        ("line1", "person.address.postal"),
        ("up.city", "person.address.city"),
        ("GoogleAdID", "id.ad"),
        ("gps_adid", "id.ad"),
        ("androidId", "id.android"),
        ("aadhaarNumber", "gov.in.aadhaar"),
        ("panNo", "gov.in.pan"),
        ("virtualPaymentAddress", "fin.upi.vpa"),
        ("networkCarrier", "net.carrier"),
        ("bloodGroup_str", "special.health"),
        ("annual income", "fin.income"),
        ("fcmToken", "id.push"),
        ("What is your gender", "person.gender"),
        ("x-user-email", "person.email"),
        ("latitude", "loc.precise"),
        ("geo.lon", "loc.precise"),
    ],
)
def test_names(key: str, data_type: str) -> None:
    assert data_type in LEXICON.types(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "event",
        "orientation",
        "vid",
        "race",
        "union",
        "lat_ms",
        "email_opt_in",
        "phone_verified",
        "genders_count",
        "x" * 500,
    ],
)
def test_other_names_mean_nothing(key: str) -> None:
    assert LEXICON.types(key) == frozenset()


def test_words() -> None:
    assert words_of("userID2Name") == "user_id_2_name"
    assert words_of("HTTPServer.name") == "http_server_name"
    assert words_of("नाम") != ""
    assert words_of("--") == ""


def test_exact_names_are_not_ends() -> None:
    lexicon = Lexicon(
        [
            KeyRule("person.dob", "key+value", ("birth_date",), "exact", "dob"),
            KeyRule("id.ad", "key", ("uuid",), "end", "gaid"),
        ]
    )
    assert lexicon.types("dob") == {"person.dob"}
    assert lexicon.types("asked_dob") == frozenset()
    assert lexicon.types("moe_gaid") == {"id.ad"}


def test_memory_of_names_is_bounded() -> None:
    lexicon = Lexicon([])
    for number in range(MEMO_SIZE + 50):
        lexicon.meaning(f"key{number}")
    assert len(lexicon.known) <= MEMO_SIZE


@given(st.text(max_size=90))
def test_any_key_has_types_or_none(key: str) -> None:
    assert LEXICON.types(key) == LEXICON.types(key)
