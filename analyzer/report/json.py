"""Writes the report as JSON: the public contract, streamed so that memory does not grow with the transmissions."""

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from analyzer.model import SCHEMA, Report


def write_json(report: Report, out: BinaryIO) -> None:
    """Write the report as one UTF-8 JSON object: a member or a list item on each line, a line end at the end.

    The members are those of `model.Report` and `schema`; names once public keep their meaning. The same report
    gives the same bytes. Lone surrogates, which UTF-8 cannot hold, become `?`.
    """
    out.write(b'{"schema": %d' % SCHEMA)
    for name in report.__struct_fields__:
        out.write(b',\n"%s": ' % name.encode("ascii"))
        if name == "transmissions":
            _write_list(report.transmissions.encoded(), out)
        elif isinstance(value := getattr(report, name), tuple):
            _write_list(_each_encoded(value), out)
        else:
            out.write(_encoded(value))
    out.write(b"}\n")


def _write_list(items: Iterable[bytes], out: BinaryIO) -> None:
    separator = b"[\n"
    for item in items:
        out.write(separator)
        out.write(item)
        separator = b",\n"
    out.write(b"[]" if separator == b"[\n" else b"\n]")


def _each_encoded(values: Iterable[object]) -> Iterator[bytes]:
    return map(_encoded, values)


def _encoded(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        # Captured text may hold half a surrogate pair; msgspec refuses it, and one such name must not cost the report.
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode("utf-8", "replace")
