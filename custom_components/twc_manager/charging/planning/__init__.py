"""Planning: when to charge, so that every vehicle is ready in time at the least cost."""
