"""Tests of what is kept and shown."""
