"""Go: its facts query and hooks."""
