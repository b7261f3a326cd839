"""Makes captures of made-up people for the tests of comparing them."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Request = Mapping[str, Any]


def request(url: str, body: object = None, headers: Sequence[tuple[str, str]] = ()) -> Request:
    """A HAR entry; `body` is bytes, text, or what becomes JSON. Gzip, where a header says so, is put on."""
    named = [{"name": name, "value": value} for name, value in headers]
    found: dict[str, Any] = {"method": "GET" if body is None else "POST", "url": url, "headers": named}
    if body is not None:
        data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        if ("Content-Encoding", "gzip") in headers:
            data = gzip.compress(data, mtime=0)
        text, how = base64.b64encode(data).decode(), {"encoding": "base64"}
        found["postData"] = {"mimeType": "application/json", "text": text, **how}
    return {"startedDateTime": "2026-11-01T10:00:00Z", "request": found, "response": {"status": 200}}


def capture(path: Path, requests: Sequence[Request]) -> Path:
    """A HAR file of these requests."""
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(requests)}}), encoding="utf-8")
    return path
