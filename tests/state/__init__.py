"""Tests of the data that is stored and that entities show."""
