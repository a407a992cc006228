"""Inputs spoiled by the thousand, over every edge: each gets an answer or a fault, in the user's language."""
