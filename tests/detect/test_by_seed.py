"""Seeds: every form and every hash is found and named; parts of longer values and short words are not."""

import base64
import hashlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.detect.by_seed import BySeed, Seeds
from analyzer.detect.joined import Joined
from analyzer.detect.seeds.canonical import canonical_forms
from analyzer.detect.seeds.transforms import Salt
from analyzer.knowledge import Knowledge
from analyzer.model import Field, Finding
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
DEEP_SEARCH = BySeed(Seeds(PERSON), LEXICON, deep=True)


def find(*values: str) -> list[Finding]:
    return [finding for _, finding in SEARCH.find(joined(*values))]


STRONG = sorted(
    (data_type, form.text)
    for data_type, values in PERSON.items()
    for form in canonical_forms(data_type, values[0])
    if len(form.text) >= 5 and not form.weak and "1970" not in form.name and "coarse" not in form.name
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
        ("3F9A1C527B0E4C6D9E218A5D4B7C6F10", "sha256(upper, without dashes)"),
        ("9812345670", "sha256(without country code)"),
        ("kulkarni", "sha256(lower)"),
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
        "Ishaans Kulkarnis",
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


def test_the_words_of_a_name_are_found_apart() -> None:
    given, family = find("Ishaan", "Kulkarni")
    assert (given.data_type, family.data_type) == ("person.name.given", "person.name.family")
    assert {given.seed, family.seed} == {"person.name.full"}
    assert given.reasoning == "Equals part of the seed for person.name.full."


@pytest.mark.parametrize(("full", "word"), [("Grace Hill", "Grace"), ("Asha Rao", "asha")])
def test_short_and_common_names_count_under_fitting_keys_only(full: str, word: str) -> None:
    search = BySeed(Seeds({"person.name.full": [full]}), LEXICON)
    assert search.find(Joined([field("title", word), field("text", f"to {word} it")])) == []
    ((position, found),) = search.find(Joined([field("title", word), field("user.first_name", word)]))
    assert (position, found.data_type) == (1, "person.name.given")


# An address that does not hold the name, which would be found in half of it.
SPLIT = BySeed(Seeds({**PERSON, "person.email": ["Blue.Heron+shop@post.example"]}), LEXICON)


def two(first: str, second: str) -> list[tuple[int, str]]:
    fields = [field("a", first), field("z", "other"), field("b", second)]
    return [(position, finding.data_type) for position, finding in SPLIT.find(Joined(fields))]


@pytest.mark.parametrize(
    ("first", "second", "data_type"),
    [
        ("blue.heron+shop", "post.example", "person.email"),
        ("Blue.Heron+shop@", "POST.example", "person.email"),
        ("+91981", "2345670", "person.phone"),
        ("98123", "45670", "person.phone"),
        ("ABCPK", "1234L", "gov.in.pan"),
        ("3f9a1c52-7b0e", "4c6d-9e21-8a5d4b7c6f10", "id.ad"),
    ],
)
def test_a_value_in_two_parameters(first: str, second: str, data_type: str) -> None:
    assert two(first, second) == [(0, data_type)]
    assert two(second, first) == [(2, data_type)]
    ((_, found),) = SPLIT.find(Joined([field("a", first), field("b", second)]))
    assert "together with the value of 'b'" in found.reasoning


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("blue.heron+shop", "post.examples"),
        ("blue.heron+shop", "post"),
        ("x blue.heron+shop", "post.example"),
        ("blue.heron+shop\n", "post.example"),
        ("ABCPK1234", "L"),
        ("ABCPK", "1234X"),
    ],
)
def test_two_parameters_that_are_no_value(first: str, second: str) -> None:
    assert two(first, second) == []


def test_a_half_that_is_found_alone_is_not_found_twice() -> None:
    assert two("+91", "9812345670") == [(2, "person.phone")]
    assert [data_type for _, data_type in two("Ishaan", "Kulkarni")] == ["person.name.given", "person.name.family"]


@pytest.mark.parametrize("where", ["https://x.example/u/{}", "id:{};", "user_{}", "{}_7", "a,{},b", "ad5f4d{}"])
def test_a_digest_in_a_longer_text(where: str) -> None:
    digest = hashlib.sha256(b"919812345670").hexdigest()
    (found,) = find(where.format(digest))
    assert (found.data_type, found.transform, found.value) == ("person.phone", "sha256(digits only)", digest)


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40), st.booleans())
def test_a_value_within_bytes_in_base64_is_found_at_any_offset(before: bytes, after: bytes, urlsafe: bool) -> None:
    data = before + b"\x00Ishaan.Kulkarni+shop@post.example\x00" + after
    encoded = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(data).decode()
    for value in (encoded, encoded.rstrip("="), f"v1.{encoded}", f"to_{encoded}"):
        (found,) = find(value)
        assert (found.data_type, found.value) == ("person.email", "Ishaan.Kulkarni+shop@post.example")
        assert found.field.decoding[0] == "base64"
        assert found.field.value == value


@pytest.mark.parametrize("count", [1, 300])
def test_salts_are_named(count: int) -> None:
    salts = [Salt(f"salt {number}", "before", f"Tracker {number}") for number in range(count)]
    search = BySeed(Seeds({"id.ad": PERSON["id.ad"]}), LEXICON, salts=salts)
    digest = hashlib.sha1(salts[-1].text.encode() + PERSON["id.ad"][0].encode()).hexdigest()
    ((_, found),) = search.find(joined(digest))
    assert found.transform == "sha1(salt + as typed)"
    assert found.reasoning == f"Equals sha1(salt + as typed) of the seed for id.ad, salt of Tracker {count - 1}."


def test_an_encoded_value_that_the_decoder_keeps_too_is_one_finding() -> None:
    opened = Field("query", "x", "x", "9812345670", ("base64",))
    kept = Field("query", "x", "x", "id-" + base64.b64encode(b" 9812345670 ").decode(), ())
    assert len(SEARCH.find(Joined([opened, kept]))) == 1


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


@pytest.mark.parametrize("deep", [False, True])
def test_no_seeds_find_nothing(deep: bool) -> None:
    search = BySeed(Seeds({}), LEXICON, deep)
    assert search.find(joined("anything at all", "RuntimeException00", hashlib.md5(b"").hexdigest())) == []
    assert search.find(Joined([])) == []


@given(st.lists(st.text(st.characters(), max_size=60) | st.binary(max_size=60).map(bytes.hex), max_size=6))
@example(["Pune", "\ud800", "\n", ""])
def test_any_values_can_be_searched(values: list[str]) -> None:
    for search in (SEARCH, DEEP_SEARCH):
        fields = [field("city", value, location="host" if not at else "body") for at, value in enumerate(values)]
        assert all(found.field.path == fields[position].path for position, found in search.find(Joined(fields)))


def test_deep_mode_finds_what_is_found_without_it() -> None:
    fields = [field(f"x{at}", text) for at, (_, text) in enumerate(STRONG)]
    proven = {(position, found.data_type, found.transform) for position, found in SEARCH.find(Joined(fields))}
    assert len(proven) == len(fields)
    assert proven <= {(at, found.data_type, found.transform) for at, found in DEEP_SEARCH.find(Joined(fields))}


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
