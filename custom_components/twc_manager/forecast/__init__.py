"""What the sun will leave over: the forecast of other integrations, less what the house usually takes."""
