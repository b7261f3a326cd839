"""Downloads one file over HTTP: resumed where it broke off, bounded in size and time, credentials to one host only."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from analyzer.errors import ApptellsError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

Progress = Callable[[str, int, int], None]
"""Called with what is downloaded, the bytes received and the bytes to receive (0 where the server does not say)."""

AGENT = "apptells"
ATTEMPTS = 3
CONNECT_SECONDS, SILENT_SECONDS, TOTAL_SECONDS = 15, 60, 3600
"""To connect; without a byte; for the whole file."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_CHUNK = 1 << 16
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_WHY = (("Proxy", "the proxy does not answer"), ("SSL", "no trusted certificate"), ("Timeout", "no answer in time"))
"""In words, by what the class of an error of requests is called."""
_SPAN = re.compile(r"bytes (\d{1,15})-\d+/(?:\d+|\*)")


class DownloadError(ApptellsError):
    """A file could not be downloaded; the sentence says from where and why, and never holds a credential."""


class NotThere(DownloadError):
    """The server says that there is no such file."""


class _BrokenOff(DownloadError):
    """The connection ended before the file; what arrived is kept."""


class Request(Struct, frozen=True, kw_only=True):
    """What to download, and how."""

    url: str
    name: str
    """What progress and errors call it."""
    limit: int
    """Bytes that it may have."""
    credentials: tuple[str, str] | None = None
    """User and password (HTTP Basic), for the host of `url` alone."""
    proxy: str | None = None
    """Instead of that in the environment."""


def no_progress(name: str, done: int, total: int) -> None:
    """Shows nothing."""


def download(request: Request, target: Path, progress: Progress = no_progress) -> None:
    """Download to `target`, through `target.part`, which stays where a download breaks off and is taken up again.

    Raises DownloadError with one sentence; NotThere where the server answers 404 or 410.
    """
    part = target.with_name(target.name + ".part")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _fetch(request, part, progress)
            break
        except _BrokenOff:
            if attempt == ATTEMPTS:
                raise
    part.replace(target)
    _notes(part).unlink(missing_ok=True)


def fetch_text(request: Request) -> bytes:
    """A small answer, in memory. Raises DownloadError, NotThere."""
    with _answer(request, {}) as response:
        return b"".join(_chunks(request, response))


def _fetch(request: Request, part: Path, progress: Progress) -> None:
    start, headers = _resume(request, part)
    with _answer(request, headers) as response:
        said = response.headers.get("Content-Range", "")
        if response.status_code == 416 and said == f"bytes */{start}":
            return  # nothing was missing but the last step
        span = _SPAN.fullmatch(said)
        if response.status_code == 416 or (response.status_code == 206 and (not span or int(span.group(1)) != start)):
            _notes(part).unlink(missing_ok=True)
            raise _BrokenOff(f"{_shown(request.url)}: does not go on where it broke off; run the command again")
        if response.status_code != 206:
            start = 0
        _remember(request, part, response)
        total = start + _length(response)
        with part.open("ab" if start else "wb") as file:
            for chunk in _chunks(request, response, start):
                file.write(chunk)
                progress(request.name, file.tell(), total)


def _resume(request: Request, part: Path) -> tuple[int, dict[str, str]]:
    """Where to go on, and the headers that ask for it: only for the version that began (RFC 9110, 13.1.5: If-Range)."""
    try:
        known = json.loads(_notes(part).read_bytes())
        size = part.stat().st_size
        if known["url"] == request.url and isinstance(known["validator"], str) and 0 < size < request.limit:
            return size, {"Range": f"bytes={size}-", "If-Range": known["validator"]}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, {}


def _remember(request: Request, part: Path, response: "Response") -> None:
    validator = response.headers.get("ETag", "")
    if not validator or validator.startswith("W/"):
        validator = response.headers.get("Last-Modified", "")
    if validator:
        _notes(part).write_text(json.dumps({"url": request.url, "validator": validator}), "utf-8")
    else:
        _notes(part).unlink(missing_ok=True)


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


@contextmanager
def _answer(request: Request, headers: Mapping[str, str]) -> "Iterator[Response]":
    """The answer with status 200, 206 or 416, behind redirects."""
    import requests

    with requests.Session() as session:
        try:
            response = _follow(session, request, headers)
        except requests.RequestException as error:
            # Its own words are long, and may hold the proxy's password.
            why = next((words for kind, words in _WHY if kind in type(error).__name__), "no connection")
            raise DownloadError(f"{_shown(request.url)}: {why}; check the network and its settings") from None
        except ValueError:  # of urllib.parse, in requests too, about the address in a redirect
            raise _no_address(request) from None
        yield response


def _follow(session: "Session", request: Request, headers: Mapping[str, str]) -> "Response":
    url = request.url
    for _ in range(_MAX_REDIRECTS + 1):
        _check_address(url, request)
        response = session.get(
            url,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity", **headers},
            auth=_credentials(url, request),
            proxies={"http": request.proxy, "https": request.proxy} if request.proxy else None,
            allow_redirects=False,  # requests would drop credentials at another host too; here that can be read
            stream=True,
            timeout=(CONNECT_SECONDS, SILENT_SECONDS),
        )
        if response.status_code not in _REDIRECTS:
            return _accepted(response, request, "Range" in headers)
        url = urljoin(url, response.headers.get("Location", ""))
        response.close()
    raise DownloadError(f"{_shown(request.url)}: too many redirects; try again later")


def _credentials(url: str, request: Request) -> "Callable[[PreparedRequest], PreparedRequest] | tuple[str, str]":
    if request.credentials and _origin(url) == _origin(request.url):
        return request.credentials
    return lambda prepared: prepared  # None would let requests look into ~/.netrc


def _accepted(response: "Response", request: Request, ranged: bool) -> "Response":
    status, shown = response.status_code, _shown(request.url)
    if status in (200, 206) or (status == 416 and ranged):
        return response
    if status in (404, 410):
        raise NotThere(f"{shown}: answers {status}, no such file; try again later")
    if status in (401, 403) and request.credentials:
        raise DownloadError(f"{shown}: answers {status}; check the account id, the licence key and what it may fetch")
    if status == 429:
        raise DownloadError(f"{shown}: answers 429, too many downloads today; try again tomorrow")
    raise DownloadError(f"{shown}: answers {status}; try again later")


def _length(response: "Response") -> int:
    """Bytes that the server announces; 0 where it does not."""
    said = response.headers.get("Content-Length", "")
    return int(said) if said.isdecimal() and len(said) < 16 else 0


def _chunks(request: Request, response: "Response", start: int = 0) -> Iterator[bytes]:
    """The body as it comes, not unpacked. Raises _BrokenOff where it ends early, DownloadError where it is too long."""
    import urllib3

    shown, done, announced = _shown(request.url), start, start + _length(response)
    deadline = time.monotonic() + TOTAL_SECONDS
    too_large = DownloadError(f"{shown}: more than {request.limit >> 10} KiB, too large for {request.name}")
    if announced > request.limit:
        raise too_large
    while True:
        try:
            chunk: bytes = response.raw.read1(_CHUNK, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError):
            announced = announced or done + 1
            break
        if not chunk:
            break
        done += len(chunk)
        if done > request.limit:
            raise too_large
        if time.monotonic() > deadline:
            raise DownloadError(f"{shown}: took more than an hour; run the command again to go on")
        yield chunk
    if done < announced:
        raise _BrokenOff(f"{shown}: broke off after {done} bytes; run the command again to go on")


def _check_address(url: str, request: Request) -> None:
    """Raises DownloadError for what is no web address, and where a redirect or a licence key would travel in clear."""
    scheme, host = _origin(url)[:2]
    if scheme not in ("http", "https") or not host:
        raise _no_address(request)
    clear = scheme == "http" and host not in _LOOPBACK
    if clear and (request.credentials or _origin(request.url)[0] == "https"):
        raise DownloadError(f"{_shown(request.url)}: leads to {_shown(url)}, which is not encrypted; use https")


def _no_address(request: Request) -> DownloadError:
    return DownloadError(f"{_shown(request.url)}: leads to no address to download from; check it")


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", "", None


def _shown(url: str) -> str:
    """An address for people: without user, password and query, which may hold keys."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{parts.hostname or ''}{port}{parts.path}"[:300]
