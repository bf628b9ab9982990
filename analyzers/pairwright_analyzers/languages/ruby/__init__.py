"""Ruby: its grammar, queries and hooks."""
