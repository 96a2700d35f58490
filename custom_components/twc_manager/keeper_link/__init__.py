"""The control connection to the keeper beside the connectors: sends leases to it, and receives its reports."""
