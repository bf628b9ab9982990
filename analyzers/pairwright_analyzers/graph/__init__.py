"""The code graph: symbols of a workspace and the links between them, computed on demand from per-file facts."""
