"""`pairwright serve`."""

from __future__ import annotations

import argparse


def run(options: argparse.Namespace) -> int:
    """Serve one client until it leaves."""
    from pairwright.app import Port, Stdio, serve

    if options.tcp is not None:
        return serve(Port("tcp", options.tcp))
    if options.websocket is not None:
        return serve(Port("websocket", options.websocket))
    return serve(Stdio())
