"""Tests of the simulator with a small master of their own."""
