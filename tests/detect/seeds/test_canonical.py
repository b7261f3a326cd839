"""The forms of each kind of seed."""

import pytest

from analyzer.detect.seeds.canonical import canonical_forms, hash_forms, keystroke_forms

EXPECTED = {
    ("person.email", "Ishaan.Kulkarni+shop@post.example"): [
        "ishaan.kulkarni@post.example",
        "ishaankulkarni@post.example",
    ],
    ("person.phone", "+919812345670"): [
        "919812345670",
        "9812345670",
        "09812345670",
        "00919812345670",
        "+91 98123 45670",
        "+91 9812345670",
        "+91-9812345670",
        "98123-45670",
        "981-234-5670",
    ],
    ("person.dob", "1988-03-14"): [
        "14/03/1988",
        "03/14/1988",
        "14-03-1988",
        "03-14-1988",
        "1988/03/14",
        "14.03.1988",
        "19880314",
        "14 mar 1988",
        "574300800",
        "574300800000",
        "574281000",  # midnight in UTC and in India
    ],
    ("loc.precise", "21.145823,79.088155"): [
        "21.145823",
        "79.088155",
        "21.14582",
        "79.08816",
        "79.08815",
        "21.1458",
        "21145823",
        "79088155",
        "211458230",
        "790881550",
        "21.145823,79.088155",
        "79.088155,21.145823",
        "21°08'44.96\"n",
        "79°05'17\"e",
        "tgb0r9q",  # geohash of 7
        "21.15,79.09",
        "79.0882,21.1458",
    ],
    ("id.imei", "35-417803-685978-9"): ["354178036859789", "35417803685978"],
    ("person.name.full", "Ishaan Kulkarni"): [
        "kulkarni ishaan",
        "kulkarni, ishaan",
        "ishaan+kulkarni",
        "ishaan_kulkarni",
        "ishaan.kulkarni",
        "ishaan-kulkarni",
        "ishaankulkarni",
    ],
    ("id.ad", "3F9A1C52-7B0E-4C6D-9E21-8A5D4B7C6F10"): ["3f9a1c527b0e4c6d9e218a5d4b7c6f10"],
    ("id.vendor", "3F9A1C527B0E4C6D9E218A5D4B7C6F10"): ["3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10"],
    ("id.user", "KRN-LOY-558213"): ["krnloy558213"],
    ("id.android", "01c39f5e7d0b4826"): ["1c39f5e7d0b4826", str(0x01C39F5E7D0B4826)],
    ("gov.in.aadhaar", "2341 2341 2346"): ["234123412346", "2341 2341 2346", "2341-2341-2346"],
    ("fin.card.pan", "4111111111111111"): ["4111 1111 1111 1111", "4111-1111-1111-1111"],
    ("id.mac", "D0:50:99:84:A2:A0"): ["d0:50:99:84:a2:a0", "d0-50-99-84-a2-a0", "d0509984a2a0"],
    ("net.bssid", "d0509984a2a0"): ["d0:50:99:84:a2:a0"],
}


@pytest.mark.parametrize("seed", EXPECTED, ids=lambda seed: seed[0])
def test_forms(seed: tuple[str, str]) -> None:
    data_type, value = seed
    forms = canonical_forms(data_type, value)
    assert set(EXPECTED[seed]) <= {form.text.lower() for form in forms}
    assert value.strip() in {form.text for form in forms}
    assert len({form.text for form in forms}) == len(forms)


def test_a_negative_android_id_in_decimal() -> None:
    forms = {form.text for form in canonical_forms("id.android", "a1c39f5e7d0b4826")}
    assert {str(0xA1C39F5E7D0B4826), str(0xA1C39F5E7D0B4826 - (1 << 64))} <= forms


@pytest.mark.parametrize(
    ("data_type", "value", "weak"),
    [
        ("person.dob", "1988-03-14", "1988"),
        ("loc.precise", "21.145823,79.088155", "21.146"),
        ("loc.precise", "21.145823,79.088155", "21.145"),
    ],
)
def test_forms_that_prove_nothing_alone_are_weak(data_type: str, value: str, weak: str) -> None:
    assert {form.text: form.weak for form in canonical_forms(data_type, value)}[weak]


def test_what_cannot_be_read_has_one_form() -> None:
    for data_type in ("person.dob", "loc.precise", "id.android", "person.name.full"):
        assert [form.text for form in canonical_forms(data_type, " strange ")] == ["strange"]


def test_hash_forms_are_normalised_as_ad_platforms_do() -> None:
    assert {"ishaan.kulkarni@post.example", "Ishaan.Kulkarni@post.example"} <= {
        form.text for form in hash_forms("person.email", " Ishaan.Kulkarni@post.example ")
    }
    assert {"+919812345670", "919812345670", "9812345670"} <= {
        form.text for form in hash_forms("person.phone", "+919812345670")
    }
    assert {"f", "female"} <= {form.text for form in hash_forms("person.gender", "Female")}
    assert "newdelhi" in {form.text for form in hash_forms("person.address.city", "New Delhi")}


def test_what_is_typed_before_a_value_is_complete() -> None:
    forms = keystroke_forms("person.email", " ishaan@post.example ")
    assert [form.text for form in forms] == ["ishaan@post.exampl", "ishaan@post.examp"]
    assert keystroke_forms("person.email", "i@p.io") == keystroke_forms("id.ad", "ishaan@post.example") == []


def test_rare_forms_are_not_hashed() -> None:
    hashed = {form.text for form in hash_forms("person.dob", "1988-03-14")}
    assert "574300800" in hashed
    assert "574281000" not in hashed
