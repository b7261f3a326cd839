"""One person's values, one encoding a request, through the decoder and the search: each is found, and named rightly."""

import base64
import codecs
import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from random import Random
from urllib.parse import quote

import brotli
import msgpack
import pytest
import zstandard
from lzstring import LZString
from msgspec import Struct

from analyzer.decode.exchange import Decoder
from analyzer.detect.by_seed import BySeed, Seeds
from analyzer.detect.joined import Joined
from analyzer.detect.seeds.base58 import base58
from analyzer.detect.seeds.geohash import geohash
from analyzer.detect.seeds.murmur import murmur3_32, murmur3_128
from analyzer.detect.seeds.ripemd import ripemd160
from analyzer.detect.seeds.transforms import Salt
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Finding

EMAIL = "Meera.Krishnan+shop@post.example"
LOWER = EMAIL.lower()
PHONE = "+919812345670"
NAME = "Meera Krishnan"
GAID = "3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10"
ANDROID = "a1c39f5e7d0b4826"
PLACE = "21.145823,79.088155"
SALTS = (Salt("pepper-1", "before", "Acme"), Salt("tail", "after"), Salt("key-of-the-app", "hmac", "Acme"))
SEEDS = Seeds(
    {
        "person.email": [EMAIL],
        "person.phone": [PHONE],
        "person.name.full": [NAME],
        "person.dob": ["1988-03-14"],
        "id.ad": [GAID],
        "id.android": [ANDROID],
        "loc.precise": [PLACE],
    }
)
LEXICON = Knowledge().lexicon
SEARCH = BySeed(SEEDS, LEXICON, salts=SALTS)
DEEP_SEARCH = BySeed(SEEDS, LEXICON, deep=True, salts=SALTS)
NOISE = bytes(range(0x83, 0xE3))


class Case(Struct, frozen=True):
    """One encoding and what has to be said of it."""

    name: str
    exchange: Exchange
    data_type: str
    transform: str = "plain"
    decoding: tuple[str, ...] = ()
    """The last encodings that are taken off, outermost first."""
    location: str | None = None


def query(**members: str) -> Exchange:
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in members.items())
    return Exchange(index=0, method="GET", url=f"https://in.example.com/v1?{text}")


def body(data: bytes, kind: str = "application/octet-stream", **headers: str) -> Exchange:
    sent = (("Content-Type", kind), *((name.replace("_", "-"), value) for name, value in headers.items()))
    return Exchange(index=0, method="POST", url="https://in.example.com/v1", headers=sent, body=data)


def in_json(value: object) -> Exchange:
    return body(json.dumps({"x": value}).encode(), "application/json")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def b64(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def hidden(key: int, text: str) -> bytes:
    return bytes(byte ^ key for byte in text.encode())


def embedded(offset: int, urlsafe: bool = False) -> str:
    """Base64 of the address at one of three byte offsets, within bytes that are no text."""
    data = NOISE[: 30 + offset] + EMAIL.encode() + NOISE
    return (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(data).decode()


def protobuf(number: int, text: str) -> bytes:
    return bytes([number << 3 | 2, len(text)]) + text.encode()


MAIL, TEL, FULL = "person.email", "person.phone", "person.name.full"
LZ = LZString()
ENCODED = [
    Case("plain", query(x=EMAIL), MAIL),
    Case("upper case", query(x=EMAIL.upper()), MAIL),
    Case("percent", Exchange(index=0, url=f"https://in.example.com/?x={quote(EMAIL, safe='')}"), MAIL),
    Case("percent twice", query(x=quote(EMAIL, safe="")), MAIL, decoding=("urlencoded",)),
    Case("percent thrice", query(x=quote(quote(EMAIL, safe=""), safe="")), MAIL, decoding=("urlencoded",) * 2),
    Case("html entities", query(x=EMAIL.replace("@", "&#64;")), MAIL, decoding=("html",)),
    Case("json escapes", body(b'{"x":"Meera.Krishnan+shop\\u0040post.example"}'), MAIL),
    Case("json in json", in_json(json.dumps({"y": EMAIL})), MAIL, decoding=("json", "json")),
    Case("form in a body", body(f"x={quote(EMAIL, safe='')}".encode(), "application/x-www-form-urlencoded"), MAIL),
    Case("base64", query(x=b64(EMAIL)), MAIL, decoding=("base64",)),
    Case("base64 without padding", query(x=b64(EMAIL + "1 ").rstrip("=")), MAIL, decoding=("base64",)),
    Case("base64 twice", query(x=b64(b64(EMAIL))), MAIL, decoding=("base64", "base64")),
    Case("base64url", query(x=base64.urlsafe_b64encode(b"\xc3\xbe\xc3\xbf?>" + EMAIL.encode()).decode()), MAIL,
         decoding=("base64url",)),
    Case("base64 of json", query(x=b64(json.dumps({"y": EMAIL}))), MAIL, decoding=("base64", "json")),
    Case("base64 in utf-16", query(x=b64(EMAIL.encode("utf-16-le"))), MAIL, decoding=("base64",)),
    Case("base64 in utf-16, big-endian", query(x=b64(EMAIL.encode("utf-16-be"))), MAIL, decoding=("base64",)),
    *(Case(f"base64 within bytes at offset {offset}", query(x=embedded(offset)), MAIL, decoding=("base64",))
      for offset in range(3)),
    *(Case(f"base64url within bytes at offset {offset}", query(x=embedded(offset, True)), MAIL, decoding=("base64",))
      for offset in range(3)),
    Case("base64 after a version", query(x="v1." + b64(EMAIL)), MAIL, decoding=("base64",)),
    Case("base64 after a word", query(x="user_" + b64(EMAIL)), MAIL, decoding=("base64",)),
    Case("base64 in a text", query(x=f"id {b64(EMAIL)}; end"), MAIL, decoding=("base64",)),
    Case("utf-16 within bytes in base64", query(x=b64(NOISE + EMAIL.encode("utf-16-le") + NOISE)), MAIL,
         decoding=("base64", "utf-16")),
    Case("hex", query(x=EMAIL.encode().hex()), MAIL, decoding=("hex",)),
    Case("hex, upper case", query(x=EMAIL.encode().hex().upper()), MAIL, decoding=("hex",)),
    Case("hex within longer hex", query(x=NOISE[:20].hex() + EMAIL.encode().hex() + NOISE[:9].hex()), MAIL),
    Case("hex in a text", query(x=f"u={EMAIL.encode().hex()};1"), MAIL),
    Case("gzip", body(gzip.compress(EMAIL.encode())), MAIL, decoding=("gzip",)),
    Case("zlib", body(zlib.compress(EMAIL.encode() * 3)), MAIL),
    Case("raw deflate", body(zlib.compress(EMAIL.encode() * 3, wbits=-15), Content_Encoding="deflate"), MAIL),
    Case("brotli", body(brotli.compress(EMAIL.encode()), Content_Encoding="br"), MAIL),
    Case("zstd", body(zstandard.compress(EMAIL.encode())), MAIL),
    Case("gzip in base64", query(x=b64(gzip.compress(EMAIL.encode()))), MAIL, decoding=("base64", "gzip")),
    Case("lz-string", query(x=LZ.compressToBase64(EMAIL * 2)), MAIL, decoding=("lzstring",)),
    Case("lz-string for URIs", query(x=LZ.compressToEncodedURIComponent(EMAIL * 2)), MAIL, decoding=("lzstring",)),
    Case("protocol buffer", body(protobuf(1, "login") + protobuf(2, EMAIL), "application/x-protobuf"), MAIL),
    Case("protocol buffer in base64", query(x=b64(protobuf(1, "login") + protobuf(2, EMAIL))), MAIL),
    Case("MessagePack", body(msgpack.packb({"x": EMAIL}), "application/msgpack"), MAIL),
    Case("within unknown bytes", body(NOISE + EMAIL.encode() + NOISE), MAIL, decoding=("strings",)),
    Case("cookie", Exchange(index=0, url="https://a.example/", headers=(("Cookie", f"u={quote(EMAIL)}"),)), MAIL,
         location="cookie"),
    Case("path", Exchange(index=0, url=f"https://a.example/u/{quote(EMAIL)}/x"), MAIL, location="path"),
    Case("message", Exchange(index=0, url="wss://a.example/", messages=(json.dumps([1, EMAIL]).encode(),)), MAIL,
         location="message"),
]  # fmt: skip

WRITTEN = [
    Case("phone without plus", query(x="919812345670"), TEL),
    Case("phone, national", query(x="9812345670"), TEL),
    Case("phone, national with zero", query(x="09812345670"), TEL),
    Case("phone, spaced", query(x="+91 98123 45670"), TEL),
    Case("phone with dashes", query(x="+91-98123-45670"), TEL),
    Case("phone as a number", in_json(9812345670), TEL),
    Case("e-mail without tag", query(x="meera.krishnan@post.example"), MAIL),
    Case("e-mail without dots", query(x="meerakrishnan@post.example"), MAIL),
    Case("name, last name first", query(x="Krishnan, Meera"), FULL),
    Case("name with plus", Exchange(index=0, url="https://a.example/?x=Meera%2BKrishnan"), FULL),
    Case("first and last name apart: first", in_json({"fname": "Meera", "lname": "Krishnan"}), "person.name.given"),
    Case("first and last name apart: last", in_json({"fname": "Meera", "lname": "Krishnan"}), "person.name.family"),
    Case("id without dashes", query(x=GAID.replace("-", "")), "id.ad"),
    Case("id in upper case", query(x=GAID.upper()), "id.ad"),
    Case("id in upper case without dashes", query(x=GAID.replace("-", "").upper()), "id.ad"),
    Case("id behind a prefix", query(x="__g" + GAID.replace("-", "")), "id.ad"),
    Case("Android ID as a signed number", in_json(int(ANDROID, 16) - (1 << 64)), "id.android"),
    Case("Android ID in upper case", query(x=ANDROID.upper()), "id.android"),
    Case("place with four decimals", in_json({"lat": 21.1458, "lon": 79.0882}), "loc.precise"),
    Case("place with three decimals", in_json({"lat": 21.146, "lon": 79.088}), "loc.precise"),
    Case("place with one decimal", in_json({"lat": 21.1, "lon": 79.1}), "loc.coarse"),
    Case("place times a million", in_json({"x": 21145823, "y": 79088155}), "loc.precise"),
    Case("place as one text", query(x="21.1458,79.0882"), "loc.precise"),
    Case("place as one rough text", query(x="21.15,79.09"), "loc.coarse"),
    Case("geohash", query(x=geohash(21.145823, 79.088155, 8)), "loc.precise"),
    Case("birth date in seconds", in_json({"x": 574300800}), "person.dob"),
    Case("birth date in milliseconds at midnight in India", in_json({"x": 574281000000}), "person.dob"),
    Case("birth date, day first", query(x="14/03/1988"), "person.dob"),
    Case("e-mail over two parameters", query(a="meera.krishnan+shop", b="post.example"), MAIL),
    Case("phone over two parameters", query(a="+9198123", b="45670"), TEL),
    Case("id over two parameters", query(a=GAID[:18], b=GAID[19:]), "id.ad"),
    Case("id in a host name", Exchange(index=0, url=f"https://{GAID}.t.example.com/"), "id.ad", location="host"),
    Case("name in a host name", Exchange(index=0, url="https://meera-krishnan.t.example.com/"), FULL, location="host"),
    Case("hex in a host name", Exchange(index=0, url=f"https://{LOWER[:14].encode().hex()}.t.example.com/"),
         "person.name.full", location="host"),
    Case("hex over labels of a host name", Exchange(
        index=0, url=f"https://{LOWER.encode().hex()[:40]}.{LOWER.encode().hex()[40:]}.t.example.com/"),
         MAIL, location="host"),
]  # fmt: skip

HASHED = [
    *(
        Case(f"{name} in {writing}", query(x=written(hashlib.new(name, LOWER.encode()).digest())), MAIL, transform)
        for name in ("md5", "sha1", "sha256", "sha512")
        for writing, written, transform in (
            ("hex", bytes.hex, f"{name}(lower)"),
            ("upper-case hex", lambda digest: digest.hex().upper(), f"{name}(lower)"),
            ("base64", b64, f"{name}(lower), base64"),
        )
    ),
    Case("sha256 in base64url", query(x=base64.urlsafe_b64encode(hashlib.sha256(PHONE.encode()).digest()).decode()),
         TEL, "sha256(as typed), base64url"),
    Case("hash of the e-mail as typed", query(x=sha256(EMAIL)), MAIL, "sha256(as typed)"),
    Case("hash of the e-mail without tag", query(x=sha256("meera.krishnan@post.example")), MAIL,
         "sha256(lower, without +tag)"),
    Case("hash of the e-mail without dots", query(x=sha256("meerakrishnan@post.example")), MAIL,
         "sha256(lower, without dots)"),
    Case("hash of the national phone", query(x=sha256("9812345670")), TEL, "sha256(without country code)"),
    Case("hash of the phone without plus", query(x=sha256("919812345670")), TEL, "sha256(digits only)"),
    Case("hash of the first name", query(x=sha256("meera")), "person.name.given", "sha256(lower)"),
    Case("hash of the last name", query(x=sha256("krishnan")), "person.name.family", "sha256(lower)"),
    Case("hash of the full name", query(x=sha256("meera krishnan")), FULL, "sha256(lower)"),
    Case("hash of the id in upper case", query(x=sha256(GAID.upper())), "id.ad", "sha256(upper)"),
    Case("hash of the id without dashes", query(x=sha256(GAID.replace("-", ""))), "id.ad", "sha256(without dashes)"),
    Case("hash of the Android ID", query(x=hashlib.sha1(ANDROID.encode()).hexdigest()), "id.android",
         "sha1(as typed)"),
    Case("hash of the birth date", query(x=sha256("19880314")), "person.dob", "sha256(as YYYYMMDD)"),
    Case("hash of a hash", query(x=sha256(hashlib.md5(LOWER.encode()).hexdigest())), MAIL, "sha256(md5(lower))"),
    Case("hash of the same hash", query(x=hashlib.md5(hashlib.md5(LOWER.encode()).hexdigest().encode()).hexdigest()),
         MAIL, "md5(md5(lower))"),
    Case("salt before", query(x=sha256("pepper-1" + LOWER)), MAIL, "sha256(salt + lower)"),
    Case("salt after", query(x=sha256(LOWER + "tail")), MAIL, "sha256(lower + salt)"),
    Case("HMAC", query(x=hmac.digest(b"key-of-the-app", LOWER.encode(), "sha256").hex()), MAIL, "hmac-sha256(lower)"),
    Case("hash after a word", query(x="em_" + sha256(LOWER)), MAIL, "sha256(lower)"),
    Case("hash in a list", in_json([f"1,{sha256(LOWER)},2"]), MAIL, "sha256(lower)"),
    Case("hash in a host name", Exchange(
        index=0, url=f"https://{hashlib.md5(LOWER.encode()).hexdigest()}.t.example.com/"), MAIL, "md5(lower)",
        location="host"),
    Case("hash over two labels of a host name", Exchange(
        index=0, url=f"https://{sha256(LOWER)[:32]}.{sha256(LOWER)[32:]}.t.example.com/"), MAIL, "sha256(lower)",
        location="host"),
]  # fmt: skip

DEEP = [
    *(
        Case(name, query(x=hashlib.new(name.replace("-", "_"), LOWER.encode()).hexdigest()), MAIL, f"{name}(lower)")
        for name in ("sha224", "sha384", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "blake2b", "blake2s")
    ),
    Case("sha3-256 in base64", query(x=b64(hashlib.sha3_256(LOWER.encode()).digest())), MAIL,
         "sha3-256(lower), base64"),
    Case("blake2b-256", query(x=hashlib.blake2b(LOWER.encode(), digest_size=32).hexdigest()), MAIL,
         "blake2b-256(lower)"),
    Case("ripemd160", query(x=ripemd160(LOWER.encode()).hex()), MAIL, "ripemd160(lower)"),
    Case("murmur3-128", query(x="{:016x}{:016x}".format(*murmur3_128(GAID.encode()))), "id.ad",
         "murmur3-128(as typed)"),
    Case("murmur3-32", in_json(murmur3_32(GAID.encode())), "id.ad", "murmur3-32(as typed), decimal"),
    Case("base32", query(x=base64.b32encode(EMAIL.encode()).decode()), MAIL, decoding=("base32",)),
    Case("base32 in a host name", Exchange(
        index=0, url=f"https://{base64.b32encode(LOWER.encode()).decode().lower().rstrip('=')}.t.example.com/"), MAIL,
        decoding=("base32",), location="host"),
    Case("base58", query(x=base58(EMAIL.encode())), MAIL, decoding=("base58",)),
    Case("rot13", query(x=codecs.encode(EMAIL, "rot13")), MAIL, decoding=("rot13",)),
    Case("xor, in base64", query(x=b64(hidden(0xA7, EMAIL))), MAIL, decoding=("base64", "xor 0xa7")),
    Case("xor, in hex", query(x=hidden(0x5A, EMAIL).hex()), MAIL, decoding=("hex", "xor 0x5a")),
    Case("xor of a phone number, in hex", query(x=hidden(0xFF, PHONE).hex()), TEL, decoding=("hex", "xor 0xff")),
    Case("xor of JSON, in base64", query(x=b64(hidden(0x9C, json.dumps({"id": GAID})))), "id.ad",
         decoding=("base64", "xor 0x9c")),
    Case("xor, as text", query(x=hidden(0x03, LOWER).decode()), MAIL, decoding=("xor 0x03",)),
    Case("typed but for the last character", query(x=EMAIL[:-1]), MAIL),
    Case("hash of what is typed but for the last two", query(x=sha256(EMAIL[:-2])), MAIL,
         "sha256(without its last 2 characters)"),
]  # fmt: skip


def named(cases: Sequence[Case]) -> list[object]:
    return [pytest.param(case, id=case.name) for case in cases]


def findings(search: BySeed, exchange: Exchange) -> list[Finding]:
    return [finding for _, finding in search.find(Joined(Decoder().decode(exchange).fields))]


def is_told(case: Case, found: Sequence[Finding]) -> bool:
    return any(
        one.data_type == case.data_type
        and one.transform == case.transform
        and one.field.decoding[len(one.field.decoding) - len(case.decoding) :] == case.decoding
        and case.location in (None, one.field.location)
        for one in found
    )


@pytest.mark.parametrize("case", named(ENCODED + WRITTEN + HASHED))
def test_found_always(case: Case) -> None:
    found = findings(SEARCH, case.exchange)
    assert is_told(case, found), found


@pytest.mark.parametrize("case", named(ENCODED + WRITTEN + HASHED + DEEP))
def test_found_in_deep_mode(case: Case) -> None:
    found = findings(DEEP_SEARCH, case.exchange)
    assert is_told(case, found), found


@pytest.mark.parametrize("case", named(DEEP))
def test_what_takes_deep_mode(case: Case) -> None:
    assert not is_told(case, findings(SEARCH, case.exchange))


def test_enough_encodings() -> None:
    names = [case.name for case in ENCODED + WRITTEN + HASHED + DEEP]
    assert len(set(names)) == len(names) >= 62


@pytest.mark.parametrize("search", [SEARCH, DEEP_SEARCH])
def test_another_person_is_not_found(search: BySeed) -> None:
    email = "ravi.kumar@post.example"
    plain = [email, "+919812345671", "Ravi", "Krishna", "21.2", "1700000000", "3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f11"]
    derived = [sha256(email), b64(NOISE + email.encode()), hidden(0x5A, email).hex(), codecs.encode(email, "rot13")]
    assert findings(search, in_json(plain + derived)) == []


@pytest.mark.parametrize("deep", [False, True])
def test_random_bytes_hold_nothing(deep: bool) -> None:
    random = Random(11)
    search = DEEP_SEARCH if deep else SEARCH
    for _ in range(200):
        data = random.randbytes(random.randrange(8, 400))
        exchange = in_json([b64(data), data.hex(), base58(data[:40]), base64.b32encode(data).decode()])
        assert findings(search, exchange) == []
