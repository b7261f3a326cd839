"""For UI tests of an app: a pytest plugin that records what the app sends, and assertions on it."""
