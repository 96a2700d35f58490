"""Tests of the allocation of current."""
