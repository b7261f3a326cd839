"""Data types and how values of each are masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.knowledge import Knowledge
from analyzer.taxonomy import within_sentence

TAXONOMY = Knowledge().taxonomy


def test_ids_are_known_and_have_words() -> None:
    assert "person.email" in TAXONOMY
    assert "person.shoe_size" not in TAXONOMY
    for kind in TAXONOMY:
        assert TAXONOMY.get(kind.id) == kind
        assert kind.label
        assert kind.group
        assert 0 <= kind.sensitivity <= 4
    with pytest.raises(KeyError):
        TAXONOMY.get("person.shoe_size")


@pytest.mark.parametrize(
    ("data_type", "value", "masked"),
    [
        ("person.email", "ishaan@post.example", "i…e"),
        ("person.address.city", "Pune", "…"),
        ("fin.card.pan", "4111111111111111", "411111…1111"),
        ("gov.in.aadhaar", "2341 2341 2346", "XXXX XXXX 2346"),
        ("auth.password", "S3cret!pass", "(11 characters)"),
        ("dev.os", "Android 14", "Android 14"),
        ("dev.os", "9812345670", "9…0"),
        ("person.photo", f"data:image/jpeg;bytes=31204;sha256={'ab' * 32}", "image/jpeg, 31,204 bytes"),
        ("person.photo", "data:image/jpeg;bytes=31204;sha256=asha", "d…a"),
    ],
)
def test_masking(data_type: str, value: str, masked: str) -> None:
    assert TAXONOMY.mask(data_type, value) == masked


@given(st.sampled_from([kind for kind in TAXONOMY if kind.sensitivity]), st.text(min_size=5, max_size=60))
def test_no_sensitive_value_is_shown_whole(kind: object, value: str) -> None:
    assert value not in TAXONOMY.mask(kind.id, value)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Email address", "email address"),
        ("Aadhaar number", "Aadhaar number"),
        ("Permanent Account Number (income tax)", "Permanent Account Number"),
        ("UPI ID (VPA)", "UPI ID"),
        ("Wi-Fi SSID", "Wi-Fi SSID"),
        ("In-app search query", "in-app search query"),
        ("E-mail content", "e-mail content"),
        ("Vendor device ID (CleverTap GUID, Mixpanel distinct_id...)", "vendor device ID"),
        ("Google Services Framework ID", "Google Services Framework ID"),
        ("Bluetooth state, beacons or nearby devices", "Bluetooth state, beacons or nearby devices"),
    ],
)
def test_labels_within_a_sentence(label: str, within: str) -> None:
    assert within_sentence(label) == within


def test_no_label_of_the_taxonomy_loses_the_capital_of_a_name() -> None:
    lowered = {within_sentence(kind.label).split(" ")[0] for kind in TAXONOMY}
    assert not {word for word in lowered if word[:1].islower() and not word[1:].islower()}
    assert not lowered & {"aadhaar", "android", "bluetooth", "google", "indian", "permanent", "us", "wi-fi"}
