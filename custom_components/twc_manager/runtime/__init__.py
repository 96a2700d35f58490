"""What runs one bus between its set-up and its shutdown: when the rules decide, and what an error in them does."""
