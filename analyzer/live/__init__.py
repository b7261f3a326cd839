"""Findings while a capture is being made: a process of its own follows the capture file."""
