"""Whether a file parses with some parts of its change applied.

Owns the comparison with both sides: what is broken before and after need not be whole in between.
"""

from __future__ import annotations

from collections.abc import Collection

from pairwright.features.encodings import file_text
from pairwright.features.split.material import FileView, Material
from pairwright.git.patches import tree_changes
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.readers import is_whole
from pairwright_analyzers.syntax import parse


def broken_file(material: Material, path: str, applied: Collection[str]) -> bool:
    """Whether the file at `path` has more errors with the parts `applied` than on either side."""
    view = material.files[path]
    entries = tree_changes(material.patch, applied)
    names = (path, view.change.old_path or path)
    entry = next((one for name in names if (one := entries.get(name)) is not None), None)
    found = file_text(entry.content) if entry is not None and entry.content is not None else None
    spec = view.after.spec if view.after is not None else None
    if found is None or spec is None:
        return False
    if _errors(spec, found.text) > max(_errors_of_sides(view)):
        return True
    return not is_whole(spec.id, found.text) and all(
        is_whole(spec.id, text) for text in _texts(view)
    )


def _texts(view: FileView) -> list[bytes]:
    return [side.text for side in (view.before, view.after) if side is not None]


def _errors_of_sides(view: FileView) -> list[int]:
    return [
        _errors(side.spec, side.text)
        for side in (view.before, view.after)
        if side is not None and side.spec is not None
    ] or [0]


def _errors(spec: LanguageSpec, text: bytes) -> int:
    """The places where a text does not parse, and those where something is missing."""
    root = parse(spec, text).root
    if not root.has_error:
        return 0
    count = 0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        count += node.is_error or node.is_missing
        waiting.extend(child for child in node.children if child.has_error)
    return count
