"""Energy, sessions and the status of a connector."""
