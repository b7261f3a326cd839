"""Opens a capture file by what it holds, never by its name."""

import re
from pathlib import Path

from analyzer.capture.frame import MAGIC
from analyzer.capture.har import HarReader
from analyzer.capture.journal_reader import JournalReader
from analyzer.capture.reader import CaptureReader, unreadable
from analyzer.capture.text_stream import GZIP_MAGIC, inflate_start
from analyzer.errors import CaptureError

_HEAD = 1 << 16
_FLOWS = re.compile(rb"\d{1,12}:\d{1,3}:[a-z_]{1,40}[;,]")
"""A tnetstring of a dictionary: its length, then the length and the text of the first key."""
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF16_OBJECTS = (
    (re.compile(rb"(?:[ \t\r\n]\x00)*+\{\x00"), "utf-16-le"),
    (re.compile(rb"(?:\x00[ \t\r\n])*+\x00\{"), "utf-16-be"),
)


def open_capture(path: Path) -> CaptureReader:
    """A reader for our own captures, HAR files (plain, gzip-compressed, UTF-8 or UTF-16) and mitmproxy flow files.

    Raises CaptureError where there is no such file, it cannot be read, or it is none of them.
    """
    head = _head(path)
    if head.startswith(MAGIC):
        return JournalReader(path)
    gzipped = head.startswith(GZIP_MAGIC)
    if gzipped:
        head = inflate_start(head, _HEAD)
    elif _FLOWS.match(head):
        # mitmproxy takes a third of a second to import, so only a flow file pays for it.
        from analyzer.capture.flow import FlowFileReader

        return FlowFileReader(path)
    encoding = _json_encoding(head)
    if encoding is None:
        raise CaptureError(
            f"{path}: neither a HAR nor a mitmproxy flow file nor a capture of apptells; "
            "give a file that a browser, proxy or mitmdump saved."
        )
    return HarReader(path, gzipped=gzipped, utf16=None if encoding == "utf-8" else encoding)


def _head(path: Path) -> bytes:
    """The first bytes of a regular, non-empty file; CaptureError for anything else."""
    if path.is_dir():
        raise CaptureError(f"{path}: this is a folder; give a capture file in it.")
    if path.exists() and not path.is_file():
        raise CaptureError(f"{path}: this is not a regular file; save the capture to a file first.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError as error:
        raise CaptureError(f"{path}: there is no such file; check the path of the capture.") from error
    except OSError as error:
        raise unreadable(path, error) from error
    if not head:
        raise CaptureError(f"{path}: the file is empty; save the capture again.")
    return head


def _json_encoding(head: bytes) -> str | None:
    """`utf-8`, `utf-16-le` or `utf-16-be` where the bytes begin a JSON object, else None."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding if head[2:].decode(encoding, "replace").lstrip(" \t\r\n")[:1] == "{" else None
    for pattern, encoding in _UTF16_OBJECTS:
        if pattern.match(head):
            return encoding
    return "utf-8" if head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] == b"{" else None
