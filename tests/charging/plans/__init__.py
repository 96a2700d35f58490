"""Tests of plans among the rules."""
