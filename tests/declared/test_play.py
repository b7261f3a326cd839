"""Google Play's Data safety answers, from the console and from the public page."""

import csv
import json
from pathlib import Path

import pytest

from tests.declared.made import FIXTURES, knowledge, read_one, written


def test_the_console_export() -> None:
    found = read_one("data-safety.csv")
    assert found.collected == {"PSL_NAME", "PSL_EMAIL", "PSL_DEVICE_ID"}
    assert found.shared == {"PSL_DEVICE_ID", "PSL_PURCHASE_HISTORY"}
    assert found.unclear == {"PSL_USER_ACCOUNT"}
    assert found.encrypted is True
    assert not found.hides_ephemeral


@pytest.mark.parametrize("name", ["data-safety.html", "data-safety.json"])
def test_the_public_page_and_what_tools_make_of_it(name: str) -> None:
    found = read_one(name)
    assert found.collected == {"PSL_NAME", "PSL_EMAIL", "PSL_DEVICE_ID"}
    assert found.shared == {"PSL_DEVICE_ID"}
    assert found.encrypted is True
    assert found.is_complete
    assert found.hides_ephemeral


def test_labels_that_are_not_known_leave_the_rest_open(tmp_path: Path) -> None:
    text = (FIXTURES / "data-safety.json").read_text().replace("Email address", "Adresse e-mail")
    found = written(tmp_path / "label.json", text)
    assert found.collected == {"PSL_NAME", "PSL_DEVICE_ID"}
    assert not found.is_complete
    assert "Labels that are not known here: 1; save the page in English" in found.declaration.note


def test_a_page_that_says_data_is_not_encrypted(tmp_path: Path) -> None:
    text = (FIXTURES / "data-safety.json").read_text().replace("Data is encrypted", "Data isn’t encrypted")
    assert written(tmp_path / "label.json", text).encrypted is False


def test_a_form_that_declares_nothing(tmp_path: Path) -> None:
    found = written(tmp_path / "label.json", json.dumps({"sharedData": [], "collectedData": []}))
    assert (found.collected, found.shared, found.is_complete) == (frozenset(), frozenset(), True)


@pytest.mark.parametrize("odd", [None, 7, "x", [], [None], [[None, "x"]], {"a": 1}])
def test_odd_values_are_passed_over(tmp_path: Path, odd: object) -> None:
    data = {"sharedData": [odd], "collectedData": [{"data": odd}, {"data": "Name"}], "securityPractices": odd}
    assert "PSL_NAME" in written(tmp_path / "a", json.dumps(data)).collected


def test_the_kinds_are_those_of_the_taxonomy() -> None:
    kinds = knowledge().wording.schemes["play"]
    named = {kind for row in knowledge().taxonomy for kind in row.columns["play"].split("|") if kind}
    assert len(kinds) == 38
    assert kinds.keys() == named


def test_ids_of_the_export_are_known() -> None:
    with (FIXTURES / "data-safety.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    chosen = {row[1] for row in rows if row[0].startswith("PSL_DATA_TYPES_")}
    assert chosen <= knowledge().wording.schemes["play"].keys()
