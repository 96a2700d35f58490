"""What owners reported in public, seen from outside: what they had, and what they see and get here.

The first words of each docstring name the report. Nothing of its wording or code is in here.
"""
