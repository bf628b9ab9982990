"""`python -m pairwright`: serve the editor that started this process."""

from __future__ import annotations

import sys

from pairwright.app import Stdio, serve

if __name__ == "__main__":
    sys.exit(serve(Stdio()))
