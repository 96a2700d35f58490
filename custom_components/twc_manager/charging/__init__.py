"""The charging rules: how much current is available, which connector gets it, and what the reports prove.

Pure functions and small state objects. Time is an argument, in s of a monotonic clock; nothing here depends on
Home Assistant, a clock or a port.
"""
