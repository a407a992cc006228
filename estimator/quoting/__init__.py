"""One brief answered: quote, trade, pilot, goal seek, drivers, a seller's own estimate."""
