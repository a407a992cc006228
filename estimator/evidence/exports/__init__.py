"""Exports of advertising and shop platforms, read into months: what was understood, and what it comes to."""
