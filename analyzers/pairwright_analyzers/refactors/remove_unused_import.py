"""Take out what a file imports and does not use.

    import os, sys               import sys
    from math import pi    ->
    print(sys.argv)              print(sys.argv)

Offered on an import that nothing uses, for that one and for all of the file. What may be used
without being named is left alone: packages' `__init__.py`, imports in a `try`, names in
documentation that links, traits in Rust, namespaces in C#.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import (
    changed,
    statement_at,
    style_of,
    unused_imports,
    without,
    without_unused,
)
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
)
from pairwright_analyzers.types import Import

LANGUAGES = frozenset(
    {"python", "javascript", "typescript", "typescriptreact", "go", "rust", "java", "csharp", "php"}
)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if statement_at(ctx, ctx.selection.start) is None:
        return ()
    unused = unused_imports(ctx)
    here = _here(ctx, unused)
    if not here:
        return ()
    names = ", ".join(f"`{item.alias}`" for item in here[:3])
    offers = [Offer(f"Remove unused import {names}" if len(here) == 1 else f"Remove {names}")]
    if len(unused) > len(here):
        offers.append(Offer(f"Remove all {len(unused)} unused imports", {"all": True}))
    return offers


def _here(ctx: RefactorContext, unused: Sequence[Import]) -> list[Import]:
    """The unused names that the selection is on: one, or those of its statement."""
    at = ctx.selection.start
    exact = [item for item in unused if item.name_span.contains(at)]
    return exact or [item for item in unused if item.span.start <= at <= item.span.end]


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    style_of(ctx)
    if flag_argument(arguments, "all"):
        after, names = without_unused(ctx)
        return changed(ctx, after.text, names)
    here = _here(ctx, unused_imports(ctx))
    if not here:
        raise Refused("No unused import stands here.")
    current = ctx
    for item in reversed(here):
        same = [
            one
            for one in unused_imports(current)
            if (one.module, one.name, one.alias, one.level)
            == (item.module, item.name, item.alias, item.level)
        ]
        current = without(current, same[-1])
    return changed(ctx, current.text, frozenset(item.alias for item in here))


REFACTOR = Refactor(
    "remove.unused_import",
    "Remove unused import",
    "refactor.rewrite.remove_unused_import",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (Option("all", "boolean", "All unused imports of the file."),),
)
