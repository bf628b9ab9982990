"""The workspace index: which files belong to it, what is known of each, and where that is kept.

Owns files on disk. It must not know the protocol, the settings or git: callers pass plain values.
"""
