"""What rules say of transmissions; there are none yet."""
