"""Stopping and starting a car, by the connector or by the car's own interface."""
