"""Plans among the rules: which plan is in force for a connector, and what it allows now."""
