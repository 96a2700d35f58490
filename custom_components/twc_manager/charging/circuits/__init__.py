"""Circuits that supply several buses, with the other loads on them."""
