"""Limits above the wiring that come from elsewhere: they only ever lower what the wiring allows."""
