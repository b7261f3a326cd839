"""Hashes of a text, against published vectors, and what they are called."""

import hashlib
import hmac

import pytest

from analyzer.detect.seeds.transforms import (
    DEEP_HASHES,
    HASHES,
    NESTED,
    Salt,
    digests,
    salted_digests,
    short_digests,
)


def in_hex(text: str, deep: bool = False) -> dict[str, str]:
    return {derivation: digest.hex() for derivation, digest in digests(text, deep)}


def test_a_published_vector() -> None:
    # The US Federal Trade Commission's example of a telephone number and its MD5.
    assert in_hex("123-456-7890")["md5({})"] == "2813448ce6316cb70b38fa29c8c64130"


def test_every_hash_and_every_hash_of_a_hash_is_there() -> None:
    nested = {f"{outer}({inner}({{}}))" for outer in NESTED for inner in NESTED}
    assert set(in_hex("ishaan")) == {f"{name}({{}})" for name in HASHES} | nested
    assert set(in_hex("ishaan", deep=True)) == set(in_hex("ishaan")) | {f"{name}({{}})" for name in DEEP_HASHES}


def test_a_hash_of_a_hash_is_of_its_lower_case_hex_digest() -> None:
    inner = hashlib.sha1(b"ishaan").hexdigest()
    assert in_hex("ishaan")["md5(sha1({}))"] == hashlib.md5(inner.encode()).hexdigest()


@pytest.mark.parametrize(
    ("derivation", "digest"),
    [
        # FIPS 202, RFC 7693 and FIPS 180-4 examples of "abc".
        ("sha3-256({})", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        ("blake2s({})", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"),
        ("sha224({})", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ("ripemd160({})", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
    ],
)
def test_deep_hashes(derivation: str, digest: str) -> None:
    assert in_hex("abc", deep=True)[derivation] == digest


def test_murmur_in_both_orders_of_bytes() -> None:
    found = in_hex("abc", deep=True)
    big = bytes.fromhex(found["murmur3-128({})"])
    assert big[:8][::-1] + big[8:][::-1] == bytes.fromhex(found["murmur3-128, little-endian({})"])


@pytest.mark.parametrize(
    ("where", "derivation", "digest"),
    [
        ("before", "sha256(salt + {})", hashlib.sha256(b"pepperishaan").digest()),
        ("after", "sha256({} + salt)", hashlib.sha256(b"ishaanpepper").digest()),
        ("hmac", "hmac-sha256({})", hmac.digest(b"pepper", b"ishaan", "sha256")),
    ],
)
def test_salts(where: str, derivation: str, digest: bytes) -> None:
    salt = Salt("pepper", where, "Acme")  # type: ignore[arg-type]
    found = dict(salted_digests("ishaan", salt))
    assert found[derivation] == digest
    assert len(found) == len(HASHES)


def test_short_digests_as_they_are_written() -> None:
    # MurmurHash3_x86_32 of "hello" with seed 0 is 0x248bfa47, of "abc" 0xb3dd93fa.
    assert {written for _, written in short_digests("hello")} == {"248bfa47", "613153351"}
    assert {written for _, written in short_digests("abc")} == {"b3dd93fa", "3017643002", "-1277324294"}


def test_lone_surrogates_do_no_harm() -> None:
    assert in_hex("\ud800", deep=True)
