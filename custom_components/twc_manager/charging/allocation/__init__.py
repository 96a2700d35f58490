"""Who gets the current: demand, budgets, shares and turns."""
