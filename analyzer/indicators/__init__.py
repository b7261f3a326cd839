"""Indicators of compromise: lists of hosts, addresses, certificates and apps, and what in a capture equals them."""
