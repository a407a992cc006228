"""One offer for many briefs."""
