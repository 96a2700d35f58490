"""Tests of the available power."""
