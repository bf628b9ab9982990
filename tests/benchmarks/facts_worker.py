"""A worker of the index that keeps no words: what a build costs without search by words.

Owns nothing but that difference. `index_bench.py` has builds use it.
"""

from __future__ import annotations

from pairwright.index import worker
from pairwright.index.file_terms import NO_TERMS, FileTerms
from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.syntax import Parsed


def no_terms(parsed: Parsed, facts: FileFacts) -> FileTerms:
    """In place of `file_terms`."""
    return NO_TERMS


def main() -> None:
    """Serve as a worker of the index does."""
    vars(worker)["file_terms"] = no_terms
    worker.main()
