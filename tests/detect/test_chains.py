"""A law: any value of a person, hashed or not, under any chain of encoders, is found, and all of it is named."""

import base64
import gzip
import hashlib
import html
import json
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import quote

import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from lzstring import LZString
from msgspec import Struct

from analyzer.decode.exchange import Decoder
from analyzer.detect.by_seed import BySeed, Seeds
from analyzer.detect.joined import Joined
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange

LEXICON = Knowledge().lexicon
LZ = LZString()
type Chain = tuple[str, ...]


class Person(Struct, frozen=True):
    """One value, and the form of it that is hashed, with the name of that form."""

    data_type: str
    value: str
    hashed: str
    form: str


class Encoder(Struct, frozen=True):
    """A way to write text as text, and what a decoder calls taking it off, outermost first."""

    name: str
    write: Callable[[str], str]
    taken_off: Chain


def percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def escaped(text: str) -> str:
    return '"' + "".join(f"\\u{ord(char):04x}" for char in text) + '"'


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def jwt(text: str) -> str:
    parts = ('{"alg":"HS256","typ":"JWT"}', json.dumps({"sub": "1", "k": text}), "signature-of-the-token")
    return ".".join(b64url(part).rstrip("=") for part in parts)


ENCODERS = (
    Encoder("percent", lambda text: quote(text, safe=""), ("urlencoded",)),
    Encoder("percent, every byte", percent, ("urlencoded",)),
    Encoder("percent twice", lambda text: quote(percent(text), safe=""), ("urlencoded", "urlencoded")),
    Encoder("base64", lambda text: b64(text.encode()), ("base64",)),
    Encoder("base64 without padding", lambda text: b64(text.encode()).rstrip("="), ("base64",)),
    Encoder("base64url", b64url, ("base64url",)),
    Encoder("base64url without padding", lambda text: b64url(text).rstrip("="), ("base64url",)),
    Encoder("utf-16 in base64", lambda text: b64(text.encode("utf-16-le")), ("base64",)),
    Encoder("utf-16 with a mark in base64", lambda text: b64(text.encode("utf-16")), ("base64",)),
    Encoder("gzip in base64", lambda text: b64(gzip.compress(text.encode(), mtime=0)), ("base64", "gzip")),
    Encoder("zlib in base64", lambda text: b64(zlib.compress(text.encode())), ("base64", "zlib")),
    Encoder("zstd in base64", lambda text: b64(zstandard.compress(text.encode())), ("base64", "zstd")),
    Encoder("data URL", lambda text: f"data:text/plain;base64,{b64(text.encode())}", ("base64",)),
    Encoder("lz-string in base64", LZ.compressToBase64, ("lzstring",)),
    Encoder("lz-string for URIs", LZ.compressToEncodedURIComponent, ("lzstring",)),
    Encoder("hex", lambda text: text.encode().hex(), ("hex",)),
    Encoder("hex, upper case", lambda text: text.encode().hex().upper(), ("hex",)),
    Encoder("json text", json.dumps, ("json",)),
    Encoder("json text, every character escaped", escaped, ("json",)),
    Encoder("json object", lambda text: json.dumps({"k": text}), ("json",)),
    Encoder("json array", lambda text: json.dumps([1, text]), ("json",)),
    Encoder("form", lambda text: f"v=2&k={quote(text, safe='')}", ("urlencoded",)),
    Encoder("url", lambda text: f"https://t.example/c?k={quote(text, safe='')}", ("url", "urlencoded")),
    Encoder("html", lambda text: html.escape(text).replace("@", "&#64;").replace("+", "&#x2B;"), ("html",)),
    Encoder("xml", lambda text: f"<r><k>{html.escape(text)}</k></r>", ("xml",)),
    Encoder("jwt", jwt, ("jwt", "json")),
)


MIN_BEYOND_ASCII: dict[Chain, int] = {("lzstring",): 24, ("hex",): 96}
"""Characters under which any letters open to some text beyond ASCII, and any identifier in hex is such bytes."""


def asked(text: str, name: str = "x") -> Exchange:
    return Exchange(index=0, url=f"https://in.example.com/v1?{name}={quote(text, safe='')}")


def posted(body: str, kind: str) -> Exchange:
    headers = (("Content-Type", kind),)
    return Exchange(index=0, method="POST", url="https://in.example.com/v1", headers=headers, body=body.encode())


CARRIERS: tuple[tuple[Chain, Callable[[str], Exchange]], ...] = (
    (("urlencoded",), asked),
    (("json",), lambda text: posted(json.dumps({"x": text}), "application/json")),
    (("urlencoded",), lambda text: posted(f"a=1&x={quote(text, safe='')}", "application/x-www-form-urlencoded")),
    ((), lambda text: Exchange(index=0, url="https://in.example.com/", headers=(("X-Data", text),))),
    (("json",), lambda text: Exchange(index=0, url="wss://a.example/", messages=(json.dumps([7, text]).encode(),))),
)

HASHES = ("md5", "sha1", "sha256", "sha512")
WRITTEN: tuple[tuple[str, Callable[[bytes], str]], ...] = (
    ("", bytes.hex),
    ("", lambda digest: digest.hex().upper()),
    (", base64", b64),
    (", base64", lambda digest: b64(digest).rstrip("=")),
)


def person(data_type: str, form: str = "as typed", change: Callable[[str], str] = str) -> Callable[[str], Person]:
    return lambda value: Person(data_type, value, change(value), form if change(value) != value else "as typed")


def with_check_digit(digits: str) -> str:
    doubled = [int(digit) * (2 if position % 2 else 1) for position, digit in enumerate(digits)]
    return digits + str(-sum(one // 10 + one % 10 for one in doubled) % 10)


def word(first: str, rest: str) -> st.SearchStrategy[str]:
    return st.builds(str.__add__, st.sampled_from(first), st.text(rest, min_size=3, max_size=9))


# Up to twenty digits are a number, so short texts hold a letter whose hex is not of digits alone, such as J to O.
DEGREES = st.integers(1_000_000, 9_999_999)
PEOPLE = st.one_of(
    st.from_regex(r"[A-Za-z][a-z]{3,9}(\.[a-z]{3,9})?(\+[a-z0-9]{2,6})?@[a-z]{3,9}\.example", fullmatch=True).map(
        person("person.email", "lower", str.lower)
    ),
    st.from_regex(r"\+91[6-9][0-9]{9}", fullmatch=True).map(
        person("person.phone", "digits only", lambda value: value[1:])
    ),
    st.builds("{} {}".format, word("JKLMNOÉŠ", "abcdeéilnorsšü"), word("JKLMNOÉŠ", "abcdeéilnorsšü")).map(
        person("person.name.full", "lower", str.lower)
    ),
    st.uuids(version=4).map(str).map(person("id.ad", "without dashes", lambda value: value.replace("-", ""))),
    st.from_regex(r"[1-9a-f][0-9a-f]{15}", fullmatch=True).map(person("id.android", "upper", str.upper)),
    st.from_regex(r"35[0-9]{12}", fullmatch=True).map(with_check_digit).map(person("id.imei")),
    st.from_regex(r"[A-Z]{3}P[A-Z][0-9]{4}[J-O]", fullmatch=True).map(person("gov.in.pan", "lower", str.lower)),
    st.dates(date(1930, 1, 1), date(2010, 1, 1))
    .map(str)
    .map(person("person.dob", "as YYYYMMDD", lambda value: value.replace("-", ""))),
    st.builds(lambda lat, lon: f"{lat / 1e6:.6f},{-lon / 1e5:.6f}", DEGREES, DEGREES).map(person("loc.precise")),
)


def chained(text: str, encoders: Sequence[Encoder]) -> tuple[str, Chain]:
    """The text under encoders, innermost first, and the chain that a decoder has to name, outermost first."""
    chain: Chain = ()
    for encoder in encoders:
        encoded = encoder.write(text)
        is_chance = not text.isascii() and len(encoded) < MIN_BEYOND_ASCII.get(encoder.taken_off, 0)
        if encoded != text and not is_chance:
            taken_off = encoder.taken_off
            if taken_off == ("base64url",) and "-" not in encoded and "_" not in encoded:
                taken_off = ("base64",)  # nobody can tell the two alphabets apart
            text, chain = encoded, taken_off + chain
    return text, chain


def found(one: Person, exchange: Exchange) -> list[tuple[str, Chain]]:
    """Transform and chain of each finding of the person's data type."""
    search = BySeed(Seeds({one.data_type: [one.value]}), LEXICON)
    fields = Decoder().decode(exchange).fields
    findings = [finding for _, finding in search.find(Joined(fields)) if finding.data_type == one.data_type]
    return [(finding.transform, finding.field.decoding) for finding in findings]


@settings(max_examples=300)
@given(PEOPLE, st.lists(st.sampled_from(ENCODERS), max_size=3), st.sampled_from(CARRIERS))
def test_a_value_is_found_under_any_chain_of_encoders(
    one: Person, encoders: list[Encoder], carrier: tuple[Chain, Callable[[str], Exchange]]
) -> None:
    text, chain = chained(one.value, encoders)
    assert ("plain", carrier[0] + chain) in found(one, carrier[1](text))


@settings(max_examples=300)
@given(
    PEOPLE,
    st.sampled_from(HASHES),
    st.sampled_from(WRITTEN),
    st.lists(st.sampled_from(ENCODERS), max_size=3),
    st.sampled_from(CARRIERS),
)
def test_a_hash_is_found_under_any_chain_of_encoders(
    one: Person,
    name: str,
    written: tuple[str, Callable[[bytes], str]],
    encoders: list[Encoder],
    carrier: tuple[Chain, Callable[[str], Exchange]],
) -> None:
    digest = hashlib.new(name, one.hashed.encode()).digest()
    text, chain = chained(written[1](digest), encoders)
    assert (f"{name}({one.form}){written[0]}", carrier[0] + chain) in found(one, carrier[1](text))
