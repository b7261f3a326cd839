"""Digests in each way they are written."""

from analyzer.detect.transforms import HASHES, digests


def test_a_published_vector() -> None:
    # The US Federal Trade Commission's example of a telephone number and its MD5.
    assert dict(digests("123-456-7890"))["md5"] == "2813448ce6316cb70b38fa29c8c64130"


def test_sha256_in_three_writings() -> None:
    # SHA-256 of "test", from NIST's vectors as commonly quoted; in Base64 it holds a slash.
    found = dict(digests("test"))
    assert found["sha256"] == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    assert found["sha256, base64"] == "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg"
    assert found["sha256, base64url"] == "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"


def test_every_hash_is_there() -> None:
    assert (
        {name.partition(",")[0] for name, _ in digests("ishaan")} == set(HASHES) == {"md5", "sha1", "sha256", "sha512"}
    )
