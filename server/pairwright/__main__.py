"""`python -m pairwright`: the command line; alone, the server of whoever started it."""

from __future__ import annotations

import sys

from pairwright.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["serve"]))
