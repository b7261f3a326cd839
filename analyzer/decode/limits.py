"""Caps that keep hostile input from costing time or memory; a cap that was hit becomes a note."""

MAX_DEPTH = 10
"""Encodings inside one another."""
MAX_LEVELS = 150
"""Objects and arrays inside one another, within one encoding."""
MAX_LAYER_BYTES = 8 << 20
"""Output of one decompression."""
MAX_EXCHANGE_BYTES = 32 << 20
"""Output of all decompressions of one exchange."""
MAX_FIELDS = 20_000
"""Leaves of one part of an exchange (query, headers, cookies, body, one message)."""
MAX_VALUE_CHARS = 8 << 20
"""Characters of one leaf that are kept."""
