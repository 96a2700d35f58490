"""Tests of energy, sessions and status."""
