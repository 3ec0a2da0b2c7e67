"""How long a delivery takes, and how much memory, against what no reader of the same file can avoid."""
