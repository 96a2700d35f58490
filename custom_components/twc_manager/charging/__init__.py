"""The charging rules: how many amps there are, who gets them, and what a connector's numbers mean.

Pure functions and small state objects. Time is an argument, in s of a monotonic clock; nothing here knows
Home Assistant, a clock or a port.
"""
