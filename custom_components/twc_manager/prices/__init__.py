"""Prices of electricity, from whatever integration of Home Assistant knows them, in the types of the rules."""
