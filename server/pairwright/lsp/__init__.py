"""The protocol: what an editor asks and is told, one file per family of methods.

The only package, with `app.py`, that knows pygls and lsprotocol. It converts between the
protocol's values and plain ones, and holds no ability of its own: those are in
`pairwright.features`.
"""
