"""Tests in the oldest Home Assistant that the integration runs on."""
