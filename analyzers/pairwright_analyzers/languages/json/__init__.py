"""JSON, JSON with comments, JSON5."""
