"""Move a definition to another file, with everything that imports it.

```python
# shop/cart.py                      # shop/prices.py
from decimal import Decimal         from decimal import Decimal


def with_tax(net):                  def with_tax(net):
    return net * Decimal("1.2")         return net * Decimal("1.2")


def total(items):                   # shop/cart.py
    return with_tax(sum(items))     from shop.prices import with_tax


                                    def total(items):
                                        return with_tax(sum(items))
```

Decorators, comments and documentation go along. What the code needs is imported where it goes;
every file that imported it from the old one imports it from the new one, in its own way of writing
imports; imports that only it used go away. With `with_helpers`, hidden definitions that only it
uses go along. With `reexport`, the old file goes on offering it and nobody else is changed.

Refused where the two files would import each other, where a name means something else in the other
file, for what is defined under a condition or together with something else, for what is assigned
again elsewhere, and for code that means something else in every file (`__file__`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pairwright_analyzers.languages import LANGUAGES, language_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.moved import Move, Unit, symbol_in_header, unit_of, with_helpers
from pairwright_analyzers.refactors.moving import moved

MOVABLE_LANGUAGES = frozenset(spec.id for spec in LANGUAGES if spec.shapes.moving.known)
_LIKELY = 3
_MAX_FILES = 40

TARGET = Option("target", "string", "The file to move to, from the workspace's root.")
HELPERS = Option("with_helpers", "boolean", "Also move hidden definitions that only it uses.")
REEXPORT = Option(
    "reexport", "boolean", "The old file goes on offering it; who imports it is not changed."
)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    index = symbol_in_header(ctx)
    if index is None:
        return ()
    name = ctx.facts.symbol_name(index)
    if name.startswith("__") and name.endswith("__"):
        return ()
    try:
        unit_of(ctx, index)
    except Refused as refused:
        return (Offer(f"Move `{name}` to another file", refused=str(refused)),)
    found = []
    if not _is_named_after(ctx, name):
        found.append(Offer(f"Move `{name}` to a new file", {"target": new_file(ctx, name)}))
    found.extend(Offer(f"Move `{name}` to {path}", {"target": path}) for path in _likely(ctx, name))
    return found


def _is_named_after(ctx: RefactorContext, name: str) -> bool:
    """Whether a file is called as a new one for a definition would be."""
    stem = posixpath.basename(ctx.path).partition(".")[0]
    return ctx.shapes.moving.file_name(name, stem).lower() == stem.lower()


def new_file(ctx: RefactorContext, name: str) -> str:
    """A free path for a new file with a definition of that name, beside the old file."""
    folder, base = posixpath.split(ctx.path)
    stem, dot, ending = base.partition(".")
    own = language_of(ctx.path)
    if own is not None and not any(f"{dot}{ending}" == one for one in own.extensions):
        stem, dot, ending = base.rpartition(".")
    moving = ctx.shapes.moving
    wanted = moving.file_name(name, stem)
    path = posixpath.join(folder, f"{wanted}.{ending}")
    count = 1
    while ctx.graph.workspace.has(path) or path == ctx.path:
        count += 1
        path = posixpath.join(folder, f"{moving.another.format(wanted, count)}.{ending}")
    return path


def _likely(ctx: RefactorContext, name: str) -> Iterable[str]:
    """The files that name a definition most, and import it from here by what they say."""
    stem = ctx.path.rpartition("/")[2].partition(".")[0]
    workspace = ctx.graph.workspace
    counted: list[tuple[int, str]] = []
    moving = ctx.shapes.moving
    for path in list(workspace.files_mentioning(name))[:_MAX_FILES]:
        facts = workspace.facts(path)
        if path == ctx.path or facts is None or ctx.graph.is_test_path(path):
            continue
        if facts.language != ctx.spec.id or path.rpartition("/")[2].startswith("__init__"):
            continue
        shared = moving.shares is not None and moving.shares(ctx.path, path)
        imported = any(
            item.module.rpartition("/")[2].rpartition(".")[2].startswith(stem) or item.level
            for item in facts.imports_named(name)
        )
        if imported or shared:
            counted.append((-len(facts.references_named(name)), path))
    return [path for _, path in sorted(counted)[:_LIKELY]]


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    index = symbol_in_header(ctx)
    if index is None:
        raise Refused("No definition at the top of a file stands here.")
    unit = unit_of(ctx, index)
    target = text_argument(arguments, "target") or new_file(ctx, unit.name)
    units: tuple[Unit, ...] = (unit,)
    if flag_argument(arguments, "with_helpers"):
        units = with_helpers(ctx, units)
    return moved(Move(ctx, units, target, flag_argument(arguments, "reexport")))


REFACTOR = Refactor(
    "move.symbol",
    "Move to another file",
    "refactor.move.symbol",
    MOVABLE_LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (TARGET, HELPERS, REEXPORT),
)
