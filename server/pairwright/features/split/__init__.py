"""A change taken apart: what belongs together, in which order, and the plan a person edits.

Owns grouping without a model. It must not know the protocol; the repository is read and written
through `pairwright.git`.
"""
