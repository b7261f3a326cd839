"""The steps of the GitHub Action, run as a runner runs them, in a folder that holds a checkout and a capture."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.running import HAR, SEEDS
from tests.conftest import ROOT
from tests.report.schemas import sarif_schema

ACTION: Any = YAML(typ="safe").load(ROOT / "action.yml")
STEPS = {step.get("name"): step for step in ACTION["runs"]["steps"]}
BIN = Path(sys.executable).parent
FOUNDING = {
    "capture": "runs/*.har", "seeds": "persona.yaml", "app": "com.example.citizenconnect",
    "first-party": "jansamvad.example\n",
}  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the Action's steps are for bash")


class Runner:
    """A folder in which a job runs."""

    def __init__(self, folder: Path) -> None:
        self.work, self.temp = folder / "work", folder / "temp"
        (self.work / "runs").mkdir(parents=True)
        self.temp.mkdir()
        shutil.copy(HAR, self.work / "runs" / "shop one.har")
        shutil.copy(SEEDS, self.work / "persona.yaml")
        self.summary, self.output = folder / "summary.md", folder / "output"

    def put_apptells(self) -> None:
        """As if the step that installs it had run: the program of this environment."""
        folder = self.temp / "apptells" / "bin"
        folder.mkdir(parents=True)
        program = folder / "apptells"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m analyzer "$@"\n')
        program.chmod(0o700)

    def step(self, name: str, given: dict[str, str], **environment: str) -> "subprocess.CompletedProcess[str]":
        """Runs a step with these inputs."""
        step = STEPS[name]
        inputs = {key: str(about.get("default", "")) for key, about in ACTION["inputs"].items()} | given
        known = {f"inputs.{key}": value for key, value in inputs.items()} | {"github.action_path": str(ROOT)}

        def filled(text: str) -> str:
            return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: known[found[1]], text)

        assert "${{" not in step["run"], "an input within the script could run commands"
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        given_env = {key: filled(value) for key, value in step.get("env", {}).items()}
        env = os.environ | {
            "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(self.temp),
            "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_OUTPUT": str(self.output),
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]  # what `shell: bash` stands for
        return subprocess.run(
            command, cwd=self.work, env=env | given_env | environment, capture_output=True, text=True, timeout=300
        )

    def check(self, **given: str) -> int:
        """Runs the check and gives its exit code, which the step's output has to say too."""
        self.output.unlink(missing_ok=True)
        done = self.step("Check the build", FOUNDING | {key.replace("_", "-"): value for key, value in given.items()})
        said = dict(line.split("=", 1) for line in self.output.read_text().splitlines())
        assert said["exit-code"] == str(done.returncode), done.stderr
        return done.returncode

    def written(self, name: str) -> Path:
        return self.work / "apptells-check" / name


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path)
    made.put_apptells()
    return made


def test_something_is_indicated(runner: Runner) -> None:
    assert runner.check(format="sarif\njunit\n") == 1
    assert runner.summary.read_text().startswith("### apptells: The build was stopped\n")
    log = json.loads(runner.written("apptells.sarif").read_bytes())
    assert [error.message for error in sarif_schema().iter_errors(log)] == []
    uris = {
        one["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
        for one in result["locations"]
    }
    assert uris == {"runs/shop%20one.har"}
    assert runner.written("apptells.junit").exists()


def test_nothing_stops_the_build(runner: Runner) -> None:
    assert runner.check(fail_on="critical") == 0
    assert runner.summary.read_text().startswith("### apptells: Nothing that stops the build\n")


def test_too_little_was_seen(runner: Runner) -> None:
    assert runner.check(fail_on="critical", min_exchanges="1000") == 3


def test_what_is_not_declared(runner: Runner) -> None:
    shutil.copy(ROOT / "fixtures" / "declared" / "data-safety.csv", runner.work / "the form.csv")
    given = {"fail_on": "critical", "declared": "the form.csv\n"}
    assert runner.check(**given) == 0
    assert runner.check(**given, fail_on_undeclared="true") == 1
    assert "**Not declared**" in runner.summary.read_text()


def test_a_baseline_of_another_app(runner: Runner) -> None:
    (runner.work / "known.yaml").write_text('apptells-baseline: 1\napp: "com.example.other"\n')
    given = {"fail_on": "critical", "fail_on_new": "none", "baseline": "known.yaml"}
    assert runner.check(**given) == 2
    assert runner.check(**given, other_app="true") == 0


def test_trouble(runner: Runner) -> None:
    runner.check()
    assert runner.check(capture="gone.har") == 2
    assert runner.summary.read_text().endswith("The log of the step says why.\n")
    assert not runner.written("apptells.sarif").exists(), "what an earlier run wrote is not of this build"


def test_no_capture_is_trouble(runner: Runner) -> None:
    assert runner.check(capture="\n  \n") == 2


def test_several_captures_are_runs(runner: Runner) -> None:
    shutil.copy(HAR, runner.work / "--second.har")
    assert runner.check(capture="runs/*.har\n  --second.har  ", format="json") == 1
    files = json.loads(runner.written("apptells.json").read_bytes())["files"]
    assert [file["name"] for file in files] == ["runs/shop one.har", "--second.har"]


@pytest.mark.parametrize("name", ["capture", "baseline", "app", "fail_on", "output", "format"])
def test_an_input_runs_nothing(runner: Runner, name: str) -> None:
    runner.check(**{name: "$(touch ran)`touch ran`; touch ran; \"; touch ran; '; touch ran\ntouch ran\n"})
    assert not list(runner.work.rglob("ran"))


def test_each_option_of_the_command_can_be_given_or_is_left_out_on_purpose() -> None:
    from analyzer.cli.check import check

    options = {parameter.opts[0].lstrip("-") for parameter in check.params}
    left_out = {"captures", "deep", "adapters", "geoip", "owners", "iocs", "captured-in", "show-values"}
    left_out |= {"historical"}  # for a report to read; no build fails by it
    assert options - left_out == set(ACTION["inputs"]) - {"capture"}


def test_it_installs_from_its_own_checkout(tmp_path: Path) -> None:
    """Without a network: what it is built and run with is taken from this environment."""
    runner = Runner(tmp_path)
    offline = {
        "PYTHONPATH": sysconfig.get_paths()["purelib"], "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0", "PIP_IGNORE_INSTALLED": "1",
    }  # fmt: skip
    done = runner.step("Install apptells", {}, **offline)
    assert done.returncode == 0, done.stderr
    program = runner.temp / "apptells" / "bin" / "apptells"
    where = [str(program.with_name("python")), "-c", "import analyzer; print(analyzer.__file__)"]
    env = os.environ | offline
    found = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=60).stdout
    assert found.startswith(str(runner.temp))
    version = subprocess.run([program, "--version"], env=env, capture_output=True, text=True, check=True, timeout=60)
    assert version.stdout.startswith("apptells ")


def blocks(language: str) -> list[str]:
    """The examples of the documentation in this language."""
    text = (ROOT / "docs" / "builds.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_the_documented_job_gives_the_action_what_it_takes() -> None:
    jobs = [YAML(typ="safe").load(text) for text in blocks("yaml") if "./apptells" in text]
    given = [
        step["with"]
        for job in jobs
        for step in job["jobs"]["transmissions"]["steps"]
        if step.get("uses") == "./apptells"
    ]
    assert len(given) == 1
    assert set(given[0]) <= set(ACTION["inputs"])


def test_the_documented_script_is_one(tmp_path: Path) -> None:
    scripts = [text for text in blocks("bash") if "apptells capture" in text]
    assert len(scripts) == 1
    done = subprocess.run(["bash", "-n"], input=scripts[0], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
