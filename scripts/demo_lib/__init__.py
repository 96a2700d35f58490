"""The demo of `scripts/demo`: a simulated bus, and a real Home Assistant as its master.

Checks, screenshots and browser tests use `demo.running_demo`: it starts everything, yields a `Demo` once it is
usable, and stops everything in the end.
"""
