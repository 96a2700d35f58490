"""Prints every sentence with real values: `scripts/sentences`."""
