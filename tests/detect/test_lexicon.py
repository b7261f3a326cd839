"""The key lexicon: any style of naming, scopes before a name, types behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.lexicon import BELIEVED, BELIEVED_LOOSE, MEMO_SIZE, KeyRule, Lexicon, weigh, words_of
from analyzer.detect.shapes.rates import is_loose
from analyzer.knowledge import DATA, Knowledge, parse_keys
from analyzer.model import Evidence

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
        ("dateofbirth", "person.dob"),
        ("useremail", "person.email"),
        ("billingcity", "person.address.city"),
        ("Prénom", "person.name.given"),
        ("Téléphone", "person.phone"),
        ("nachname", "person.name.family"),
        ("fechaNacimiento", "person.dob"),
        ("código_postal", "person.address.postcode"),
        ("mob_no", "person.phone"),
        ("contactNo", "person.phone"),
        ("user.tel", "person.phone"),
        ("codiceFiscale", "gov.other"),
        ("wifiSSID", "net.ssid"),
        ("installedApps", "dev.apps"),
        ("SubCaste", "special.caste"),
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
        "union",
        "class",
        "category",
        "expires",
        "lat_ms",
        "email_opt_in",
        "phone_verified",
        "genders_count",
        "x" * 500,
    ],
)
def test_other_names_mean_nothing(key: str) -> None:
    assert LEXICON.types(key) == frozenset()


def test_a_name_spelt_letter_by_letter_is_that_name() -> None:
    assert LEXICON.types("z_i_p") == LEXICON.types("zip") != frozenset()
    assert LEXICON.types("D.O.B.") == LEXICON.types("dob")
    assert LEXICON.types("x_y_z") == frozenset()


def test_words() -> None:
    assert words_of("userID2Name") == "user_id_2_name"
    assert words_of("HTTPServer.name") == "http_server_name"
    assert words_of("नाम") != ""
    assert words_of("--") == ""
    assert words_of("__user__name_") == "user_name"
    assert words_of("Prénom") == words_of("prenom")


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


@pytest.mark.parametrize(
    "key",
    ["store_phone", "branchPincode", "company_address", "weather_city", "hotel.city", "merchantPhone", "supportEmail"],
)
def test_what_belongs_to_a_thing_is_nobodys(key: str) -> None:
    assert not any(data_type.startswith("person.") for data_type in LEXICON.types(key))


def test_the_place_of_a_shop_is_no_position() -> None:
    assert LEXICON.types("shop_lat") == frozenset()
    assert LEXICON.types("user_lat") == {"loc.precise"}


def rule(name: str, shape: str = "birth_date", evidence: Evidence = "key+value") -> KeyRule:
    return KeyRule("person.dob", evidence, (shape,), "exact", name)


def weights(*rules: KeyRule) -> dict[str, tuple[str, float]]:
    return {one.name: (one.evidence, round(one.weight, 2)) for one in weigh(rules)}


def test_counts_make_the_weight_of_a_name_and_of_its_synonyms() -> None:
    # Of the row 8 in 10 were right, so p = 9/12: (8 + 2 p) / 10, (0 + 2 p) / 4, and p where nothing is known.
    assert weights(rule("dob:8/0"), rule("bd:0/2"), rule("born")) == {
        "dob": ("key+value", 0.95),
        "bd": ("key", 0.38),
        "born": ("key+value", 0.75),
    }


def test_a_loose_shape_asks_for_a_name_that_was_right() -> None:
    assert weights(rule("dob")) == {"dob": ("key+value", 0.5)}
    assert weights(rule("dob", "some_text")) == {"dob": ("key", 0.5)}
    assert weights(rule("dob:1/0", "some_text"))["dob"][0] == "key+value"


def test_the_better_weight_comes_first() -> None:
    lexicon = Lexicon(
        [
            KeyRule("id.user", "key+value", ("uuid",), "exact", "thing:2/1"),
            KeyRule("id.ad", "key+value", ("uuid",), "exact", "thing:9/0"),
            KeyRule("id.install", "key", ("uuid",), "exact", "thing:99/0"),
        ]
    )
    meaning = lexicon.meaning("thing")
    assert meaning is not None
    assert [one.data_type for one in meaning.rules] == ["id.ad", "id.user", "id.install"]


def test_no_name_is_believed_that_was_mostly_wrong() -> None:
    for one in weigh(parse_keys((DATA / "keys.tsv").read_text("utf-8"), Knowledge().taxonomy)):
        assert one.wrong <= one.right + 2
        if one.evidence != "key":
            assert one.weight >= (BELIEVED_LOOSE if is_loose(one.shapes) else BELIEVED), one


def test_memory_of_names_is_bounded() -> None:
    lexicon = Lexicon([])
    for number in range(MEMO_SIZE + 50):
        lexicon.meaning(f"key{number}")
    assert len(lexicon.known) <= MEMO_SIZE


@given(st.text(max_size=90))
def test_any_key_has_types_or_none(key: str) -> None:
    assert LEXICON.types(key) == LEXICON.types(key)
