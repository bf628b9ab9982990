"""Commit messages: what a repository's own look like, what a change means, and a message for it.

Owns drafting without a model. It must not know the protocol; git is read through `pairwright.git`.
"""
