"""Pure analysis of source code: text in, values out.

Everything below reads strings and returns frozen values. It knows nothing of editors, protocols,
models, networks or clocks, and touches no file but its own packaged queries, so that a result can
be cached, shipped and computed anywhere.
"""
