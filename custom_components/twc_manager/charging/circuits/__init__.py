"""Circuits above several buses: what is common to their supply, with the other loads on it."""
