"""How much like chance bytes look: encrypted and compressed ones do."""

import math
from collections import Counter


def entropy(data: bytes) -> float:
    """Shannon entropy in bits a byte, of the first 64 KiB."""
    sample = data[:65536]
    if not sample:
        return 0.0
    return -sum(n / len(sample) * math.log2(n / len(sample)) for n in Counter(sample).values())
