"""What it earns: fees on outcomes, each party's ledger, deal, payoff."""
