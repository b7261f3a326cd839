"""Seeds: every form and every hash is found and named; parts of longer values and short words are not."""

import base64
import hashlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.by_seed import BySeed, Seeds
from analyzer.detect.canonical import canonical_forms
from analyzer.detect.joined import Joined
from analyzer.knowledge import Knowledge
from analyzer.model import Finding
from tests.detect.fields import field, joined

LEXICON = Knowledge().lexicon
PERSON: Mapping[str, Sequence[str]] = {
    "person.email": ["Ishaan.Kulkarni+shop@post.example"],
    "person.phone": ["+919812345670"],
    "person.dob": ["1988-03-14"],
    "person.name.full": ["Ishaan Kulkarni"],
    "person.gender": ["M"],
    "person.address.city": ["Pune"],
    "person.address.postcode": ["440010"],
    "loc.precise": ["21.145823,79.088155"],
    "id.ad": ["3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10"],
    "id.android": ["a1c39f5e7d0b4826"],
    "gov.in.aadhaar": ["234123412346"],
    "gov.in.pan": ["ABCPK1234L"],
}
SEARCH = BySeed(Seeds(PERSON), LEXICON)


def find(*values: str) -> list[Finding]:
    return [finding for _, finding in SEARCH.find(joined(*values))]


STRONG = sorted(
    (data_type, form.text)
    for data_type, values in PERSON.items()
    for form in canonical_forms(data_type, values[0])
    if len(form.text) >= 5 and not form.weak and "1970" not in form.name
)


@pytest.mark.parametrize(("data_type", "text"), STRONG)
def test_every_form_is_found_plain_and_hashed(data_type: str, text: str) -> None:
    (plain,) = find(f"value: {text.swapcase()}")
    assert (plain.data_type, plain.seed, plain.transform, plain.evidence) == (data_type, data_type, "plain", "seed")
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, text.encode()).digest()
        writings = [
            digest.hex(),
            digest.hex().upper(),
            base64.b64encode(digest).decode(),
            base64.urlsafe_b64encode(digest).decode(),
        ]
        for position, written in enumerate([*writings, writings[3].rstrip("=")]):
            (hashed,) = find(written)
            assert hashed.data_type == data_type
            assert hashed.transform.startswith(f"{name}(")
            assert ("base64" in hashed.transform) == (position > 1)
            assert hashed.transform in hashed.reasoning


@pytest.mark.parametrize(
    ("text", "transform"),
    [
        ("Ishaan.Kulkarni+shop@post.example", "sha256(as typed)"),
        ("ishaan.kulkarni+shop@post.example", "sha256(lower)"),
        ("ishaankulkarni@post.example", "sha256(lower, without dots)"),
        ("919812345670", "sha256(digits only)"),
        ("m", "sha256(lower)"),
    ],
)
def test_a_derivation_is_named(text: str, transform: str) -> None:
    (found,) = find(hashlib.sha256(text.encode()).hexdigest())
    assert found.transform == transform


@pytest.mark.parametrize(
    "value",
    [
        "9198123456701",
        "x9812345670",
        "id:1919812345670",
        "1234400101",
        "a440010b",
        "Ishaan Kulkarnis",
        "ABCPK1234LX",
        "2341234123461",
        "574300800123456",
        "Ishaan_Kulkarni_2.jpg",
    ],
)
def test_a_part_of_a_longer_word_or_number_is_not_it(value: str) -> None:
    assert [found for found in find(value) if found.value.lower() not in ("ishaan_kulkarni",)] == []


def test_inside_a_text() -> None:
    (found,) = find("Dear Ishaan Kulkarni, your parcel is on its way")
    assert (found.data_type, found.value) == ("person.name.full", "Ishaan Kulkarni")


def test_short_and_common_values_count_under_fitting_keys_only() -> None:
    assert find("Pune", "M", "1988", "Pune to Nagpur") == []
    fields = [
        field("city", "pune"),
        field("gender", "m"),
        field("yob", "1988"),
        field("grade", "M"),
        field("title", "Pune"),
        field("lat", "21.146"),
    ]
    found = SEARCH.find(Joined(fields))
    assert [(position, finding.data_type) for position, finding in found] == [
        (0, "person.address.city"),
        (1, "person.gender"),
        (2, "person.dob"),
        (5, "loc.precise"),
    ]
    assert all("under the key" in finding.reasoning for _, finding in found)


def test_a_seed_in_a_longer_seed_is_not_reported_beside_it() -> None:
    search = BySeed(Seeds({"person.name.given": ["Ishaan"], "person.name.full": ["Ishaan Kulkarni"]}), LEXICON)
    found = search.find(joined("Ishaan Kulkarni", "hello Ishaan"))
    assert [(position, finding.data_type) for position, finding in found] == [
        (0, "person.name.full"),
        (1, "person.name.given"),
    ]


@pytest.mark.parametrize("written", ["Élodie Müller", "ÉLODIE MÜLLER", "élodie müller"])
@pytest.mark.parametrize("typed", ["Élodie Müller", "élodie müller"])
def test_letters_beyond_ascii_in_any_case(typed: str, written: str) -> None:
    search = BySeed(Seeds({"person.name.full": [typed]}), LEXICON)
    ((_, found),) = search.find(joined(f"hello {written}"))
    assert found.value == written


def test_a_value_that_repeats_is_one_finding_a_field() -> None:
    assert len(find("ABCPK1234L " * 30_000, "ABCPK1234L")) == 2


def test_no_seeds_find_nothing() -> None:
    assert BySeed(Seeds({}), LEXICON).find(joined("anything at all")) == []


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["ABCPK1234L", "+919812345670", "Ishaan Kulkarni"]))
def test_a_seed_between_spaces_is_always_found(before: str, after: str, seed: str) -> None:
    assert seed in {found.value for found in find(f"{before} {seed} {after}")}


@pytest.mark.parametrize(
    ("key", "value", "data_type"),
    [
        ("lat", "21.146", "loc.precise"),
        ("lat", "21.15", "loc.coarse"),
        ("longitude", "79.1", "loc.coarse"),
        ("x", "21.1", None),
    ],
)
def test_a_rounded_place_is_as_precise_as_its_decimals(key: str, value: str, data_type: str | None) -> None:
    found = [finding for _, finding in SEARCH.find(Joined([field(key, value)]))]
    assert [(one.data_type, one.seed) for one in found] == ([(data_type, "loc.precise")] if data_type else [])
