"""Small workspaces on disk, their indexes, and what two indexes must have in common.

Owns how tests make a tree and read an index back. It must not know what any test expects.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from pairwright.index.build import BuildOptions, build
from pairwright.index.store import FileRow, Store, open_store
from pairwright.index.view import view_of
from pairwright_analyzers.facts import unpack

HERE = BuildOptions(workers=0)
"""Reads every file in the calling thread."""

Known = dict[str, tuple[object, ...]]


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, which is made."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def known(store: Store) -> Known:
    """What an index holds of each file, times and inodes left out, with the facts themselves."""
    return {path: _timeless(store, row) for path, row in store.contents.files.items()}


def _timeless(store: Store, row: FileRow) -> tuple[object, ...]:
    blob = store.facts(row.digest)
    assert blob is not None
    assert unpack(blob).symbol_count == row.symbols
    return (row.size, *row[5:], blob)


def packed_names(store: Store) -> bytes:
    """The name table in the one form that all equal tables share."""
    contents = store.contents
    return contents.names.compacted(
        {path: row.digest for path, row in contents.files.items()}
    ).pack()


def packed_words(store: Store) -> bytes:
    """The lexical index in the one form that all equal ones share."""
    return view_of(store).lexical().compacted().pack()


def assert_as_from_scratch(root: Path, store: Store, options: BuildOptions = HERE) -> None:
    """The index holds what a new one of the same folder holds: rows, facts, names and words."""
    with tempfile.TemporaryDirectory() as cache:
        fresh = open_store(root, Path(cache))
        build(root, fresh, options)
        try:
            assert known(store) == known(fresh)
            assert packed_names(store) == packed_names(fresh)
            assert packed_words(store) == packed_words(fresh)
        finally:
            fresh.close()
