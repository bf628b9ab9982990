"""Merge conflicts: where they are in a text, and what can become of them.

`conflicts` reads the markers that git writes, `structure` merges three versions of a text by their
syntax, `resolutions` says what can be put in a conflict's place.
"""
