"""Names: believed with a fitting value, and for vague names only in a person's company."""

import json
from pathlib import Path

import pytest

from analyzer.decode.exchange import Decoder
from analyzer.detect.by_key import ByKey
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Field, Finding
from analyzer.pipeline import Detection
from tests.detect.fields import field

SEARCH = ByKey(Knowledge().lexicon)


def find(*fields: Field, known: tuple[tuple[int, str], ...] = ()) -> list[tuple[int, str]]:
    others = [
        (position, Finding(field=fields[position], data_type=data_type, evidence="validated", reasoning="r", value="v"))
        for position, data_type in known
    ]
    return sorted((position, found.data_type) for position, found in SEARCH.find(fields, others))


def find_json(tree: object) -> dict[str, str]:
    """Path of a field -> data type, of what the names in a JSON body say."""
    decoded = Decoder().decode(Exchange(index=0, url="https://x.example/", body=json.dumps(tree).encode()))
    return {found.field.path: found.data_type for _, found in SEARCH.find(decoded.fields, [])}


def test_a_name_needs_a_fitting_value() -> None:
    assert find(field("dob", "1988-03-14")) == [(0, "person.dob")]
    assert find(field("dob", "yes")) == []
    assert find(field("gender", "all"), field("pin", "true"), field("sex", ""), field("race", "condition")) == []


def test_no_key_and_value_without_its_shape() -> None:
    lexicon = Knowledge().lexicon
    for name in (
        "email",
        "phone",
        "dob",
        "gender",
        "aadhaar",
        "pan",
        "gaid",
        "android_id",
        "pincode",
        "city",
        "vpa",
        "imei",
    ):
        meaning = lexicon.meaning(name)
        assert meaning is not None
        assert all(found[1].evidence == "key" for found in SEARCH.find([field(name, "\x01 \x02")], [])), name


def test_vague_names_count_beside_something_personal() -> None:
    alone = [field("x.name", "Ishaan Kulkarni")]
    assert find(*alone) == []
    assert find(*alone, field("x.email", "ishaan@post.example")) == [(0, "person.name.full"), (1, "person.email")]
    assert find(*alone, field("y.email", "ishaan@post.example")) == [(1, "person.email")]
    assert find(*alone, field("x.value7", "1"), known=((1, "person.phone"),)) == [(0, "person.name.full")]


def test_vague_names_count_below_a_person() -> None:
    assert find(field("data.user.name", "Ishaan Kulkarni")) == [(0, "person.name.full")]
    assert find(field("data.userProfile.name", "Ishaan Kulkarni")) == [(0, "person.name.full")]
    assert find(field("data.event.name", "Ishaan Kulkarni")) == []


def test_beside_holds_through_wrappers_and_pairs() -> None:
    fields = {"name": {"stringValue": "Ishaan Kulkarni"}, "email": {"stringValue": "ishaan@post.example"}}
    assert find_json({"fields": fields})["fields.name.stringValue"] == "person.name.full"
    pairs = [{"name": "name", "value": "Ishaan Kulkarni"}, {"name": "email", "value": "ishaan@post.example"}]
    assert find_json({"attrs": pairs})["attrs[0].value"] == "person.name.full"


@pytest.mark.parametrize("thing", ["store", "company", "product", "device", "app", "merchant", "plan"])
def test_the_name_of_a_thing_is_nobodys(thing: str) -> None:
    tree = {"user": {"email": "ishaan@post.example", thing: {"name": "Andheri East", "phone": "+912226831111"}}}
    assert set(find_json(tree).values()) == {"person.email"}


def test_the_object_around_id_and_value_explains_it() -> None:
    tree = {
        "GAID": [{"id": "3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10"}],
        "mobilePhone": {"number": "+919812345670"},
        "order": {"id": "9812345670"},
    }
    assert find_json(tree) == {"GAID[0].id": "id.ad", "mobilePhone.number": "person.phone"}


def test_coordinates_come_in_pairs() -> None:
    assert find(field("lat", "21.146"), field("lon", "79.088")) == [(0, "loc.precise"), (1, "loc.precise")]
    assert find(field("lat", "21.1"), field("lon", "79.1")) == [(0, "loc.coarse"), (1, "loc.coarse")]
    assert find(field("lat", "42.125")) == []
    assert find(field("user.latitude", "21.146")) == [(0, "loc.precise")]
    assert find(field("lat", "0"), field("lon", "0")) == []
    assert find(field("lat", "128.5"), field("lon", "7.5")) == []
    assert find(field("geo[0]", "79.0881", "geo"), field("geo[1]", "21.1458", "geo")) == [
        (0, "loc.precise"),
        (1, "loc.precise"),
    ]
    assert find(field("store.lat", "19.1197"), field("store.lng", "72.8468")) == []


# A name with an everyday meaning: what must not be a finding under it, and what is one.
TRAPS = [
    ("condition", "partly cloudy", "Type 2 diabetes", "special.health"),
    ("treatment", "variant-3", "insulin twice a day", "special.health"),
    ("diagnosis", "slow network", "E11.9", "special.health"),
    ("symptoms", "app crashes", "fever and cough", "special.health"),
    ("race", "condition", "South Asian", "special.ethnicity"),
    ("party", "third", "Green Party", "special.politics"),
    ("faith", "12", "Sikh", "special.religion"),
    ("community", "open", "Jain", "special.religion"),
    ("caste", "off", "Maratha", "special.caste"),
    ("category_caste", "Staples", "OBC", "special.caste"),
    ("union_member", "left", "true", "special.union"),
    ("snp", "on", "rs53576", "special.genetic"),
    ("is_child", "node", "true", "special.child"),
    ("state", "loading", "Maharashtra", "person.address.region"),
    ("pin", "true", "440010", "person.address.postcode"),
    ("aadhaar_vid", "2341234123412342", "2341234123412341", "gov.in.vid"),
    ("nir", "295109912611199", "295109912611193", "gov.other"),
    ("dni", "54362315Z", "54362315K", "gov.other"),
    ("nhs", "9434765871", "9434765870", "gov.other"),
    ("passport", "expired", "K1234561", "gov.in.passport"),
    ("vehicle_no", "two", "MH 31 AB 1234", "gov.in.vehicle"),
    ("expiry", "3600", "12/29", "fin.card.expiry"),
    ("cvc", "h264", "123", "fin.card.cvv"),
    ("wallet", "leather", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "fin.wallet.crypto"),
    ("ssid", "<unknown ssid>", "Kulkarni Home", "net.ssid"),
    ("device_name", "SM-F946B", "Ishaan's iPhone", "dev.name"),
    ("cell_identity", "4.12.0.1183", "404-68-20417-120450321", "net.cell"),
    ("installed_apps", "12 apps", "com.bank.example", "dev.apps"),
    ("sms", "true", "Your account is credited with money", "content.sms"),
    ("gender", "all", "non-binary", "person.gender"),
    ("title", "Album", "Mrs", "person.gender"),
    ("recording", "on", "SUQz" + "A" * 120, "content.audio"),
]


@pytest.mark.parametrize(("key", "everyday", "personal", "data_type"), TRAPS, ids=[trap[0] for trap in TRAPS])
def test_a_name_with_an_everyday_meaning_needs_the_value_to_agree(
    key: str, everyday: str, personal: str, data_type: str
) -> None:
    def claimed(value: str) -> set[str]:
        beside = field("user.email", "ishaan@post.example")
        found = SEARCH.find([field(f"user.{key}", value), beside], [])
        return {one.data_type for position, one in found if position == 0 and one.evidence != "key"}

    assert claimed(everyday) == set()
    assert claimed(personal) == {data_type}


def test_a_value_is_told_by_the_name_beside_it() -> None:
    rows = [{"Name": "lastname", "Value": "Kulkarni"}, {"variable_name": "dob", "value": "1988-03-14", "display": "x"}]
    assert find_json({"Data": rows, "id": {"type": "CPF", "number": "529.982.247-25", "at": 1}}) == {
        "Data[0].Value": "person.name.family",
        "Data[1].value": "person.dob",
        "id.number": "gov.other",
    }
    traits = [{"trait_key": "gender", "trait_value": "female"}, {"idType": "SHA256_EMAIL", "idValue": "ab" * 32}]
    assert find_json({"traits": traits}) == {
        "traits[0].trait_value": "person.gender",
        "traits[1].idValue": "person.email.hashed",
    }


def test_a_name_beside_a_value_of_another_shape_or_far_away_tells_nothing() -> None:
    rows = [{"Name": "lastname", "Value": "v1.2"}, {"Name": "zone", "Value": "Kulkarni"}, {"type": "phone", "id": "P8"}]
    assert find_json({"Data": rows}) == {}
    assert find_json({"type": "dob", "value": {"x": "1988-03-14"}}) == {}
    far = {"type": "CPF", "a": 1, "b": 2, "c": 3, "number": "529.982.247-25"}
    assert find_json({"thing": far}) == {}


def test_dates_of_birth_in_objects() -> None:
    assert find_json({"birthday": {"__type": "Date", "iso": "1969-02-27T00:00:00.000Z"}}) == {
        "birthday.iso": "person.dob"
    }
    assert find_json({"dob": {"day": 30, "month": 12, "year": 1979}}) == {"dob.year": "person.dob"}
    assert find_json({"release": {"iso": "1969-02-27", "year": 1979}}) == {}


def test_one_of_several_is_told_by_the_object_around_it() -> None:
    assert find_json({"phones": {"home": "0221 1234567", "work": "x"}, "emails": {"primary": "a@post.example"}}) == {
        "phones.home": "person.phone",
        "emails.primary": "person.email",
    }


def test_a_name_in_two_parts() -> None:
    patient = {
        "name": [{"family": "Shah-Brown", "given": ["Priyanka"]}],
        "telecom": [{"system": "phone", "value": "x"}],
    }
    assert find_json(patient) == {"name[0].family": "person.name.family", "name[0].given[0]": "person.name.given"}
    assert find_json({"telecom": [{"system": "phone", "value": "07911 123456"}]}) == {
        "telecom[0].value": "person.phone"
    }
    assert find_json({"birth": {"date": "1981-04-30"}, "release": {"date": "1981-04-30"}}) == {
        "birth.date": "person.dob"
    }
    assert find_json({"user_agent": {"family": "Opera"}, "font": {"family": "Roboto"}, "page": {"first": "Sale"}}) == {}


def test_what_a_supplier_or_a_depot_has_is_nobodys() -> None:
    place = {"name": "Max Lindner", "phone": "0221 1234567", "address1": "Ringstrasse 12", "postalCode": "50667"}
    assert find_json({"suppliers": [place], "pickupPoint": place}) == {}
    assert set(find_json({"recipient": place}).values()) == {
        "person.name.full", "person.phone", "person.address.postal", "person.address.postcode",
    }  # fmt: skip


def test_one_word_under_name_is_a_given_name_beside_a_family_name_only() -> None:
    assert find_json({"buyer": {"name": "Thiago", "surname": "Albuquerque"}}) == {
        "buyer.name": "person.name.given",
        "buyer.surname": "person.name.family",
    }
    assert find_json({"buyer": {"name": "Premium", "email": "a@post.example"}}) == {"buyer.email": "person.email"}


@pytest.mark.parametrize(
    ("key", "value", "data_type"),
    [
        ("recipients", "2348031234567", "person.phone"),
        ("street_name", "Rua das Palmeiras", "person.address.postal"),
        ("first_line", "Lindenallee 48a", "person.address.postal"),
        ("identityNumber", "52998224725", "gov.other"),
        ("ssn", "4399", "gov.us.ssn"),
        ("bvn", "22212345678", "gov.other"),
        ("apellido_paterno", "Robledo", "person.name.family"),
        ("fechaNac", "22/01/1986", "person.dob"),
        ("Birthdate__c", "1981-04-30", "person.dob"),
        ("phone_primary", "+49 221 1234567", "person.phone"),
        ("email", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "person.email.hashed"),
    ],
)
def test_names_that_were_learned_from_kinds_of_services(key: str, value: str, data_type: str) -> None:
    assert find(field(key, value)) == [(0, data_type)]
    assert find(field(key, "all")) == []


def test_the_name_of_someone_acting_counts() -> None:
    assert find(field("event.actor.name", "Chinwe Okonkwo")) == [(0, "person.name.full")]
    assert find(field("events[0].data.kunde_name", "Jürgen Schönfeldt", "kunde_name")) == [(0, "person.name.full")]
    assert find(field("cardholder.name", "Ximena Robledo")) == [(0, "person.name.full")]
    assert find(field("event.target.name", "Chinwe Okonkwo")) == []


def test_a_genre_is_a_gender_only_of_a_person() -> None:
    assert find(field("user.genre", "femme")) == [(0, "person.gender")]
    assert find(field("track.genre", "femme"), field("user.genre", "jazz")) == []


def test_the_reasoning_names_key_and_shape() -> None:
    ((_, found),) = SEARCH.find([field("d.Gender", "F")], [])
    assert found.reasoning == "The key 'Gender' names such a value and the value has the shape of gender."
    assert (found.evidence, found.value) == ("key+value", "F")


# What software development kits of many services send, written by hand: service -> (request, data types it holds).
SERVICES = json.loads((Path(__file__).parent / "services.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def detection() -> Detection:
    return Detection(Knowledge(), None)


@pytest.mark.parametrize("service", SERVICES)
def test_bodies_of_services_are_understood_without_seeds(service: str, detection: Detection) -> None:
    case = SERVICES[service]
    exchange = Exchange(
        index=0, url=case["url"], method="POST", headers=(("Content-Type", case["type"]),), body=case["body"].encode()
    )
    found = detection.find(exchange, Decoder().decode(exchange))
    assert set(case["holds"]) <= {finding.data_type for finding in found}
