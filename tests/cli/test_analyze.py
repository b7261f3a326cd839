"""`apptells analyze`: what it writes, where, and for whose eyes."""

import csv
import io
import json
import re
import stat
from pathlib import Path

import pytest

from analyzer.cli import analyze as command
from tests.cli.running import FLOW, HAR, LABELLED, SEEDS, invoke, run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def empty(folder: Path, entries: str = "") -> Path:
    capture = folder / "c.har"
    log = '"version":"1.2","creator":{"name":"made","version":"1"}'
    capture.write_text(f'{{"log":{{{log},"entries":[{entries}]}}}}')
    return capture


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_folder_is_named_after_the_capture_and_private(here: Path) -> None:
    said = invoke("analyze", HAR).output
    folder = here / "founding-case-report"
    assert sorted(path.name for path in here.rglob("*")) == ["founding-case-report", "report.html", "report.json"]
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert "Report: founding-case-report/report.html" in said
    assert "Report: founding-case-report/report.json" in said
    assert "1. On 23 March 2018 the app transmitted full name" in said


def test_a_flow_file_is_read_too(here: Path) -> None:
    invoke("analyze", FLOW, "--output", "deep/er")
    assert json.loads((here / "deep/er/report.json").read_bytes())["capture"]["format"] == "mitmproxy flows"


@pytest.mark.parametrize("form", command.FORMATS)
def test_one_format(here: Path, form: str) -> None:
    invoke("analyze", HAR, "--format", form, "--output", f"one.{form}")
    invoke("analyze", HAR, "--format", form)
    named, default = here / f"one.{form}", here / "founding-case-report" / f"report.{form}"
    assert named.read_bytes() == default.read_bytes()
    assert mode(named) == mode(default) == 0o600
    assert [path.name for path in default.parent.iterdir()] == [f"report.{form}"]
    starts = {"html": b"<!doctype html>", "json": b'{"schema": 1', "csv": b"exchange,host,"}
    assert named.read_bytes().lower().startswith(starts[form])


@pytest.mark.parametrize("form", command.FORMATS)
def test_standard_output_holds_the_document_and_nothing_else(tmp_path: Path, form: str) -> None:
    done = run("analyze", HAR, "--format", form, "--output", "-", cwd=tmp_path)
    run("analyze", HAR, "--format", form, "--output", "f", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout == (tmp_path / "f").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_pipe_gets_no_escape_codes_and_no_progress(tmp_path: Path) -> None:
    done = run("analyze", HAR, cwd=tmp_path, FORCE_COLOR="", TERM="xterm-256color")
    assert done.stderr == b""
    assert b"\x1b" not in done.stdout
    assert b"\r" not in done.stdout
    assert b"Reading" not in done.stdout


def test_a_second_run_replaces_the_files_at_once(here: Path) -> None:
    invoke("analyze", HAR, "--output", "r")
    first = {path.name: path.stat().st_ino for path in (here / "r").iterdir()}
    (here / "r" / "report.html").chmod(0o644)
    (here / "r" / "mine.txt").write_text("kept")
    held = (here / "r" / "report.json").open("rb")
    with held:
        invoke("analyze", FLOW, "--output", "r")
        assert json.load(held)["capture"]["format"] == "HAR", "whoever reads the old file reads it to its end"
    second = {path.name: path.stat().st_ino for path in (here / "r").iterdir() if path.name != "mine.txt"}
    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first)
    assert mode(here / "r" / "report.html") == 0o600
    assert (here / "r" / "mine.txt").read_text() == "kept"


def test_a_link_stays_a_link(here: Path) -> None:
    (here / "real.json").write_text("old")
    (here / "link.json").symlink_to("real.json")
    invoke("analyze", HAR, "--format", "json", "--output", "link.json")
    assert (here / "link.json").is_symlink()
    assert json.loads((here / "real.json").read_bytes())["schema"] == 1


def test_a_device_is_written_to_and_stays(here: Path) -> None:
    invoke("analyze", HAR, "--format", "json", "--output", "/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("entries", ["", '{"request":{"method":"GET","url":"https://t.example/","headers":[]}}'])
def test_nothing_found_is_said(here: Path, entries: str) -> None:
    said = invoke("analyze", empty(here, entries), "--output", "r").output
    count = "1 exchange" if entries else "0 exchanges"
    assert f"No personal data was recognised in {count}." in said
    assert f"No personal data was recognised in {count}." in (here / "r/report.html").read_text()
    report = json.loads((here / "r/report.json").read_bytes())
    assert (report["sentences"], report["transmissions"], report["capture"]["exchanges"]) == ([], [], bool(entries))


def test_csv_has_a_row_for_each_transmission(here: Path) -> None:
    invoke("analyze", HAR, "--format", "csv", "--output", "t.csv")
    invoke("analyze", HAR, "--format", "json", "--output", "t.json")
    rows = list(csv.DictReader(io.StringIO((here / "t.csv").read_text(), newline="")))
    sent = json.loads((here / "t.json").read_bytes())["transmissions"]
    assert [(int(row["exchange"]), row["host"], row["data_type"]) for row in rows] == [
        (each["exchange"], each["host"], each["data_type"]) for each in sent
    ]


# ---------------------------------------------------------------- values


def values_of(seeds: Path) -> list[str]:
    """Every seed value of five characters and more, and the parts of coordinates."""
    found = re.findall(r"^[\w.]+: *(.*)", seeds.read_text(encoding="utf-8"), re.M)
    values = [value.strip(' "[]') for line in found for value in line.split(", ")]
    values += [part for value in values if re.fullmatch(r"[\d.]+,[\d.]+", value) for part in value.split(",")]
    return [value for value in values if len(value) >= 5]


CASES = [("founding", HAR, SEEDS)] + [
    pytest.param(name, LABELLED / name / "capture.har", LABELLED / "persona.yaml",
                 marks=pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled captures are not here"))
    for name in ("clevertap", "segment", "sentry")
]  # fmt: skip


@pytest.mark.parametrize("seeded", [True, False], ids=["seeded", "cold"])
@pytest.mark.parametrize(("name", "capture", "seeds"), CASES)
def test_no_value_shows_unless_asked_for(here: Path, name: str, capture: Path, seeds: Path, seeded: bool) -> None:
    words = ["--seeds", seeds] if seeded else []
    texts = [invoke("analyze", capture, *words, "--output", "r").output]
    texts += [(here / "r" / f"report.{form}").read_text(encoding="utf-8") for form in ("html", "json")]
    texts.append(invoke("analyze", capture, *words, "--format", "csv", "--output", "-").output)
    values = values_of(seeds)
    assert len(values) > 15
    for text in texts:
        assert [value for value in values if value.lower() in text.lower()] == []


def test_values_show_when_asked_for(here: Path) -> None:
    result = invoke("analyze", HAR, "--seeds", SEEDS, "--show-values", "--output", "r")
    assert "holds personal data unmasked" in result.stderr
    report = (here / "r/report.json").read_text(encoding="utf-8")
    assert [value for value in values_of(SEEDS) if value not in report and value.islower()] == []
    assert "ruchika.talwalkar@patra.example" in (here / "r/report.html").read_text(encoding="utf-8")


EMAIL, NAME = "ruchika.talwalkar@patra.example", "Ruchika Talwalkar"
HIDING_PLACES = {
    "key": ("https://t.example/", "application/json", json.dumps({EMAIL: {"email": EMAIL, "gender": "female"}})),
    "name as key": ("https://t.example/", "application/json", json.dumps({NAME: {"dob": "1987-11-04"}})),
    "phone as key": ("https://t.example/", "application/json", json.dumps({"by +91 690-900-0482": {"email": EMAIL}})),
    "parameter": (f"https://t.example/?{EMAIL}=1&email={EMAIL}", "text/plain", ""),
    "form": ("https://t.example/", "application/x-www-form-urlencoded", f"{EMAIL}=1&email={EMAIL}"),
    "path": (f"https://t.example/{NAME.replace(' ', '%20')}/Horticulturist/{EMAIL}", "text/plain", ""),
    "pair": ("https://t.example/", "application/json", json.dumps([{"name": f"{NAME}'s email", "value": EMAIL}])),
    "quote": ("https://t.example/", "application/json", json.dumps({f"email' names {EMAIL}": EMAIL})),
    "type": ("https://t.example/", f"application/{EMAIL}", "\u0001\u0002" * 99),
    "xml": ("https://t.example/", "text/xml", f"<a Talwalkar='{EMAIL}'><Nashik>{EMAIL}</Nashik></a>"),
    "technical": ("https://t.example/", "application/json", json.dumps({"os": "Talwalkar", "email": EMAIL})),
    "opaque": (f"data:text/plain,{NAME}", "text/plain", f"email={EMAIL}"),
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_a_value_shows_in_no_hiding_place(here: Path, place: str) -> None:
    url, kind, text = HIDING_PLACES[place]
    request = {"method": "POST", "url": url, "headers": [{"name": "Content-Type", "value": kind}],
               "postData": {"mimeType": kind, "text": text}}  # fmt: skip
    capture = empty(here, json.dumps({"request": request}))
    said = invoke("analyze", capture, "--seeds", SEEDS, "--output", "r").output
    report = json.loads((here / "r/report.json").read_bytes())
    assert report["transmissions"] or report["undecoded"]
    for text in (said, *((here / "r" / f"report.{form}").read_text() for form in ("html", "json"))):
        assert [value for value in values_of(SEEDS) if value.lower() in text.lower()] == []
