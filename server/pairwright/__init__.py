"""The Pairwright server: a language server and command line over the code graph of a workspace.

Owns the version of the distribution and nothing else: importing this package must stay free of
work, since every process that starts (server, worker, command line) pays for it.
"""

__version__ = "0.1.0"
