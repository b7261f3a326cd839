"""Counts what was found, and shows it: HTML, JSON, CSV, terminal."""
