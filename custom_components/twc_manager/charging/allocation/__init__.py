"""The division of the available current among the connectors: demand, budgets, shares and turns."""
