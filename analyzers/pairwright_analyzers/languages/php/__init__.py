"""PHP: its grammar, queries and hooks."""
