"""What is written about the program is true: examples run, help is as documented, and the words are neutral."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import click
import pytest

from analyzer.cli import COMMANDS, cli
from tests.cli.running import FLOW, HAR, SEEDS, invoke
from tests.conftest import ROOT

COMMAND_LIST = ROOT / "docs" / "commands.md"
DATA = ROOT / "analyzer" / "data"

# Put together here, so that this file does not hold what it forbids.
REGISTRIES = (
    "pypi" + ".org", "files." + "pythonhosted", "registry." + "npmjs", "deb." + "debian", "crates" + ".io",
    "proxy.golang" + ".org",
)  # fmt: skip
MACHINES = tuple(f"/{folder}/" for folder in ("work", "root", "home"))
JUDGING = re.compile(
    r"\b(?:leak|steal|stole|theft|violat|illegal|unlawful|spy|spie|snoop|breach|exfiltrat|malicious|guilty|secretly)"
    r"[a-z]*\b",
    re.I,
)


@cache
def repository() -> tuple[Path, ...]:
    """Every file that is or would be committed."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout: nothing says which files belong to it")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


def documents() -> Iterator[Path]:
    yield from (path for path in repository() if path.suffix == ".md")


def texts_of_users() -> Iterator[Path]:
    """What a user reads, and the files that its words come from."""
    yield from documents()
    yield from (path for path in (ROOT / "analyzer").rglob("*") if path.suffix in (".py", ".j2"))
    yield from (path for path in DATA.rglob("*") if path.suffix in (".yaml", ".tsv"))
    yield from (path for path in (ROOT / "reports" / "founding-case").iterdir() if path.suffix in (".html", ".json"))


def console_lines(path: Path) -> Iterator[str]:
    """The commands in a document's `console` blocks, continued lines joined."""
    for block in re.findall(r"^ *```console\n(.*?)^ *```", path.read_text(encoding="utf-8"), re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip().startswith("$ "):
                yield line.strip()[2:]


def examples(program: str) -> list[str]:
    lines = [
        line
        for path in sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))
        for line in console_lines(path)
    ]
    return [line for line in dict.fromkeys(lines) if line.split()[0] == program]


def test_the_readme_has_examples() -> None:
    assert examples("apptells")
    assert examples("make")


@pytest.mark.parametrize("line", examples("make"))
def test_every_make_example_is_a_target(line: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert set(line.split()[1:]) <= set(targets)


@pytest.mark.parametrize("line", examples("apptells"))
def test_every_example_runs_on_the_bundled_capture(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that an example names are there, as copies of the founding case's; a database of the user's is not."""
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)[1:]
    words = words[: next((at for at, word in enumerate(words) if word in (">", "|", "&&")), None)]
    copies = {".har": HAR, ".flow": FLOW, ".apptells": FLOW.with_suffix(".apptells"), ".yaml": SEEDS}
    for before, word in pairwise(words):
        if before != "--output" and (source := copies.get(Path(word).suffix)):
            assert not Path(word).is_absolute()
            Path(word).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, word)
    if words[0] in ("capture", "device") or any(word.endswith(".mmdb") for word in words):
        # They need a phone, or a database that is the user's: that the words are understood is all that can be tried.
        command = cli.get_command(click.Context(cli), words[0])
        assert command is not None
        command.make_context(words[0], words[1:], parent=click.Context(cli, **cli.context_settings))
    else:
        assert invoke(*words).output


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_every_option_that_a_document_names_exists(path: Path) -> None:
    said = [invoke(*name.split(), "--help").output for name in command_names()]
    known = {option for text in said for option in re.findall(r"--[a-z][a-z-]+", text)}
    known |= set(re.findall(r"--[a-z][a-z-]+", invoke("--help").output))
    # Options of the tools that contributors run.
    known |= {
        "--regenerate",
        "--profile",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--group",
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", path.read_text(encoding="utf-8"))) <= known


def command_names() -> Iterator[str]:
    for name in COMMANDS:
        yield name
        command = cli.get_command(click.Context(cli), name)
        for inner in sorted(command.commands) if isinstance(command, click.Group) else ():
            yield f"{name} {inner}"


def test_the_command_list_is_the_help_text(regenerate: bool) -> None:
    parts = ["# Commands\n\nWritten by `pytest --regenerate` from `--help`.\n"]
    for name in ("", *command_names()):
        title = f"apptells {name}".strip()
        said = invoke(*name.split(), "--help").output.replace("Usage: cli", "Usage: apptells")
        parts.append(f"## {title}\n\n```text\n{said.rstrip()}\n```\n")
    text = "\n".join(parts)
    if regenerate:
        COMMAND_LIST.parent.mkdir(exist_ok=True)
        COMMAND_LIST.write_text(text, encoding="utf-8", newline="\n")
    assert COMMAND_LIST.read_text(encoding="utf-8") == text


def test_links_between_documents_lead_somewhere() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents()
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert missing == []


def test_no_file_names_a_registry_or_a_folder_of_a_machine() -> None:
    found = []
    for path in repository():
        text = path.read_bytes()
        # What captures hold may look like a path of anybody's machine.
        hidden = REGISTRIES if path.is_relative_to(ROOT / "fixtures") else (*REGISTRIES, *MACHINES)
        found += [f"{path.relative_to(ROOT)}: {name}" for name in hidden if name.encode() in text]
    assert found == []


def test_no_judging_word_where_a_user_reads() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in texts_of_users()
        for word in JUDGING.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)], ids=str)
def test_no_judging_word_in_help(words: list[str]) -> None:
    assert JUDGING.findall(invoke(*words, "--help").output) == []


@pytest.mark.parametrize("word", ["leaks", "stolen", "Violation", "spying"])
def test_a_judging_word_would_be_seen(word: str) -> None:
    assert JUDGING.search(f"The app {word} data.")


def test_every_data_file_has_its_licence() -> None:
    text = (DATA / "DATA-LICENSES.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./-]+)`", text))
    missing = []
    for path in DATA.rglob("*"):
        name = path.relative_to(DATA)
        folders = {f"{folder}/" for folder in name.parents}
        if path.is_file() and path.name != "DATA-LICENSES.md" and not named & {name.as_posix(), *folders}:
            missing.append(name.as_posix())
    assert missing == []


def test_every_licence_is_of_a_file_that_is_there() -> None:
    rows = re.findall(r"^\| (`.+?) \|", (DATA / "DATA-LICENSES.md").read_text(encoding="utf-8"), re.M)
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert len(names) > 10
    assert [name for name in names if not (DATA / name).exists()] == []
