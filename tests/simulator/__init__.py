"""Tests of the simulator, driven by a small master of their own."""
