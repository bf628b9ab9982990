"""What JavaScript, TypeScript and TSX share: hooks, the common query, built-in names."""
