"""The second connection to the keeper beside the connectors: what is left with it, and what it tells."""
