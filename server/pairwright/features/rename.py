"""Renaming as editors ask for it: a name at a position, or files before they are moved.

Owns what is answered, and that nothing is answered for files that cannot be written. What a rename
changes is in `pairwright_analyzers.refactors`. It must not know the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pairwright.errors import Refusal
from pairwright.features.context import Context
from pairwright.features.refactor import change_of, refuse_read_only, selected
from pairwright_analyzers.refactors import rename_symbol
from pairwright_analyzers.refactors.check import checked
from pairwright_analyzers.refactors.model import Refused, Uncertain
from pairwright_analyzers.refactors.rename_file import moved
from pairwright_analyzers.types import SourceChange, Span


def renamable(ctx: Context, path: str, offset: int) -> Span:
    """The bytes of the name at an offset. Raises `Refusal` where none can be renamed."""
    held = selected(ctx, path, Span(offset, offset))
    if held is None:
        raise Refusal(f"{path} is in no language that is renamed in, or too large", _NOTHING)
    try:
        return rename_symbol.renamable_at(held)
    except Refused as refused:
        raise Refusal(str(refused), _NOTHING) from refused


def renamed(ctx: Context, path: str, offset: int, name: str, *, review: bool) -> SourceChange:
    """The edit of a rename. Raises `Refusal`.

    With `review` places that only may mean the name are part of it, as a change that is not
    certain; without, they refuse it.
    """
    span = Span(offset, offset)
    try:
        change = change_of(ctx, path, span, rename_symbol.REFACTOR, {"name": name})
    except Refusal as refusal:
        if not (review and isinstance(refusal.__cause__, Uncertain)):
            raise
        arguments = {"name": name, "uncertain": "include"}
        change = change_of(ctx, path, span, rename_symbol.REFACTOR, arguments)
        change = replace(change, certain=False)
    refuse_read_only(ctx, change)
    return change


def imports_after(ctx: Context, renames: Mapping[str, str]) -> SourceChange | None:
    """The edits that follow when files and folders (old path -> new one) are moved; None where
    nothing does. The moves are left to whoever asks.

    Raises `Refusal` where imports could not follow.
    """
    paths = ctx.graph.workspace.paths()
    known = {
        old: new
        for old, new in renames.items()
        if ctx.graph.workspace.has(old) or any(path.startswith(f"{old}/") for path in paths)
    }
    if not known:
        return None
    try:
        result = checked(ctx.graph, moved(ctx.graph, known, ctx.check), ctx.check)
    except Refused as refused:
        raise Refusal(f"Imports do not follow: {refused}", "Look after them yourself.") from refused
    if not result.change.edits:
        return None
    change = replace(result.change, renames={})
    refuse_read_only(ctx, change)
    return change


_NOTHING = "Nothing was changed."
