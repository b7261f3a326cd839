"""Writes the report as JSON: the public contract, streamed so that memory does not grow with the transmissions."""

import json
from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from analyzer.reported import SCHEMA, Report


def write_json(report: Report, out: BinaryIO) -> None:
    """Write the report as one UTF-8 JSON object: a member or a list item on each line, a line end at the end.

    The members are those of `model.Report` and `schema`; names once public keep their meaning. The same report
    gives the same bytes.
    """
    out.write(b'{"schema": %d' % SCHEMA)
    for name in report.__struct_fields__:
        out.write(b',\n"%s": ' % name.encode("ascii"))
        if name == "transmissions":
            _write_list(report.transmissions.encoded(), out)
        elif isinstance(value := getattr(report, name), tuple):
            _write_list(map(encoded, value), out)
        else:
            out.write(encoded(value))
    out.write(b"}\n")


def _write_list(items: Iterable[bytes], out: BinaryIO) -> None:
    separator = b"[\n"
    for item in items:
        out.write(separator)
        out.write(item)
        separator = b",\n"
    out.write(b"[]" if separator == b"[\n" else b"\n]")


def encoded(value: object) -> bytes:
    """One noun as a line of JSON, without a line end; lone surrogates, which UTF-8 cannot hold, become `?`."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        # Captured text may hold half a surrogate pair; msgspec refuses it, and one such name must not cost the report.
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")
