"""`apptells baseline`: a file that is made, reviewed, renewed and compared with."""

import json
import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import cli
from analyzer.compare.baseline import load_baseline, read_baseline
from analyzer.errors import ApptellsError
from tests.cli import test_diff
from tests.cli.running import FLOW, HAR, SEEDS
from tests.cli.test_diff import moved, table

FILE = Path("apptells-baseline.yaml")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two captures: the founding case, and one in which a server moved abroad."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(HAR, "before.har")
    har = json.loads(HAR.read_bytes())
    moved(har)
    Path("after.har").write_text(json.dumps(har), encoding="utf-8")
    return tmp_path


def run(*words: object) -> Result:
    words = (*words, "--seeds", SEEDS)
    result = CliRunner().invoke(
        cli, ["baseline", *(str(word) for word in words)], catch_exceptions=False, standalone_mode=False
    )
    assert result.exit_code == 0, result.output
    return result


def diff(*words: object) -> list[dict[str, str]]:
    return table(test_diff.run(*words, "--seeds", SEEDS).stdout)


def servers() -> set[str]:
    """Where servers of CleverTap stand that receive the e-mail address, by the file."""
    items = read_baseline(FILE).items
    return {
        one.key.location
        for one in items
        if one.key.data_type == "person.email" and one.key.recipient.startswith("WizRocket")
    }


def test_a_baseline_is_made_and_equals_what_it_was_made_from(here: Path) -> None:
    said = run("create", "before.har").stdout
    assert said.startswith("apptells-baseline.yaml: ")
    assert "facts from 20 exchanges. Review it before you commit it." in said
    assert stat.S_IMODE(FILE.stat().st_mode) == 0o600
    assert diff(FILE, "before.har", "--all") == diff("before.har", FILE, "--all") == diff(FILE, FLOW, "--all") == []
    assert {one["change"] for one in diff(FILE, "after.har")} == {"worsened"}


def test_it_holds_no_value_no_path_and_no_host(here: Path) -> None:
    run("create", "before.har", "--app", "com.example.citizenconnect")
    text = FILE.read_text(encoding="utf-8")
    assert 'app: "com.example.citizenconnect"' in text
    assert '"domains": ["wzrkt.com"]' in text
    values = [
        line.partition(":")[2].strip(" \"'") for line in SEEDS.read_text("utf-8").splitlines() if line[:1].isalpha()
    ]
    assert [value for value in (*values, "in.wzrkt", "graph.facebook", "profile", "13.126") if len(value) > 4
            and value in text] == []  # fmt: skip


def test_runs_are_counted_only_when_asked_for(here: Path) -> None:
    run("create", "before.har", "after.har", "--output", "plain.yaml")
    assert "runs" not in Path("plain.yaml").read_text("utf-8").partition("apptells-baseline")[2]
    run("create", "before.har", "after.har", "before.har", "--from-runs")
    counted = read_baseline(FILE)
    assert counted.runs == 2
    assert {one.runs for one in counted.items} == {1, 2}
    assert {one["change"] for one in diff(FILE, "before.har")} == {"better (flaky)"}
    assert {one["change"] for one in diff("plain.yaml", "before.har")} == {"better"}


def test_a_file_that_is_there_is_left_alone(here: Path) -> None:
    FILE.write_text("# mine\n")
    with pytest.raises(ApptellsError, match=r"renew it with `apptells baseline update apptells-baseline\.yaml`"):
        run("create", "before.har")
    assert FILE.read_text() == "# mine\n"


def test_an_update_adds_what_is_seen_and_says_so(here: Path) -> None:
    run("create", "before.har")
    facts = len(read_baseline(FILE).items)
    result = run("update", FILE, "after.har")
    listed = table(result.stdout)
    assert {(one["change"], one["server"]) for one in listed} == {("worsened", "IN → US")}
    assert len(read_baseline(FILE).items) == facts + len(listed)
    assert servers() == {"IN", "US"}
    assert "Kept although the captures do not show it: " in result.stderr
    assert diff(FILE, "after.har", "--all") == [] or {one["change"] for one in diff(FILE, "after.har", "--all")} == {
        "better"
    }


def test_an_update_of_nothing_new_changes_nothing(here: Path) -> None:
    run("create", "before.har")
    before = FILE.read_bytes()
    result = run("update", FILE, "before.har", FLOW)
    assert FILE.read_bytes() == before
    assert table(result.stdout) == []


def test_an_update_may_drop_what_is_gone(here: Path) -> None:
    run("create", "before.har")
    run("update", FILE, "after.har", "--drop-gone", "--output", "new.yaml")
    assert servers() == {"IN"}, "the file itself is left alone"
    shutil.move("new.yaml", FILE)
    assert servers() == {"US"}
    assert diff(FILE, "after.har", "--all") == []


def test_an_update_keeps_comments_and_goes_on_counting(here: Path) -> None:
    run("create", "before.har", "--from-runs")
    lines = FILE.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if '"person.email", "to": "Wiz' in line)
    lines[at:at] = ["# accepted by Asha, see ticket 12"]
    FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    run("update", FILE, "after.har")
    text = FILE.read_text("utf-8").splitlines()
    at = text.index("# accepted by Asha, see ticket 12")
    assert '"server": "IN"' in text[at + 1]
    assert load_baseline(FILE).has_counts
    assert read_baseline(FILE).runs == 2


def test_a_mistake_in_the_file_is_told_before_the_captures_are_read(here: Path) -> None:
    FILE.write_text("apptells-baseline: 1\nfacts:\n- {}\n")
    with pytest.raises(ApptellsError, match=r"apptells-baseline\.yaml:3: not a fact"):
        run("update", FILE, "no-such.har")


def test_facts_of_a_recipient_whose_owner_is_known_by_now_become_its_owners(here: Path) -> None:
    """As where the baseline was made before the tables of owners knew CleverTap."""
    run("create", "before.har")
    known = FILE.read_text("utf-8")
    text = known.replace('"WizRocket Inc. (CleverTap)"', '"wzrkt.com"').replace(', "seat": "US"', "")
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if '"person.email", "to": "wzrkt.com"' in line)
    lines[at:at] = ["# accepted by Asha, see ticket 12"]
    FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert diff(FILE, "before.har", "--all") == []
    result = run("update", FILE, "before.har")
    assert table(result.stdout) == []
    assert "wzrkt.com and WizRocket Inc. (CleverTap) are compared as one recipient" in result.stderr
    renewed = FILE.read_text("utf-8")
    assert [line for line in renewed.splitlines() if line != "# accepted by Asha, see ticket 12"] == known.splitlines()
    at = renewed.splitlines().index("# accepted by Asha, see ticket 12")
    assert '"person.email", "to": "WizRocket Inc. (CleverTap)"' in renewed.splitlines()[at + 1]


def test_another_app_is_no_update_unless_it_is_said(here: Path) -> None:
    run("create", "before.har", "--app", "com.example.one")
    before = FILE.read_bytes()
    with pytest.raises(
        ApptellsError, match=r"of the app com\.example\.two, but apptells-baseline\.yaml is of com\.example"
    ):
        run("update", FILE, "after.har", "--app", "com.example.two")
    assert FILE.read_bytes() == before
    run("update", FILE, "after.har", "--app", "com.example.two", "--other-app")
    assert read_baseline(FILE).app == "com.example.one"
