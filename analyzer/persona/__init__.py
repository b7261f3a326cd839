"""A fictitious person to type into an app."""
