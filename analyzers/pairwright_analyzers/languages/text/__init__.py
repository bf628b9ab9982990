"""Source files of languages that no grammar is at hand for."""
