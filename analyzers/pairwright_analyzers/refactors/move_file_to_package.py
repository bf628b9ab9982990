"""Make a folder of a file, so that others can stand beside its code, or a file of such a folder.

```
shop/cart.py      ->     shop/cart/__init__.py
src/cart.ts       ->     src/cart/index.ts
```

Who imports it does not notice; what it imports by a relative path is written for the new place.
Asked for by its name, with the file open: the other way where the file is a folder's own and stands
alone in it.

Refused where the new path is taken, where the folder holds other files, and for code that depends
on the place of its file (`__file__`, `__dirname`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.rename_file import moved

_LANGUAGES = frozenset(spec.id for spec in LANGUAGES if spec.shapes.moving.folds)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    """Files are moved where they are listed, not where their text is read."""
    return ()


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    place = ctx.shapes.moving.place
    found = place.search(ctx.text) if place is not None else None
    if found is not None:
        raise Refused(f"The code depends on the place of its file: `{found.group().decode()}`.")
    folder, base = posixpath.split(ctx.path)
    stem, dot, ending = base.partition(".")
    workspace = ctx.graph.workspace
    if stem in ctx.shapes.moving.folds:
        if not folder:
            raise Refused("The workspace's own folder stays a folder.")
        others = [
            path for path in workspace.paths() if path.startswith(f"{folder}/") and path != ctx.path
        ]
        if others:
            raise Refused(f"{folder} holds other files: {others[0]}.")
        return moved(ctx.graph, {ctx.path: f"{folder}{dot}{ending}"}, ctx.check, ctx)
    inside = posixpath.join(folder, stem)
    taken = [path for path in workspace.paths() if path.startswith(f"{inside}/")]
    if taken:
        raise Refused(f"{inside} is a folder already: {taken[0]}.")
    if stem in ctx.shapes.moving.unfolded or (folder == "" and stem == "setup"):
        raise Refused(f"{base} is found by its name.")
    target = f"{inside}/{ctx.shapes.moving.folds[0]}{dot}{ending}"
    return moved(ctx.graph, {ctx.path: target}, ctx.check, ctx)


REFACTOR = Refactor(
    "move.file_to_package",
    "Make a folder of a file, or a file of a folder",
    "refactor.move.file",
    _LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
)
