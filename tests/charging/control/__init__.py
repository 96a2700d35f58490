"""Tests of stopping and starting a car."""
