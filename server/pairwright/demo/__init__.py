"""The sample workspace of `pairwright demo`: a small shop in three languages and a change to it."""
