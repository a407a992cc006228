"""The only reader of ``pricing_rules/``, and the only room that asks for the day: one frozen ``Rules``."""
