"""The process that merges a base of the lexical index for `lexical_keep.py`.

Owns its side of the wire. It must not open the store, nor import the analyzers of languages: what
it starts with is a good part of what it costs.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import time
import zlib
from typing import cast

from pairwright.index.file_terms import FileTerms, unpack_terms
from pairwright.index.lexical import LexicalIndex, lexical_index, load_lexical
from pairwright.index.lexical_segment import segment_mark
from pairwright.index.wire import receive, send

# Level 1 takes 40 % off, at a hundredth of a second for ten thousand chunks.
_COMPRESSION = 1


def compressed(index: LexicalIndex) -> bytes:
    """A compact index as the store keeps it."""
    return zlib.compress(index.pack(), _COMPRESSION)


def main() -> None:
    """Merge once: from standard input the mark of segments, a base, lists of (path, digest, packed
    terms) and None; to standard output the base that comes of it, compressed, the paths whose terms
    were not usable, and the processor seconds used. None where the mark is of other code.
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints must not break the wire
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with contextlib.suppress(EOFError, BrokenPipeError):
        if receive(requests) != segment_mark():
            send(answers, None)
            return
        base = cast("bytes", receive(requests))
        changed: dict[str, FileTerms | None] = {}
        digests: dict[str, bytes] = {}
        lost: list[str] = []
        while (batch := receive(requests)) is not None:
            for path, digest, blob in cast("list[tuple[str, bytes, bytes | None]]", batch):
                try:
                    changed[path] = unpack_terms(blob) if blob is not None else None
                except ValueError:
                    changed[path] = None
                digests[path] = digest
                if digest and changed[path] is None:
                    lost.append(path)
        index = load_lexical(base) if base else lexical_index({})
        merged = index.with_files(changed, digests).compacted()
        send(answers, (compressed(merged), lost, time.process_time()))
