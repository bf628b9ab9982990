"""Java: its facts query and hooks."""
