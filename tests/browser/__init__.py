"""Tests in a real browser: scripts/browser runs them."""
