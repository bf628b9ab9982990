"""What the workspace's git repositories say: revisions, texts at a revision, what changed.

Owns every run of git. It must not know the protocol, the settings or the index: plain values in,
plain values out.
"""
