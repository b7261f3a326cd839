"""Keeps the data files fresh, when the user asks for it: status, update, import, verify."""
