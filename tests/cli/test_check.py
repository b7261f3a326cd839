"""The gate as it is called: every exit code, every format, and no captured value in any of them."""

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import cli
from analyzer.cli.reports import report_on
from analyzer.compare.baseline import baseline_text
from analyzer.compare.observe import observations
from analyzer.pipeline import Options
from tests.cli.running import FIXTURES, FLOW, HAR, SEEDS, run
from tests.report.schemas import junit_schema, sarif_schema

APP = ("--app", "com.example.citizenconnect", "--first-party", "jansamvad.example")
FULL = ("--seeds", SEEDS, *APP)
OPTIONS = Options(seeds=SEEDS, app="com.example.citizenconnect", first_party=("jansamvad.example",))
SECRETS = (b"talwalkar", b"6909000482", b"9d3b61e8", b"d2a70c59e18b3f46", b"19.997453", b"Sahyadri")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no apptells.toml but the test's own."""
    monkeypatch.chdir(tmp_path)


def quick(*words: object) -> Result:
    """In this process."""
    return CliRunner().invoke(cli, ["check", *map(str, words)], standalone_mode=False)


def entries() -> Any:
    return json.loads(HAR.read_bytes())


def saved(har: Any, name: str = "made.har") -> Path:
    path = Path(name)
    path.write_text(json.dumps(har, indent=1))
    return path


def quiet(count: int = 3, **log: object) -> Path:
    """A capture in which nothing is sent but requests for a page of the app's maker."""
    request = {"method": "GET", "url": "https://www.jansamvad.example/", "headers": []}
    entry = {"startedDateTime": "2018-03-23T10:00:00Z", "request": request, "response": {"status": 200}}
    return saved(
        {"log": {"version": "1.2", "creator": {"name": "made"}, "entries": [entry] * count} | log}, "quiet.har"
    )


def baseline(capture: Path = HAR) -> Path:
    path = Path("apptells-baseline.yaml")
    path.write_text(baseline_text(observations([report_on(capture, OPTIONS)])))
    return path


# ---------------------------------------------------------------- exit codes, through the real command line


def test_0_nothing_is_indicated() -> None:
    done = run("check", quiet(), *APP)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"Nothing in 1 run fails the build. Exit code 0.\n"


def test_0_everything_is_known() -> None:
    done = run("check", HAR, *FULL, "--baseline", baseline(), "--fail-on", "critical")
    assert done.returncode == 0, done.stdout
    assert b"-transmission" not in done.stdout


def test_1_something_is_indicated() -> None:
    done = run("check", HAR, *FULL)
    assert done.returncode == 1
    assert b"Fails the build:\n  high     ad-id-joined: " in done.stdout


def test_1_something_is_new() -> None:
    har = entries()
    before = {"log": har["log"] | {"entries": [one for one in har["log"]["entries"] if "wzrkt" not in json.dumps(one)]}}
    known = baseline(saved(before, "before.har"))
    done = run("check", HAR, *FULL, "--baseline", known, "--fail-on", "critical")
    assert done.returncode == 1
    assert b"new-transmission: " in done.stdout
    assert b"WizRocket" in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gone.har"], b"apptells: gone.har: there is no such file"),
        ([HAR, "gone.har"], b"apptells: gone.har: there is no such file"),
        ([HAR, "--baseline", "gone.yaml"], b"apptells: gone.yaml"),
        ([HAR, "--baseline", HAR], b":1: no baseline: the line `apptells-baseline: 1` is missing; make one with"),
        ([HAR, "--declared", HAR], b"founding-case.har: is no declaration that is known here"),
        ([HAR, "--rules", "gone"], b"apptells: gone"),
        ([HAR, "--config", "gone.toml"], b"apptells: gone.toml"),
        ([HAR, "--format", "sarif", "--output", "gone/out.sarif"], b"apptells: gone/out.sarif: cannot be written"),
        ([], b"Missing argument"),
    ],
)
def test_2_trouble_is_above_all(words: list[object], sentence: bytes) -> None:
    done = run("check", *words, *FULL)
    assert (done.returncode, done.stdout) == (2, b"")
    assert sentence in done.stderr


def test_3_too_few_exchanges() -> None:
    done = run("check", quiet(), "--min-exchanges", "4")
    assert done.returncode == 3
    assert b"quiet.har: 3 exchanges; 4 are asked for." in done.stdout


def test_3_too_many_unread() -> None:
    error = {"host": "pinned.example", "error": "the app did not trust the certificate"}
    done = run("check", quiet(_tlsErrors=[error]), "--max-unread", "0.2")
    assert done.returncode == 3, done.stdout
    assert b"1 connection could not be read (25%; at most 20% may be)." in done.stdout


def test_3_a_capture_breaks_off() -> None:
    path = quiet()
    path.write_bytes(path.read_bytes()[:-20])
    done = run("check", path)
    assert done.returncode == 3
    assert b"the capture breaks off" in done.stdout


def test_3_no_seed_was_seen() -> None:
    done = run("check", quiet(), *FULL, "--require-seeds")
    assert done.returncode == 3
    assert b"no-seed-seen" in done.stdout


def test_1_wins_over_3() -> None:
    done = run("check", HAR, *FULL, "--min-exchanges", "1000")
    assert done.returncode == 1
    assert b"Not seen:\n  medium   too-few-exchanges: " in done.stdout


# ---------------------------------------------------------------- what is asked


def test_the_threshold() -> None:
    assert quick(HAR, *FULL, "--fail-on", "critical").return_value == 0
    assert quick(HAR, *FULL, "--fail-on", "medium").return_value == 1


def test_a_waiver_holds_until_its_day() -> None:
    text = '[[waivers]]\nrule = "ad-id-joined"\nreason = "Agreed"\nby = "A. Person"\nexpires = '
    Path("apptells.toml").write_text(f"{text}2099-01-01\n")
    done = quick(HAR, *FULL)
    assert done.return_value == 0, done.output
    assert "Set aside:" in done.output
    assert "Agreed (by A. Person, until 2099-01-01)" in done.output
    Path("apptells.toml").write_text(f"{text}2020-01-01\n")
    assert quick(HAR, *FULL).return_value == 1


def test_a_named_config_is_read_instead() -> None:
    Path("apptells.toml").write_text("nonsense")
    Path("other.toml").write_text('[rules]\nseverity = {ad-id-joined = "low"}\n')
    assert quick(HAR, *FULL, "--config", "other.toml").return_value == 0


def test_localisation_is_asked_by_jurisdiction() -> None:
    text = HAR.read_text().replace("2018-03-", "2026-03-")  # a day on which the rules are in force
    Path("new.har").write_text(text)
    asked = ("--jurisdiction", "in", "--role", "payment_system_operator")
    named = [
        {rule["id"] for rule in json.loads(run("check", "new.har", *APP, *words, "--format", "json").stdout)["rules"]}
        for words in ((), asked)
    ]
    assert [name for name in named[1] - named[0] if name.upper().startswith("IN-")]


def test_runs_are_one_build() -> None:
    shutil.copy(HAR, "1.har")
    shutil.copy(HAR, "2.har")
    known = baseline()
    quick("1.har", "2.har", quiet(), *FULL, "--baseline", known, "--format", "json", "--output", "out.json")
    said = json.loads(Path("out.json").read_bytes())
    assert [file["name"] for file in said["files"]] == ["1.har", "2.har", "quiet.har"]
    (joined,) = [item for item in said["items"] if item["rule"] == "ad-id-joined"]
    assert joined["message"].endswith(" Seen in 2 of 3 runs.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--show-values"], "check writes no values"),
        (["--require-seeds"], "--require-seeds asks"),
        (["--fail-on-undeclared"], "--fail-on-undeclared asks"),
        (["--role", "regulated_lender"], "ask localisation rules"),
        (["--output", "a"], "give one --output for each --format"),
        (["--format", "json", "--format", "text"], "give one --output for each --format"),
        (
            ["--format", "json", "--output", "-", "--format", "text"],
            "standard output takes one format, not json and text",
        ),
    ],
)
def test_what_makes_no_sense_is_said(words: list[str], sentence: str) -> None:
    done = quick(quiet(), *words)
    assert sentence in str(done.exception)


# ---------------------------------------------------------------- one app


def test_a_baseline_of_another_app_is_trouble() -> None:
    known = baseline()
    other = (*FULL, "--app", "com.example.other", "--baseline", known, "--fail-on", "critical")
    done = run("check", HAR, *other)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        f"apptells: {HAR}: this is of the app com.example.other, but {known} is of com.example.citizenconnect; give "
        "what is of one app, or --other-app to compare them all the same.\n"
    )
    assert (
        run("check", HAR, "--seeds", SEEDS, "--first-party", "jansamvad.example", *other, "--other-app").returncode == 0
    )


def test_a_baseline_that_names_no_app_is_of_any() -> None:
    known = baseline()
    known.write_text(known.read_text().replace('app: "com.example.citizenconnect"\n', ""))
    assert quick(HAR, *FULL, "--baseline", known, "--fail-on", "critical").return_value == 0


# ---------------------------------------------------------------- declarations


DECLARED = FIXTURES / "declared"


def test_what_is_not_declared_warns_or_fails() -> None:
    words = (HAR, *FULL, "--fail-on", "critical", "--declared", DECLARED / "data-safety.csv")
    done = quick(*words)
    assert done.return_value == 0, done.output
    assert "undeclared-data: Phone number: not named in the Data safety form; seen to go to WizRocket" in done.output
    done = quick(*words, "--fail-on-undeclared")
    assert done.return_value == 1
    assert "undeclared data types in 1 run. Exit code 1." in done.output


def test_what_is_not_declared_is_in_every_format() -> None:
    forms = ("json", "sarif", "junit", "markdown", "gitlab", "text")
    words = [word for form in forms for word in ("--format", form, "--output", f"out.{form}")]
    words += ["--fail-on", "critical", "--fail-on-undeclared", "--declared", str(DECLARED / "privacy-label.json")]
    assert quick(HAR, *FULL, *words).return_value == 1
    for form in forms:
        text = Path(f"out.{form}").read_text()
        assert "Phone Number: not named in the privacy label; seen to go to" in text, form
        assert "collected and shared are words of law" in text, form
    assert [error.message for error in sarif_schema().iter_errors(json.loads(Path("out.sarif").read_bytes()))] == []
    junit_schema().validate("out.junit")


def test_forms_that_cannot_miss_anything_cannot_fail_a_build() -> None:
    policy = DECLARED / "policy-2018-03-after.txt"
    done = quick(HAR, *FULL, "--declared", policy, "--fail-on-undeclared")
    assert str(done.exception).startswith("policy-2018-03-after.txt: no complete list of kinds of data here")
    done = quick(HAR, *FULL, "--declared", policy, "--fail-on", "critical")
    assert done.return_value == 0
    judged = done.output[done.output.index("Could not be judged") :]
    assert "undeclared-data: Email address: no form given here says whether it is declared; the privacy pol" in judged


# ---------------------------------------------------------------- formats


def test_every_format_at_once() -> None:
    shutil.copy(HAR, "shop.har")
    forms = ("json", "sarif", "junit", "markdown", "gitlab", "text")
    words = [word for form in forms for word in ("--format", form, "--output", f"out.{form}")]
    done = run("check", "shop.har", *FULL, "--baseline", baseline(), *words)
    assert done.returncode == 1, done.stderr
    for form in forms:
        path = Path(f"out.{form}")
        data = path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"ad-id-joined" in data or b"WizRocket" in data
        assert [secret for secret in SECRETS if secret.lower() in data.lower()] == []
    assert Path("out.text").read_bytes() == done.stdout


def test_what_is_written_of_a_real_capture_is_valid() -> None:
    words = ("--format", "sarif", "--output", "a", "--format", "junit", "--output", "b", "--jurisdiction", "IN")
    run("check", HAR, *FULL, "--baseline", baseline(quiet()), *words)
    assert [error.message for error in sarif_schema().iter_errors(json.loads(Path("a").read_bytes()))] == []
    junit_schema().validate("b")


def test_sarif_points_to_the_lines_of_the_request() -> None:
    Path("runs").mkdir()
    shutil.copy(HAR, "runs/shop.har")
    done = run("check", "runs/shop.har", *FULL, "--format", "sarif")
    results = json.loads(done.stdout)["runs"][0]["results"]
    (joined,) = [result for result in results if result["ruleId"] == "ad-id-joined"]
    physical = joined["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "runs/shop.har"
    region = physical["region"]
    lines = HAR.read_text().split("\n")[region["startLine"] - 1 : region["endLine"]]
    assert "wzrkt.com" in "\n".join(lines)
    text = HAR.read_bytes()[region["byteOffset"] : region["byteOffset"] + region["byteLength"]]
    assert "wzrkt.com" in json.loads(text)["request"]["url"]


def test_a_flow_file_has_no_lines() -> None:
    shutil.copy(FLOW, "shop.flow")
    done = run("check", "shop.flow", *FULL, "--format", "sarif")
    results = json.loads(done.stdout)["runs"][0]["results"]
    physical = [one["locations"][0]["physicalLocation"] for one in results]
    assert {one["artifactLocation"]["uri"] for one in physical} == {"shop.flow"}
    assert not any("region" in one for one in physical)


def test_a_capture_elsewhere_is_named_without_its_folders(tmp_path: Path) -> None:
    done = run("check", HAR, *FULL, "--format", "json")
    assert json.loads(done.stdout)["files"][0]["name"] == HAR.name
    assert str(HAR.parent).encode() not in done.stdout


def test_captures_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("3", "a", "b"):
        (tmp_path / "runs" / folder).mkdir(parents=True)
        shutil.copy(quiet(), tmp_path / "runs" / folder / "shop.har")
    here = tmp_path / "runs"
    words = ("check", "3/shop.har", "../runs/a/shop.har", "../runs/b/shop.har", "--format", "json")
    files = json.loads(run(*words, cwd=here).stdout)["files"]
    assert [file["name"] for file in files] == ["3/shop.har", "shop.har", "3/3/shop.har"]


def test_the_same_build_gives_the_same_bytes() -> None:
    words = ("check", HAR, *FULL, "--format", "json")
    assert run(*words).stdout == run(*words).stdout


def test_nothing_is_written_where_one_file_cannot_be() -> None:
    done = run("check", quiet(), "--format", "json", "--output", "a", "--format", "sarif", "--output", "gone/b")
    assert done.returncode == 2
    assert not Path("a").exists()
