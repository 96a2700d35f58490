"""Prices of electricity from other integrations of Home Assistant, in the types of the rules."""
