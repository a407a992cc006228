"""What may be promised: probability, safe level, preintegration."""
