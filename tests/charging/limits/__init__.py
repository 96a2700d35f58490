"""Tests of the limits besides wiring and main fuse."""
