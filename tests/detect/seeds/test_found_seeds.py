"""Findings of seeds, each once, with their reasons."""

from analyzer.detect.joined import Joined
from analyzer.detect.seeds.found_seeds import FoundSeeds, kind_of
from analyzer.detect.seeds.needles import Known
from analyzer.model import Field
from tests.detect.fields import joined

EMAIL = Known("person.email", "person.email", "without +tag")


def test_one_finding_for_a_field_and_derivation() -> None:
    found = FoundSeeds(joined("a", "b"))
    for _ in range(3):
        found.add(0, EMAIL, b"a")
        found.add(1, EMAIL, b"a", ending=", here")
    assert [(position, one.reasoning) for position, one in found.findings] == [
        (0, "Equals the seed for person.email, written without +tag."),
        (1, "Equals the seed for person.email, written without +tag, here."),
    ]


def test_what_the_decoder_opened_and_kept_is_one_finding() -> None:
    opened = Field("query", "x", "x", "a@b.example", ("base64",))
    kept = Field("query", "x", "x", "YUBiLmV4YW1wbGU=", ())
    found = FoundSeeds(Joined([opened, kept, kept]))
    found.add(0, EMAIL, b"a@b.example")
    found.add(1, EMAIL, b"a@b.example", ("base64",))
    assert len(found.findings) == 1


def test_the_same_value_in_two_fields_of_one_name_is_two_findings() -> None:
    field = Field("query", "x", "x", "a@b.example", ())
    found = FoundSeeds(Joined([field, field]))
    found.add(0, EMAIL, b"a@b.example")
    found.add(1, EMAIL, b"a@b.example")
    assert len(found.findings) == 2


def test_derivations_and_salts_are_told() -> None:
    found = FoundSeeds(joined("a"))
    found.add(0, Known("id.ad", "id.ad", "", "md5(salt + lower)", salt_of="Acme"), b"a", written="base64")
    ((_, one),) = found.findings
    assert one.transform == "md5(salt + lower), base64"
    assert one.reasoning == "Equals md5(salt + lower), base64 of the seed for id.ad, salt of Acme."
    assert found.held() == {(0, "id.ad")}


def test_names_are_of_one_kind() -> None:
    assert kind_of("person.name.given") == kind_of("person.name.full") != kind_of("person.email")
