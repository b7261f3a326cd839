"""The hostile inputs are what they claim to be: shown on small ones, opened with other people's decoders."""

import base64
import gzip
import json
from xml.parsers import expat

import brotli
import msgpack
import pytest
import zstandard
from lzstring import LZString

from fixtures.hostile import bombs
from fixtures.hostile.make_hostile import CASES, EMAIL


def test_gzip_bomb_is_valid_gzip() -> None:
    assert gzip.decompress(bombs.gzip_bomb(3)) == bytes(3_000_000)
    assert gzip.decompress(bombs.gzip_bomb(2, b"head", b"a")) == b"head" + b"a" * 2_000_000


def test_brotli_bomb_is_valid_brotli() -> None:
    assert brotli.decompress(bombs.brotli_bomb(3)) == bytes(3_000_000)


def test_zstd_bomb_is_valid_zstd() -> None:
    assert zstandard.ZstdDecompressor().decompressobj().decompress(bombs.zstd_bomb(3)) == bytes(3_000_000)


@pytest.mark.parametrize("characters", [1, 5, 1_000, 30_000])
def test_lz_string_bomb_is_valid_lz_string(characters: int) -> None:
    text = LZString().decompressFromBase64(bombs.lz_string_bomb(characters))
    assert set(text) == {"a"}
    assert len(text) >= characters


def test_lz_string_bomb_is_small() -> None:
    assert len(bombs.lz_string_bomb(1_000_000_000)) < 200_000


def test_billion_laughs_nests_ten_entities() -> None:
    parser = expat.ParserCreate()
    entities: list[str] = []
    parser.EntityDeclHandler = lambda name, *_: entities.append(name)
    with pytest.raises(expat.ExpatError, match="amplification"):
        parser.Parse(bombs.billion_laughs(EMAIL), True)
    assert entities == [f"l{level}" for level in range(10)]


def test_deep_bodies_hold_the_address() -> None:
    assert json.loads(bombs.deep_json(20, EMAIL))["a"][0]["a"]
    assert msgpack.unpackb(bombs.deep_msgpack(20, EMAIL))[0] == {"email": EMAIL}
    assert EMAIL.encode() in bombs.deep_protobuf(20, EMAIL)


def test_nested_base64_opens_level_by_level() -> None:
    text = bombs.nested_base64(20, EMAIL).encode()
    for _ in range(20):
        text = base64.b64decode(text, validate=True)
    assert text.decode() == EMAIL


def test_wide_bodies_hold_all_that_was_asked_for() -> None:
    assert len(json.loads(bombs.wide_json(1_000, EMAIL))) == 1_001
    assert bombs.wide_form(1_000, EMAIL).count("&") == 1_000
    assert bombs.multipart_bomb(1_000, EMAIL).count(b"form-data") == 1_001


def test_case_names_are_distinct() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
