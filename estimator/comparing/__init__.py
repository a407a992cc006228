"""Many offers for one brief."""
