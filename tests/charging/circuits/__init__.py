"""Tests of circuits above several buses."""
