"""Any bytes become an exchange, which is decoded, searched and counted; what must hold of every exchange is checked.

`python -m tests.fuzz` drives it with made inputs, `test_corpus.py` with the kept ones.
"""

import base64
import gzip
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import quote

import msgspec

from analyzer.decode.exchange import Decoded, Decoder
from analyzer.decode.limits import MAX_FIELDS, MAX_VALUE_CHARS
from analyzer.decode.response import response_text
from analyzer.detect.by_seed import Seeds
from analyzer.detect.shared_ids import SharedIds
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Finding
from analyzer.pipeline import Detection, envelopes
from analyzer.report.build import ReportBuilder

SEPARATOR = b"\x00\xff\x00"
"""Between the parts of an input: controls, URL, header lines, body, response, messages."""
CONTENT_TYPES = (
    "", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/xml",
    "application/grpc", "application/x-protobuf", "application/msgpack", "text/plain; charset=utf-16",
    "text/plain; charset=shift_jis", "application/x-ndjson", "application/octet-stream",
)  # fmt: skip
ENCODINGS = ("", "gzip", "deflate", "br", "zstd", "gzip, br")


def _parameter(data: bytes) -> bytes:
    return b"data=" + quote(data, safe="").encode()


def _member(data: bytes) -> bytes:
    return b'{"data":' + msgspec.json.encode(data.decode("utf-8", "replace")) + b"}"


# A fuzzer does not hit upon a checksum, so it may ask for a body to be wrapped.
WRAPPERS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: data,
    lambda data: gzip.compress(data, 1, mtime=0),
    lambda data: zlib.compress(data, 1),
    base64.b64encode,
    base64.urlsafe_b64encode,
    lambda data: data.hex().encode(),
    _parameter,
    _member,
)
SEEDS = Seeds(
    {
        "person.email": ["Meera.Krishnan+shop@post.example"],
        "person.phone": ["+919812345670"],
        "person.name.full": ["Meera Krishnan", "Ýrsa Łodź"],
        "person.gender": ["female"],
        "person.dob": ["1988-03-14"],
        "id.ad": ["3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10"],
        "id.android": ["a1c39f5e7d0b4826"],
        "loc.precise": ["21.145823,79.088155"],
    }
)


class Line:
    """The whole line for one exchange, with and without seeds; made once, as an analysis of a capture makes it."""

    def __init__(self) -> None:
        knowledge = Knowledge()
        adapters = knowledge.adapters
        self.envelopes = envelopes(adapters)
        self.types = frozenset(kind.id for kind in knowledge.taxonomy)
        self.taxonomy = knowledge.taxonomy
        self.cold = Detection(knowledge, None)
        self.seeded = Detection(knowledge, SEEDS)
        self.deep = Detection(knowledge, SEEDS, deep=True)

    def check(self, data: bytes) -> list[Finding]:
        """Run one input; AssertionError where a law is broken. Returns what was found with seeds."""
        exchange = exchange_of(data)
        decoder = Decoder(self.envelopes)
        decoded = decoder.decode(exchange)
        check_decoded(exchange, decoded)
        assert decoder.decode(exchange) == decoded, "what was decoded before changes nothing"
        cold = self.cold.find(exchange, decoded)
        found = (self.deep if data[:1] > b"\x7f" else self.seeded).find(exchange, decoded)
        for finding in cold + found:
            assert finding.data_type in self.types
            assert finding.value
            assert finding.reasoning
        assert not [finding for finding in cold if finding.evidence == "seed"]
        SharedIds().add(exchange, decoded.host, decoded.fields, found, response_text(exchange))
        builder = ReportBuilder(self.taxonomy, False, SEEDS.values["person.email"])
        builder.add(exchange, decoded.host, found, decoded.undecoded, decoded.notes)
        return found


def exchange_of(data: bytes) -> Exchange:
    """The exchange that an input stands for."""
    controls, *parts = data.split(SEPARATOR)
    controls = controls.ljust(5, b"\0")
    url, headers, body, response, *messages = [*parts, b"", b"", b"", b""]
    for which in controls[3:5]:
        body = WRAPPERS[which % len(WRAPPERS)](body)
    named = [(name, value) for name, found, value in map(_header, headers.split(b"\n")[:40]) if found]
    return Exchange(
        index=0,
        method="POST",
        url=url.decode("utf-8", "surrogateescape"),
        headers=(
            *named,
            ("Content-Type", CONTENT_TYPES[controls[1] % len(CONTENT_TYPES)]),
            ("Content-Encoding", ENCODINGS[controls[2] % len(ENCODINGS)]),
        ),
        body=body,
        body_is_decoded=bool(controls[0] & 1),
        messages=tuple(message for message in messages if message),
        response_body=response,
        response_type="application/json",
    )


def _header(line: bytes) -> tuple[str, str, str]:
    return line.decode("utf-8", "surrogateescape").partition(": ")


def check_decoded(exchange: Exchange, decoded: Decoded) -> None:
    """What holds of every exchange, however strange."""
    parts = 3 + len(exchange.headers) + len(exchange.messages) + 1
    assert len(decoded.fields) <= parts * (MAX_FIELDS + 2)
    for field in decoded.fields:
        assert field.value or field.location == "host"
        assert len(field.value) <= MAX_VALUE_CHARS
        for text in (field.path, field.key, *field.decoding):
            assert isinstance(text, str)
    for closed in decoded.undecoded:
        assert closed.bytes > 0
        assert 0 <= closed.entropy <= 8
    assert all(decoded.notes.values())


def as_input(exchange: Exchange) -> bytes:
    """The input that stands for (nearly) this exchange: its seed in a corpus."""
    named = {name.lower(): value for name, value in exchange.headers}
    kind, encoding = named.get("content-type", ""), named.get("content-encoding", "")
    controls = bytes(
        [
            int(exchange.body_is_decoded),
            next((at for at, known in enumerate(CONTENT_TYPES) if at and kind.startswith(known.split(";")[0])), 0),
            ENCODINGS.index(encoding) if encoding in ENCODINGS else 0,
        ]
    )
    return SEPARATOR.join((controls, *_parts(exchange), *exchange.messages))


def _parts(exchange: Exchange) -> Iterator[bytes]:
    yield exchange.url.encode("utf-8", "surrogateescape")
    kept = [f"{name}: {value}" for name, value in exchange.headers if not name.lower().startswith("content-")]
    yield "\n".join(kept).encode("utf-8", "surrogateescape")
    yield exchange.body
    yield exchange.response_body
