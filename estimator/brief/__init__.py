"""What the prospect says and asks: facts, KPIs, goals, the link."""
