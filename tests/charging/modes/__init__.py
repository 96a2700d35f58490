"""Tests of which rule is in force."""
