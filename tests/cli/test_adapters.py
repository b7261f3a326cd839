"""`apptells adapters`: the list, and the check of the user's own."""

import json
from pathlib import Path

import pytest

from analyzer.knowledge import Knowledge
from tests.cli.running import HAR, invoke, run

OWN = """\
id: own
tracker: Own
source: our own server, 2026
endpoints:
  - host: jansamvad.example
    like: segment
    fields:
      - {path: name, data_type: person.username, reasoning: our server calls the handle so}
"""


def test_the_list_holds_every_adapter_with_its_source() -> None:
    names, *rows = (line.split("\t") for line in invoke("adapters").output.splitlines())
    assert [row[0] for row in rows] == [adapter.id for adapter in Knowledge().adapters]
    assert all(len(row) == len(names) and all(row) for row in rows)


def test_the_users_own_are_checked_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    assert invoke("adapters", "check", tmp_path).output == "1 adapters with 1 entries: no mistakes.\n".replace(
        "1 entries", f"{1 + segment_entries()} entries"
    )
    (tmp_path / "own.yaml").write_text(OWN.replace("like: segment", "like: nobody").replace("username", "user"))
    (tmp_path / "broken.yaml").write_text("id: [")
    done = run("adapters", "check", tmp_path)
    assert done.returncode == 2
    said = done.stderr.decode()
    for place in ("broken.yaml:1: not YAML", "own.yaml:6: there is no adapter 'nobody'", "own.yaml:8: 'person.user'"):
        assert place in said


def segment_entries() -> int:
    (segment,) = (adapter for adapter in Knowledge().adapters if adapter.id == "segment")
    return len(segment.endpoints[0].fields)


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_without_adapters_is_said(tmp_path: Path, name: str) -> None:
    done = run("adapters", "check", tmp_path / name)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert b"adapter" in done.stderr


def test_analyze_uses_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "out").mkdir()
    with_own, without = tmp_path / "out" / "with.json", tmp_path / "out" / "without.json"
    invoke("analyze", HAR, "--format", "json", "--output", with_own, "--adapters", tmp_path)
    invoke("analyze", HAR, "--format", "json", "--output", without)

    def usernames(path: Path) -> list[str]:
        sent = json.loads(path.read_bytes())["transmissions"]
        documented = [one for one in sent if one["evidence"] == "documented"]
        return [one["path"] for one in documented if one["data_type"] == "person.username"]

    assert usernames(without) == []
    assert "name" in usernames(with_own)
