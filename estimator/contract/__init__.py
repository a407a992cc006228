"""What we sign: charges, terms, rate cards, pricing, trades, guards."""
