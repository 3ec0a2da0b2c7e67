"""A first profile from a sample: what a table looks like, what its labels are, and what is left to decide."""
