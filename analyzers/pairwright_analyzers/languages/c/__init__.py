"""C: its grammar, queries and hooks."""
