"""The client's page of a quote: what was sent, its state, and three forms. It serves the book and prices nothing."""
