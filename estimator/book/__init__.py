"""What is kept of a session: drafts, and the quotes to come."""
