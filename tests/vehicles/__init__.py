"""Tests of the vehicles of a bus."""
