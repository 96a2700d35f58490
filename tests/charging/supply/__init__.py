"""Tests of how much there is."""
