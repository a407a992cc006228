"""Words, view models and charts: the only place that speaks."""
