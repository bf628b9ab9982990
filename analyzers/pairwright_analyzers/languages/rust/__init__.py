"""Rust: its facts query and hooks."""
