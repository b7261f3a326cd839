"""The plugin as users have it: a pytest of its own, a real mitmdump, plain clients; and every way in which it ends."""

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.test_mitmdump import free_port
from tests.testing.stage import APP, EMAIL, OWN, SEEDS, TRACKER, Stage, runs_here, stage

pytest_plugins = "pytester"
pytestmark = runs_here

WAIT = 60
"""Seconds after which a process counts as not ending."""
PLUGIN = ("-p", "analyzer.testing.plugin")
HEAD = f"""
import time
from tests.testing.stage import send
EMAIL = {EMAIL!r}
def to(traffic, url, body="{{}}"):
    send(traffic.proxy_url, traffic.ca_certificate, url, body)
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("plugin")) as running:
        yield running


Tests = Callable[[str], list[str]]


@pytest.fixture
def tests(pytester: pytest.Pytester, servers: Stage, monkeypatch: pytest.MonkeyPatch) -> Tests:
    """Writes a file of tests, in which `OWN` and `TRACKER` are URLs; gives the words of a pytest that runs them."""
    # Where the plugin is installed it would be loaded twice, and other plugins are none of this test's.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    def write(text: str) -> list[str]:
        urls = f"OWN, TRACKER = 'https://{OWN}:{servers.secure}/a1', 'https://{TRACKER}:{servers.secure}/a1'\n"
        pytester.makepyfile(HEAD + urls + text)
        pytester.path.joinpath("seeds.yaml").write_text(SEEDS)
        pytester.makeini(
            f"""
            [pytest]
            apptells_seeds = seeds.yaml
            apptells_app = {APP}
            apptells_confdir = {servers.authority}
            apptells_quiet = 0
            apptells_mitmdump = {" ".join(servers.words)}
            """
        )
        return [*PLUGIN]

    return write


def proxies_under(folder: Path) -> list[int]:
    """Processes that record to a file below a folder."""
    found = subprocess.run(["pgrep", "-f", f"apptells_file={folder}/"], capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


def captures(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.apptells"))


def test_tests_pass_and_fail_by_what_the_app_sends(pytester: pytest.Pytester, tests: Tests) -> None:
    words = tests(
        """
        def test_good(apptells):
            apptells.phase("launch")
            to(apptells, OWN, '{"contact": "%s"}' % EMAIL)
            apptells.assert_seen()
            apptells.assert_sent("person.email", to="first party", evidence="seed")
            apptells.assert_not_sent("person.email", to="third parties", before="after-accept")
            apptells.assert_only_recipients("kirana.com")
            apptells.assert_nothing_in_clear_text()

        def test_bad(apptells):
            apptells.phase("launch")
            to(apptells, TRACKER, '{"profile": {"Email": "%s"}}' % EMAIL)
            apptells.assert_not_sent("person.email", to="CleverTap", before="after-accept")

        def test_empty(apptells_session):
            apptells_session.assert_not_sent("person.email")

        def test_slip(apptells_session):
            apptells_session.assert_not_sent("persn.email")
        """.replace("\n        ", "\n")
    )
    result = pytester.runpytest_inprocess(*words, "--apptells-keep-captures", "kept", "--junitxml", "junit.xml")
    result.assert_outcomes(passed=1, failed=3)
    said = result.stdout.str()
    assert "person.email to CleverTap before after-accept was sent, once:" in said
    assert "phase launch · request 0 · body profile.Email · r…e · evidence: seed" in said
    assert "Requests recorded: 0, expected at least 1. Does the app use the proxy http://127.0.0.1:" in said
    assert "'persn.email' is no data type" in said
    assert EMAIL not in said
    assert "traffic.py" not in said, "a failure shows the user's test, not our code"
    kept = pytester.path / "kept"
    stem = "test_tests_pass_and_fail_by_what_the_app_sends.py-test_"
    of_tests = [f"{stem}bad.apptells", f"{stem}good.apptells"]
    assert captures(kept) == ["session.apptells", *of_tests]
    assert kept.stat().st_mode & 0o777 == 0o700
    told = {one.get("value") for one in ET.parse(pytester.path / "junit.xml").iter("property")}
    assert told == {str(kept / name) for name in of_tests}
    assert not proxies_under(kept)


def test_captures_that_nobody_keeps_are_gone(
    pytester: pytest.Pytester, tests: Tests, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = tests(
        """
        import stat
        def test_one(apptells_session):
            to(apptells_session, OWN)
            folder = apptells_session.capture_file.parent
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

        def test_two(apptells_session):
            apptells_session.assert_seen(1)
            raise KeyboardInterrupt
        """.replace("\n        ", "\n")
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    result = pytester.runpytest_subprocess(*words)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(passed=1)
    assert not [path for path in temporary.iterdir() if path.name.startswith("apptells-")]
    assert not proxies_under(temporary)


def test_workers_of_xdist_have_a_proxy_each(pytester: pytest.Pytester, tests: Tests) -> None:
    words = tests(
        """
        import pytest
        @pytest.mark.parametrize("count", [1, 2])
        def test_it(apptells_session, apptells, count):
            assert apptells.port != apptells_session.port
            for _ in range(count):
                to(apptells, OWN)
            to(apptells_session, TRACKER)
            apptells.assert_seen(count)
            apptells.assert_only_recipients("kirana.com")
            apptells_session.assert_only_recipients("CleverTap")
        """.replace("\n        ", "\n")
    )
    # Two that begin at once must not make a certificate authority each.
    options = ("--apptells-keep-captures", "kept", "--apptells-confdir", "fresh")
    result = pytester.runpytest_subprocess(*words, "-p", "xdist", "-n", "2", *options)
    result.assert_outcomes(passed=2)
    kept = captures(pytester.path / "kept")
    assert [name for name in kept if name.endswith("session.apptells")] == [
        "gw0-session.apptells",
        "gw1-session.apptells",
    ]
    assert len(kept) == 4
    assert not proxies_under(pytester.path)


def test_a_fixed_port_is_one_for_each_worker(
    pytester: pytest.Pytester, tests: Tests, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tests("\ndef test_it(apptells):\n    to(apptells, OWN)\n    assert 0, apptells.port\n")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw3")
    port = free_port()
    result = pytester.runpytest_inprocess(*words, "--apptells-port", str(port - 3))
    assert f"AssertionError: {port}" in result.stdout.str()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_leaves_no_proxy(pytester: pytest.Pytester, tests: Tests, number: signal.Signals) -> None:
    words = tests(
        """
        from pathlib import Path
        def test_hangs(apptells):
            to(apptells, OWN)
            Path("hangs").touch()
            time.sleep(600)
        """.replace("\n        ", "\n")
    )
    command = [sys.executable, "-m", "pytest", *words, "--apptells-keep-captures", "kept"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        assert until(pytester.path.joinpath("hangs").exists)
        assert len(proxies_under(pytester.path)) == 1
        os.kill(child.pid, number)
    assert until(lambda: not proxies_under(pytester.path))
    (kept,) = (pytester.path / "kept").glob("*.apptells")
    from analyzer.capture.open import open_capture

    with open_capture(kept) as reader:
        assert len(list(reader)) == 1
        assert not reader.capture().fidelity, "the session ended in order"


def until(is_so: Callable[[], bool]) -> bool:
    """Waits; False where it does not become so."""
    end = time.monotonic() + WAIT
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(0.1)
    return so


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--apptells-seeds", "none.yaml"), "none.yaml: the seeds file cannot be read"),
        (("--apptells-first-party", "co.in"), "'co.in' is not a registered domain"),
        (("--apptells-port", "many"), "--apptells-port and --apptells-quiet are numbers"),
        (("--apptells-mitmdump=--no-such-option",), "The recording did not start: "),
        (("--apptells-keep-captures", "seeds.yaml"), "seeds.yaml"),
    ],
)
def test_a_wrong_option_is_said_in_one_sentence(
    pytester: pytest.Pytester, tests: Tests, words: tuple[str, ...], message: str
) -> None:
    known = tests("\ndef test_it(apptells):\n    pass\n")
    result = pytester.runpytest_inprocess(*known, *words)
    result.assert_outcomes(errors=1)
    said = result.stdout.str()
    assert "apptells: " in said
    assert message in said
    assert "Traceback" not in said


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import analyzer.testing.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert said.stdout.split() == ["analyzer", "analyzer.testing", "analyzer.testing.plugin"]


def test_the_document_names_what_there_is() -> None:
    from analyzer.testing.plugin import _LISTS, _OPTIONS
    from analyzer.testing.traffic import Traffic

    text = (ROOT / "docs" / "pytest.md").read_text()
    assert set(re.findall(r"^\| `--apptells-([\w-]+) ", text, re.M)) == {one[0] for one in (*_OPTIONS, *_LISTS)}
    public = {name for name in vars(Traffic) if not name.startswith("_")}
    public |= {"proxy_url", "port", "ca_certificate", "capture_file"}
    assert set(re.findall(r"\bapptells\.(\w+)", text)) <= public
    rows = re.findall(r"^\| ((?:`\w+[^`]*`(?:, )?)+) \|", text, re.M)
    assert public <= set(re.findall(r"`(\w+)", " ".join(rows)))
