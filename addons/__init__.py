"""Home of the mitmproxy addon, which comes with live capture."""
