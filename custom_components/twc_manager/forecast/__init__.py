"""Expected power over time: the solar forecast less the usual load of the house, and what that load leaves of limits."""
