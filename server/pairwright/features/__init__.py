"""The abilities, one file each: plain values in, plain values out.

A feature gets a `Context` and returns a value. It must not know the protocol: `pairwright.lsp`
converts. What there is, is listed in `registry`; whoever needs one ability imports that alone.
"""
