"""Tests of the readers of prices."""
