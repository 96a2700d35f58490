"""Stopping and starting a vehicle, by its connector or by commands to the vehicle."""
