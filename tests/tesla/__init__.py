"""Tests of the room that speaks to Tesla accounts, against the simulated one over loopback."""
