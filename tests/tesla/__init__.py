"""Tests of the client of Tesla accounts, against the simulated server over loopback."""
