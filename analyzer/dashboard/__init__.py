"""A page on this machine that shows what is being found while a capture is made."""
