"""Tests of what runs one bus."""
