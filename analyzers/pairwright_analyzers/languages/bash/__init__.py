"""Bash and other Bourne shells."""
