"""What does this app send, to whom, and where? Captured traffic in, a proven disclosure out."""
