"""What recorders lose: the identifiers of the fidelity notes, their sentences, and a tally of them."""

from collections import Counter

from analyzer.model import FidelityNote

MESSAGES: dict[str, str] = {
    "truncated-file": "The file ends in the middle of an entry; everything before the break was read.",
    "broken-entries": "Entries could not be read and were skipped.",
    "invalid-utf8": "The file holds bytes that are not UTF-8; the entries were repaired.",
    "encoding-replaced": "The recorder replaced bytes of a request body that it could not show as text.",
    "request-body-dropped": "A request body was sent, but the recorder did not keep it.",
    "request-body-truncated": "The recorder kept less of a request body than the request announced.",
    "body-text-guessed": "A binary request body was kept as text only; its bytes are a best reconstruction.",
    "body-rebuilt-from-params": "Only the parameters of a form were kept; the body was rebuilt from them.",
    "body-decoded-by-recorder": "The recorder decompressed the request body; the bytes on the wire differ.",
    "websocket-messages-not-kept": "A WebSocket was opened, but the recorder kept none of its messages.",
    "no-server-address": "The recorder did not keep the address of the server.",
    "no-timings": "The recorder did not keep when the request was made.",
    "failed-requests": "The request failed or was aborted; it is not certain that it reached its server.",
    "not-http": "Connections that spoke neither HTTP nor DNS (raw TCP or UDP): what was sent over them was searched.",
    "records-lost": "Requests could not be recorded: the disk was full, or the recorder failed.",
    "records-damaged": "Parts of the file are damaged; what stood there was passed over.",
    "session-not-ended": "The recorder was killed, or is still at work; what was under way is not in the file.",
    "under-way": "Requests were still under way when the recording ended; they are not in the file.",
    "marks-dropped": "Marks of phases in the file have no usable name or time, or there are too many.",
    "opening-lost": "Messages belong to a WebSocket or request whose own record is not in the file.",
}
"""Each identifier and its one sentence, in the order in which notes are listed."""


class Tally:
    """Counts fidelity notes while a capture is read."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, what: str, count: int = 1) -> None:
        """Counts `what`, one of `MESSAGES`; raises KeyError for any other."""
        if what not in MESSAGES:
            raise KeyError(what)
        self._counts[what] += count

    def notes(self) -> tuple[FidelityNote, ...]:
        """The notes that were counted, in the order of `MESSAGES`."""
        return tuple(
            FidelityNote(what=what, message=message, count=self._counts[what])
            for what, message in MESSAGES.items()
            if self._counts[what]
        )
