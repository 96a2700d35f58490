"""Tests of the forecast of the sun."""
