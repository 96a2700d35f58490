"""The keeper beside the connectors."""
