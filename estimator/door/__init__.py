"""The client's page of a quote: what was sent, its state, and three forms. Nothing here can price."""
