"""Formats are told by what a file holds."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.capture.open import open_capture
from analyzer.errors import CaptureError

TEXT = json.dumps(
    {"log": {"entries": [{"request": {"method": "GET", "url": "https://a.example/é☕"}}]}}, ensure_ascii=False
)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b" \r\n\t" * 500 + TEXT.encode(),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        (" \n" + TEXT).encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        gzip.compress(TEXT.encode(), mtime=0),
        gzip.compress(TEXT.encode("utf-16"), mtime=0),
    ],
)
def test_har_in_every_wrapping(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "named.flow"
    path.write_bytes(data)
    reader = open_capture(path)
    assert [exchange.url for exchange in reader] == ["https://a.example/é☕"]
    assert reader.capture().format == "HAR"
    assert reader.capture().complete


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n ", "neither"),
        (b"12:30:45 a log line\n", "neither"),
        (b"a=1&b=2", "neither"),
        (b"[1, 2]", "neither"),
        (b"\x1f\x8b\x08 nothing", "neither"),
        (gzip.compress(b"plain text", mtime=0), "neither"),
        (b"\xff\xfe", "neither"),
        (b'{"a": 1}', "no HAR"),
    ],
)
def test_other_files_are_refused_in_one_sentence(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "capture.har"
    path.write_bytes(data)
    with pytest.raises(CaptureError, match=message) as refused:
        open_capture(path)
    assert "\n" not in str(refused.value)
    assert "capture.har" in str(refused.value)


def test_folders_missing_files_and_pipes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="folder"):
        open_capture(tmp_path)
    with pytest.raises(CaptureError, match="no such file"):
        open_capture(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CaptureError, match="not a regular file"):
        open_capture(tmp_path / "pipe")


def test_mitmproxy_is_imported_for_flow_files_only(tmp_path: Path) -> None:
    path = tmp_path / "x.har"
    path.write_text(TEXT)
    code = (
        "import sys; from pathlib import Path; from analyzer.capture.open import open_capture;"
        "list(open_capture(Path(sys.argv[1]))); print([m for m in ('mitmproxy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
