"""Consent strings: what was written is read, nothing raises, and what is none is not taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.declared.bits import Bits
from analyzer.declared.consent import NAMES, consent_in
from analyzer.declared.gpp import decode_gpp, section_ids
from analyzer.declared.tcf import decode_tcf
from analyzer.declared.us_privacy import decode_us_privacy
from tests.declared.made import ALPHABET, fibonacci, gpp, number, packed, padded, tcf

PURPOSES = st.sets(st.integers(1, 24))
VENDORS = st.lists(st.integers(1, 1500), unique=True, max_size=40)


@given(PURPOSES, PURPOSES, st.sets(st.integers(1, 12)), VENDORS, VENDORS, st.booleans(), st.integers(0, 4095))
def test_tcf_is_read_as_it_was_written(
    purposes: set[int],
    interest: set[int],
    special: set[int],
    consented: list[int],
    interested: list[int],
    as_ranges: bool,
    cmp: int,
) -> None:
    read = decode_tcf(
        tcf(purposes=purposes, interest=interest, special=special, consented=consented, interested=interested,
            as_ranges=as_ranges, cmp=cmp)
    )  # fmt: skip
    assert read is not None
    assert read.purposes == tuple(sorted(purposes))
    assert read.legitimate_interest == tuple(sorted(interest))
    assert read.special_features == tuple(sorted(special))
    assert (read.vendors, read.vendors_legitimate_interest) == (len(consented), len(interested))
    assert (read.cmp, read.created, read.language, read.country) == (cmp, "2024-05-01", "EN", "IN")


@given(st.sampled_from(sorted(NAMES)), st.text(st.sampled_from(ALPHABET + ".~1YN-,_"), max_size=120) | st.text())
def test_nothing_raises(name: str, value: str) -> None:
    found = consent_in(name, value)
    assert found is None or found.says


@given(st.integers(1, 400))
def test_no_start_of_a_string_is_one_until_its_vendors_are_there(length: int) -> None:
    whole = tcf(purposes=(1, 2), consented=tuple(range(1, 60)), as_ranges=False)
    cut = whole[: min(length, 30)]
    assert decode_tcf(cut) is None


@pytest.mark.parametrize("text", ["", "B" + tcf()[1:], "CAAAAAAAAAAAAA", "consent", "true", "1YNN", "C" * 40_000])
def test_what_is_no_tcf_string(text: str) -> None:
    assert decode_tcf(text) is None


def test_a_tcf_string_of_the_wild_is_read() -> None:
    # The example of the framework's own specification.
    read = decode_tcf("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQ")
    assert read is not None
    assert (read.created, read.cmp, read.language) == ("2020-02-20", 27, "EN")
    assert read.purposes == (1, 2, 3)
    assert (read.vendors, read.vendors_legitimate_interest) == (3, 3)


@pytest.mark.parametrize(
    ("header", "sections"),
    [("DBABM~x", (2,)), ("DBACNY~x~1YNN", (2, 6)), ("DBABjw~x~1YNN", (5, 6))],
)
def test_the_headers_of_the_specification(header: str, sections: tuple[int, ...]) -> None:
    read = decode_gpp(header)
    assert read is not None
    assert read.sections == sections


@given(st.sets(st.sampled_from([2, 5, 6, 7, 8, 9, 10, 27]), min_size=1))
def test_gpp_is_read_as_it_was_written(ids: set[int]) -> None:
    contents = {2: tcf(purposes=(1, 4)), 6: "1YYN", 7: packed(number(1, 6) + "01" * 6 + "01" + "10" + "00")}
    read = decode_gpp(gpp({one: contents.get(one, "AAAA") for one in ids}))
    assert read is not None
    assert read.sections == tuple(sorted(ids))
    assert (read.tcf is not None) == (2 in ids)
    assert (read.us_privacy is not None) == (6 in ids)
    if 7 in ids:
        assert read.national is not None
        answers = read.national.sale, read.national.sharing, read.national.targeted_advertising
        assert answers == (True, False, None)


def test_a_header_that_names_more_sections_than_there_are_is_none() -> None:
    assert decode_gpp(gpp({2: tcf(), 6: "1YNN"}).rpartition("~")[0]) is None


@given(st.integers(1, 2_000_000))
def test_fibonacci(value: int) -> None:
    bits = Bits(packed(fibonacci(value)))
    assert bits.fibonacci() == value


@given(st.binary(min_size=3, max_size=60).filter(lambda data: len(data) % 3 == 0))
def test_bits_are_those_of_base64(data: bytes) -> None:
    text = packed("".join(format(byte, "08b") for byte in data))
    assert padded(text) == data
    assert Bits(text).number(len(data) * 8) == int.from_bytes(data)


@given(st.sampled_from("YN-yn"), st.sampled_from("YN-"), st.sampled_from("YN-"))
def test_us_privacy(notice: str, opted_out: str, agreement: str) -> None:
    read = decode_us_privacy(f"1{notice}{opted_out}{agreement}")
    words = {"Y": True, "N": False, "-": None}
    assert read is not None
    assert (read.notice, read.opted_out) == (words[notice.upper()], words[opted_out])
    assert read.agreement is words[agreement]


@pytest.mark.parametrize("text", ["", "1", "2YNN", "1YN", "1YNNN", "1ABC", "1YNN\n"])
def test_what_is_no_us_privacy_string(text: str) -> None:
    assert decode_us_privacy(text) is None


@pytest.mark.parametrize(
    ("text", "ids"), [("2,6", (2, 6)), ("7_8", (7, 8)), ("7", (7,)), ("", ()), ("0", ()), ("²", ())]
)
def test_section_ids(text: str, ids: tuple[int, ...]) -> None:
    assert section_ids(text) == ids


@pytest.mark.parametrize(
    ("name", "value", "framework", "refuses"),
    [
        ("gdpr_consent", tcf(), "TCF 2", True),
        ("IABTCF_TCString", tcf(purposes=(1,), consented=(755,)), "TCF 2", False),
        ("us_privacy", "1YYN", "US Privacy", True),
        ("us_privacy", "1YNN", "US Privacy", False),
        ("us_privacy", "1---", "US Privacy", None),
        ("gpp", gpp({2: tcf(purposes=(1,)), 6: "1YYN"}), "GPP", True),
        ("gpp", gpp({8: "BAAAAAAA"}), "GPP", None),
        ("gpp_sid", "2,7", "GPP sections", None),
    ],
)
def test_strings_are_found_by_name_and_form(name: str, value: str, framework: str, refuses: bool | None) -> None:
    found = consent_in(name, value)
    assert found is not None
    assert (found.framework, found.refuses) == (framework, refuses)


@pytest.mark.parametrize(
    ("name", "value"), [("consent", "granted"), ("session", tcf()), ("gpp", "1YNN"), ("ccpa", "1")]
)
def test_other_fields_are_none(name: str, value: str) -> None:
    assert consent_in(name, value) is None


def test_words() -> None:
    found = consent_in("consent", tcf(purposes=(1, 3), interest=(7,), consented=(755,), interested=(1, 2)))
    assert found is not None
    assert found.says == (
        "consent to purposes 1, 3; legitimate interest for purpose 7; 1 company with consent, 2 companies with "
        "legitimate interest; set on 2024-05-01 by consent platform 10"
    )
