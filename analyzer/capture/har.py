"""Reads a HAR file of any recorder as a stream of exchanges."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from analyzer.capture import har_dialects as dialects
from analyzer.capture.har_entries import Broken, HarWalk, Member
from analyzer.capture.har_members import Entry, decode_entry, repair_entry
from analyzer.capture.har_response import har_answer
from analyzer.capture.har_server import HarServers, add_lookups, add_trace
from analyzer.capture.json_window import WINDOW, Window
from analyzer.capture.reader import CaptureReader
from analyzer.capture.response import NO_ANSWER
from analyzer.capture.text_stream import source_stream
from analyzer.errors import CaptureError
from analyzer.memo import Memo
from analyzer.model import Exchange

_ADDRESSES_KEPT = 4096
_COMMENT_KEPT = 1000
_PROBED_ENTRIES = 50
"""So many requests are looked at for the version of the browser."""


class HarReader(CaptureReader):
    """A HAR file; CaptureError at once where the JSON holds no `log.entries`."""

    format = "HAR"

    def __init__(self, path: Path, *, gzipped: bool = False, utf16: str | None = None, window: int = WINDOW) -> None:
        """`utf16` is None, `utf-16-le` or `utf-16-be`; `window` is the first size of the buffer, in bytes."""
        super().__init__(path)
        readinto, self._stream = source_stream(self._source, gzipped=gzipped, utf16=utf16)
        self._walk = HarWalk(Window(readinto, window))
        self._steps = iter(self._walk)
        self._members: dict[str, Any] = {}
        self._addresses = Memo[str, str | None](_ADDRESSES_KEPT)
        self._servers = HarServers()
        self._user_agent = ""
        self._first_entry: Entry | None = None
        self._go_to_entries()

    def _go_to_entries(self) -> None:
        for step in self._steps:
            if isinstance(step, Member):
                self._keep(step)
            elif step is None:
                return
        self.close()
        raise CaptureError(
            f"{self._path}: this is JSON, but no HAR: it has no list `log.entries`; export the session as HAR again."
        )

    def _keep(self, member: Member) -> None:
        try:
            value = msgspec.json.decode(member.value)
        except (ValueError, RecursionError):
            return
        if member.name == "_dns":
            add_trace(self._lookups, value)
            return
        self._members[member.name] = value
        if member.name == "_tlsErrors" and isinstance(value, list):
            for host, reason in filter(None, map(dialects.unread_of, value)):
                self._not_read(host, reason, "refused by client")
        if member.name == "creator" and isinstance(value, dict):
            self._servers.recorded_by(value.get("name"))

    def _exchanges(self) -> Iterator[Exchange]:
        for step in self._steps:
            if isinstance(step, Member):
                self._keep(step)
            elif step is not None and (entry := self._entry(step)) is not None:
                yield self._exchange(entry)
        if not self._walk.complete or (self._stream and not self._stream.is_whole):
            self._broke_off()
        self.recorder = self._recorder()
        comment = self._members.get("comment")
        self.comment = comment[:_COMMENT_KEPT] or None if isinstance(comment, str) else None

    def _entry(self, step: memoryview | Broken) -> Entry | None:
        """The entry, read with patience where it is not as specified; None, and counted, where that is in vain."""
        if isinstance(step, Broken):
            if step.data is None:
                self._skip(step.reason)
                return None
            raw = bytes(step.data)
        else:
            try:
                return decode_entry(step)
            except (ValueError, RecursionError):
                raw = bytes(step)
        try:
            raw.decode()
        except UnicodeDecodeError:
            self.tally.add("invalid-utf8")
        try:
            return repair_entry(raw)
        except ValueError as failure:
            self._skip(str(failure))
            return None

    def _exchange(self, entry: Entry) -> Exchange:
        tally = self.tally
        request = entry.request
        headers = tuple([(pair.name, pair.value) for pair in request.headers if pair.name[:1] != ":"])
        headers = dialects.complete_headers(entry, headers)
        body = dialects.request_body(entry, headers)
        for note in body.notes:
            tally.add(note)
        index = self._number()
        if index < _PROBED_ENTRIES:
            self._probe(entry, headers)
        time = parse_time(entry.started)
        if time is None:
            tally.add("no-timings")
        address = self._address(entry.server)
        if address is None:
            tally.add("no-server-address")
        if dialects.has_failed(entry):
            tally.add("failed-requests")
        if dialects.has_lost_messages(entry):
            tally.add("websocket-messages-not-kept")
        add_lookups(self._lookups, entry, index)
        status = entry.response.status if entry.response else None
        answer = har_answer(entry.response) if entry.response else NO_ANSWER
        return Exchange(
            index=index,
            time=time,
            method=request.method,
            url=dialects.complete_url(request.url, request.query),
            headers=headers,
            body=body.data,
            body_is_exact=body.is_exact,
            body_is_decoded=body.is_decoded,
            messages=dialects.sent_messages(entry) if entry.messages else (),
            server_ip=address,
            status=status or None,
            response_headers=answer.headers,
            response_type=answer.type,
            response_body=answer.body,
            connect_ms=self._servers.connect_ms(entry, address),
            certificate=self._servers.certificate(entry),
        )

    def _address(self, text: str | None) -> str | None:
        if not text:
            return None
        if text in self._addresses:
            return self._addresses[text]
        return self._addresses.keep(text, dialects.server_address(text))

    def _probe(self, entry: Entry, headers: dialects.Headers) -> None:
        self._first_entry = self._first_entry or entry
        if not self._user_agent:
            self._user_agent = next((value for name, value in headers if name.lower() == "user-agent"), "")

    def _recorder(self) -> str:
        creator, browser = self._members.get("creator"), self._members.get("browser")
        if isinstance(creator, dict) and creator.get("name"):
            known = cast("dict[str, Any]", browser) if isinstance(browser, dict) else {}
            return dialects.recorder_name(creator, known, self._user_agent)
        if self._first_entry is None:
            return "unknown recorder"
        return dialects.recorder_by_traits(self._first_entry, frozenset(self._members))


def parse_time(text: str | None) -> float | None:
    """Seconds since 1970 UTC of an ISO 8601 moment, without an offset taken as UTC; None where it is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
