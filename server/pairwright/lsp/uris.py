"""`file:` URIs and paths.

Owns the conversion and nothing else: it is part of the first answer, so it must stay light.
"""

from __future__ import annotations

from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path


def path_of(uri: str) -> Path | None:
    """Where a `file:` URI points, absolute; None for any other scheme and for what is no path."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    if not path or "\0" in path:
        return None
    found = Path(path)
    return found if found.is_absolute() else None


def uri_of(path: Path) -> str:
    """The `file:` URI of an absolute path."""
    uri: str | None = from_fs_path(str(path))
    assert uri is not None
    return uri
