"""multipart/form-data and multipart/mixed: fields and file parts."""

import re

from analyzer.decode.walk import Place, Walk

_BOUNDARY = re.compile(r'boundary="?([^";,\r\n]{1,200})', re.I)
_NAME = re.compile(r'[;\s]name="([^"]*)"|[;\s]name=([^;\s]+)', re.I)
_FILENAME = re.compile(r'filename\*?="?([^";\r\n]*)', re.I)


def read(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    """Record every part under its field name; file parts are opened by their own content type."""
    match = _BOUNDARY.search(content_type)
    if match:
        boundary = match[1].strip().encode("latin-1", "replace")
    elif data.startswith(b"--") and b"ontent-" in data[:400]:
        boundary = data[2 : data.find(b"\n")].strip()
    else:
        return False
    if not boundary or b"--" + boundary not in data:
        return False
    inner = at.inside("multipart")
    start = data.find(b"--" + boundary)
    position = 0
    while start >= 0:
        start += 2 + len(boundary)
        if data[start : start + 2] == b"--":
            break
        end = data.find(b"--" + boundary, start)
        _read_part(walk, inner, data[start : end if end >= 0 else len(data)], position)
        position += 1
        start = end
    return True


def _read_part(walk: Walk, inner: Place, part: bytes, position: int) -> None:
    part = part.removeprefix(b"\r\n").removeprefix(b"\n")
    separator = b"\r\n\r\n" if b"\r\n\r\n" in part else b"\n\n"
    head, found, body = part.partition(separator)
    if not found:
        return
    body = body.removesuffix(b"\n").removesuffix(b"\r")
    headers = head.decode("utf-8", "replace")
    match = _NAME.search(headers)
    name = (match[1] or match[2]) if match else f"[{position}]"
    here = inner.at(name or f"[{position}]", name)
    filename = _FILENAME.search(headers)
    if filename and filename[1]:
        walk.text(here.at("filename"), filename[1])
    kind = ""
    for line in headers.splitlines():
        if line.lower().startswith("content-type:"):
            kind = line[13:].strip()
    walk.data(here, body, kind)
