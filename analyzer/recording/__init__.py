"""Writes a capture while its traffic passes: what the mitmproxy addon is made of."""
