"""What may happen: assumptions, scenarios, points, the months of a store, outcomes."""
