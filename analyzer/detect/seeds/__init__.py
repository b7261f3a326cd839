"""Known values: what is looked for, and how it is searched."""
