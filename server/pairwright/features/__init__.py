"""The abilities, one file each, and the registries that say what there is: plain values in, plain values out.

A feature gets a `Context` and returns a value. It must not know the protocol: `pairwright.lsp` converts.
"""
