"""What everything is written in: exact money, texts in two languages, faults, strict reading."""
