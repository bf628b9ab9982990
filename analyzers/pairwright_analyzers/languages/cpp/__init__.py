"""C++: its grammar, queries and hooks, on top of those of C."""
