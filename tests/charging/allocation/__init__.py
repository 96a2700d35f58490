"""Tests of who gets the current."""
