"""Takes compiled cloud ranges apart again, so that one provider's can be renewed and the others kept."""

import json
import lzma
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from itertools import pairwise
from pathlib import Path

from analyzer.errors import KnowledgeError

_MAX = 64 << 20


def compiled_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """The ranges (cidr, provider, region) in what `attribute.cloud.compile_ranges` wrote, packed with xz or not.

    They lie side by side: a range inside another was cut out of it. Raises KnowledgeError for another form.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".xz":
            content = lzma.LZMADecompressor().decompress(content, _MAX)
        _, described, tables = content.split(b"\n", 2)
        header = json.loads(described)
        offset = 0
        for family, make, width in (("v4", IPv4Address, 4), ("v6", IPv6Address, 16)):
            count = int(header[family])
            starts = [int.from_bytes(tables[at : at + width]) for at in range(offset, offset + count * width, width)]
            offset += count * width
            owners = [int.from_bytes(tables[at : at + 2]) for at in range(offset, offset + count * 2, 2)]
            offset += count * 2
            for (start, end), owner in zip(pairwise([*starts, 1 << 8 * width]), owners, strict=True):
                provider, region = header["owners"][owner]
                for network in summarize_address_range(make(start), make(end - 1)) if provider else ():
                    yield str(network), provider, region
    except (OSError, ValueError, LookupError, TypeError, lzma.LZMAError):
        raise KnowledgeError(f"{path}: damaged cloud ranges: run `apptells data update cloud-ranges`") from None
