"""A copy of the vectors in a Chroma server: one of our own on this machine, or a team's.

Owns the copy and everything that speaks to such a server; the truth is the store (`vectors.py`). It
is the only part that may import Chroma, and does so only in the process of the server itself.
"""
