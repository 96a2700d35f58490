"""What scripts/release does: keep the state that a release leaves, and rehearse its installation."""
