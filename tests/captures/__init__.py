"""Recordings of buses, and the scenes that they were made from."""
