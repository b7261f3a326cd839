"""Apple's privacy labels and manifests."""

import json
import plistlib
from pathlib import Path

import pytest

from tests.declared.made import FIXTURES, knowledge, read_one, written

PREFIX = "NSPrivacyCollectedDataType"


@pytest.mark.parametrize("name", ["privacy-label.json", "privacy-label.html"])
def test_the_label(name: str) -> None:
    found = read_one(name)
    assert found.collected == {"Name", "EmailAddress", "UserID", "DeviceID", "CoarseLocation"}
    assert found.tracking == {"DeviceID"}
    assert found.unclear == frozenset()
    assert found.is_complete


def test_a_label_that_names_categories_only_leaves_their_kinds_open() -> None:
    found = read_one("privacy-label-categories.html")
    assert found.collected == frozenset()
    assert found.unclear == {"Name", "EmailAddress", "PhoneNumber", "PhysicalAddress", "OtherUserContactInfo"}
    assert "categories without their data types" in found.declaration.note


def test_a_label_of_an_app_that_collects_nothing(tmp_path: Path) -> None:
    text = json.dumps({"privacyTypes": [{"identifier": "DATA_NOT_COLLECTED", "dataCategories": [], "purposes": []}]})
    found = written(tmp_path / "label", text)
    assert (found.collected, found.unclear, found.is_complete) == (frozenset(), frozenset(), True)


def test_labels_that_are_not_known(tmp_path: Path) -> None:
    text = (FIXTURES / "privacy-label.json").read_text().replace("Coarse Location", "Ort")
    found = written(tmp_path / "label", text)
    assert not found.is_complete
    assert "save the page in English" in found.declaration.note


@pytest.mark.parametrize("name", ["PrivacyInfo.xcprivacy", "PrivacyInfo-binary.xcprivacy"])
def test_the_manifest(name: str) -> None:
    found = read_one(name)
    assert found.collected == {"EmailAddress", "DeviceID"}
    assert found.tracking == {"DeviceID"}
    assert "Domains that it says track: in.wzrkt.com." in found.declaration.note


def test_a_manifest_with_odd_values(tmp_path: Path) -> None:
    entries = ["x", 7, {PREFIX: 3}, {PREFIX: f"{PREFIX}Shoes"}, {PREFIX: f"{PREFIX}Name", f"{PREFIX}Tracking": "yes"}]
    found = written(
        tmp_path / "a", plistlib.dumps({f"{PREFIX}s": entries, "NSPrivacyTrackingDomains": [1, "a.example"]})
    )
    assert (found.collected, found.tracking, found.is_complete) == (frozenset({"Name"}), frozenset(), False)


def test_the_kinds_are_those_of_the_taxonomy() -> None:
    kinds = knowledge().wording.schemes["apple"]
    named = {kind for row in knowledge().taxonomy for kind in row.columns["apple"].split("|") if kind}
    assert len(kinds) == 35
    assert kinds.keys() == named
