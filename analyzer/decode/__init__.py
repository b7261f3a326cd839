"""From the bytes of a request to its leaves, each with its place and its chain of encodings."""
