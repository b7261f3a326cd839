import importlib.util
import sys
import time
import zipfile
from pathlib import Path

import pytest

from analyzer.refresh import packages
from analyzer.refresh.packages import ClientMissing, PackageError, fetch_tarball, fetch_wheel
from tests.refresh.made import wheel


def script(folder: Path, name: str, body: str) -> dict[str, str]:
    """A program on PATH, written in Python."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n")
    path.chmod(0o755)
    return {"PATH": str(folder)}


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else find(name))


def test_pip_fetches_and_runs_nothing(tmp_path: Path) -> None:
    made = wheel(tmp_path / "index", "kirana-data", "1.0", {"kirana/__init__.py": b"raise SystemExit('it was run')"})
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "pip.py").write_text("raise SystemExit('a file of the folder was run')")
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(made.parent), "PIP_CONFIG_FILE": "/dev/null"}
    fetched = fetch_wheel("kirana-data", tmp_path / "scratch", environment)
    assert fetched.read_bytes() == made.read_bytes()
    assert importlib.util.find_spec("kirana") is None


def test_without_pip_uv_unpacks_it(tmp_path: Path, without_pip: None) -> None:
    environment = script(
        tmp_path / "bin",
        "uv",
        "assert sys.argv[1:3] == ['pip', 'install'] and {'--no-deps', '--only-binary'} <= set(sys.argv)\n"
        "target = sys.argv[sys.argv.index('--target') + 1]\n"
        "os.makedirs(target + '/kirana')\n"
        "open(target + '/kirana/data', 'w').write(sys.argv[-1])",
    )
    (tmp_path / "scratch").mkdir()
    with zipfile.ZipFile(fetch_wheel("kirana-data", tmp_path / "scratch", environment)) as archive:
        assert archive.read("kirana/data") == b"kirana-data"


def test_without_any_client(tmp_path: Path, without_pip: None) -> None:
    with pytest.raises(ClientMissing, match="neither pip nor uv is here to fetch it; install one, or import the wheel"):
        fetch_wheel("kirana-data", tmp_path, {"PATH": str(tmp_path)})
    with pytest.raises(ClientMissing, match="npm is not here to fetch it; install Node"):
        fetch_tarball("kirana-data", tmp_path, {"PATH": str(tmp_path)})


def test_why_a_client_failed_without_what_is_secret(tmp_path: Path) -> None:
    said = (
        "print('fetching'); print('npm error 404 at https://me:secret@mirror.example/x', file=sys.stderr); sys.exit(1)"
    )
    environment = script(tmp_path / "bin", "npm", said)
    with pytest.raises(PackageError, match="npm could not fetch it") as error:
        fetch_tarball("kirana-data", tmp_path, environment)
    assert "npm error 404 at https://mirror.example/x" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_client_that_says_nothing_or_brings_nothing(tmp_path: Path) -> None:
    environment = script(tmp_path / "bin", "npm", "sys.exit(3)")
    with pytest.raises(PackageError, match="no reason given"):
        fetch_tarball("kirana-data", tmp_path, environment)
    (tmp_path / "package").rmdir()
    environment = script(tmp_path / "bin", "npm", "pass")
    with pytest.raises(PackageError, match="0 packages were fetched instead of one"):
        fetch_tarball("kirana-data", tmp_path, environment)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see whether a process runs")
def test_a_client_that_hangs_is_stopped_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "SECONDS", 3)
    child = tmp_path / "child"
    body = (
        f"import subprocess\np = subprocess.Popen(['/bin/sleep', '60'])\nopen({str(child)!r}, 'w').write(str(p.pid))\n"
    )
    environment = script(tmp_path / "bin", "npm", body + "time.sleep(60)")
    with pytest.raises(PackageError, match="not here after"):
        fetch_tarball("kirana-data", tmp_path, environment)
    process = int(child.read_text())
    for _ in range(200):
        if not is_running(process):
            break
        time.sleep(0.05)
    assert not is_running(process)


def is_running(process: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
