"""Documents: a proposal as files that a client can keep."""
