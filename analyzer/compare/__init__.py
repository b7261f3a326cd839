"""Compares builds by what they were seen to transmit: kinds, never values."""
