"""Tests of what the dashboard is sent."""
