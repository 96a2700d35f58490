"""The forms: options, schedules, vehicles and accounts."""
