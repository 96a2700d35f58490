"""How the current is divided: demand, budgets, shares and turns."""
