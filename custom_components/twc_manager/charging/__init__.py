"""The charging rules: how many amps there are, which connector gets them, and what its reports mean.

Pure functions and small state objects. Time is an argument, in s of a monotonic clock; nothing here depends on
Home Assistant, a clock or a port.
"""
