"""Planning: when to charge, so that every car is ready in time at the least cost."""
