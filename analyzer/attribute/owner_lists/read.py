"""Recognises a list of owners by what it holds, never by its name."""

from pathlib import Path

import msgspec

from analyzer.attribute.owner_lists.countries import load_codes
from analyzer.attribute.owner_lists.disconnect import read_disconnect
from analyzer.attribute.owner_lists.exodus import read_exodus
from analyzer.attribute.owner_lists.ghostery import read_ghostery
from analyzer.attribute.owner_lists.listed import OwnerList
from analyzer.attribute.owner_lists.own_table import read_own_table
from analyzer.attribute.owner_lists.tracker_radar import read_folder, read_tracker_radar
from analyzer.errors import KnowledgeError

MAX_BYTES = 32 << 20
"""The largest published list has 10 MB."""


def read_owner_list(path: Path) -> OwnerList:
    """The owners in a file, or in a folder of Tracker Radar's entities.

    Known are the user's own CSV, the tracker list of Exodus Privacy, Disconnect's services and entities, DuckDuckGo's
    Tracker Radar with its maps and block lists, and Ghostery's tracker database.
    Raises KnowledgeError: for CSV with the mistakes as `path:line: what`.
    """
    if path.is_dir():
        return read_folder(path)
    content = _read(path)
    codes = load_codes()
    if content.lstrip()[:1] not in (b"{", b"["):
        return read_own_table(path, content.decode("utf-8", "replace"), codes)
    try:
        data: object = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise KnowledgeError(f"{path}: not valid JSON ({_first_line(error)}): get the list again") from None
    for found in (read_exodus(data), read_ghostery(data, codes), read_disconnect(data), read_tracker_radar(data)):
        if found:
            return found
    raise KnowledgeError(
        f"{path}: no list of owners that is known: give one of Exodus, Disconnect, DuckDuckGo Tracker Radar or "
        "Ghostery, or a CSV table with the columns suffix and owner"
    )


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        # It is read again, for its rows and for its checksum in the report.
        raise KnowledgeError(f"{path}: no plain file; save what it gives in a file first")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    if len(content) > MAX_BYTES:
        raise KnowledgeError(f"{path}: larger than {MAX_BYTES >> 20} MB: give a list of owners")
    return content.removeprefix(b"\xef\xbb\xbf")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:100]
