"""What scripts/benchmark measures, and how it prints it."""
