"""The committed sample report is what the program makes today: `pytest --regenerate` writes it anew."""

import json
import re
from pathlib import Path

import pytest

from analyzer.countries import load_countries
from tests.cli.running import HAR, SEEDS, invoke
from tests.conftest import ROOT

GOLDEN = ROOT / "reports" / "founding-case"
WORDS = ("--seeds", SEEDS, "--app", "com.example.citizenconnect", "--first-party", "jansamvad.example")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    invoke("analyze", HAR, *WORDS, "--output", folder)
    return folder


@pytest.mark.parametrize("name", ["report.html", "report.json"])
def test_the_sample_report_is_what_the_program_makes(made: Path, regenerate: bool, name: str) -> None:
    new, golden = (made / name).read_text(encoding="utf-8"), GOLDEN / name
    if regenerate:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        golden.write_text(new, encoding="utf-8", newline="\n")
    assert unversioned(golden.read_text(encoding="utf-8")) == unversioned(new), "pytest --regenerate, then read it"


def unversioned(text: str) -> list[str]:
    """Lines without the program's version, whose change alone needs no new sample."""
    return re.sub(r"\bapptells \d[\w.]*", "apptells", text).splitlines()


def test_the_first_sentence_tells_the_founding_case(made: Path) -> None:
    report = json.loads((made / "report.json").read_bytes())
    text = report["sentences"][0]["text"]
    what, _, where = text.partition(" to in.wzrkt.com, ")
    for kind in (
        "full name", "email address", "phone number", "profile photo", "gender", "date of birth",
        "OS name and version", "network type", "carrier",
    ):  # fmt: skip
        assert kind in what
    owner, server = where.split("; ")
    assert what.startswith("On 23 March 2018 the app com.example.citizenconnect transmitted ")
    assert owner == "operated by WizRocket Inc. (CleverTap), seat in the United States"
    assert server == "the server it reached was in Mumbai, India (network: AWS ap-south-1)."


def test_the_proof_of_the_first_sentence_is_the_profile_request(made: Path) -> None:
    report = json.loads((made / "report.json").read_bytes())
    sentence = report["sentences"][0]
    (request,) = [request for request in report["requests"] if request["exchange"] == sentence["exchange"]]
    assert request["url"].startswith("https://in.wzrkt.com/a1?")
    assert request["server_ip"] == "13.126.58.204"
    assert set(sentence["groups"]) <= set(request["groups"])
    groups = {group["id"]: group for recipient in report["recipients"] for group in recipient["groups"]}
    told = {groups[name]["data_type"] for name in sentence["groups"]}
    assert {"person.name.full", "person.email", "person.phone", "person.photo", "person.gender", "person.dob"} <= told


def test_the_four_answers_stay_apart(made: Path) -> None:
    report = json.loads((made / "report.json").read_bytes())
    (to,) = [to for to in report["destinations"] if to["host"] == "in.wzrkt.com"]
    assert (to["server_country"], to["owner_country"]) == ("IN", "US")
    assert (to["region"], to["place"], to["owner"]) == ("AWS ap-south-1", "Mumbai", "WizRocket Inc. (CleverTap)")
    assert load_countries()[to["server_country"]] == "India"
