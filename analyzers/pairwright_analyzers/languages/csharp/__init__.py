"""C#: its facts query and hooks."""
