"""Take away a function, method or type that nothing uses.

    def old():                def new():
        return 1        ->        return 2

    def new():
        return 2

Offered on its name where it is defined. Refused where the workspace uses it, where the same name is
used on an object whose type is not known, and for what others may call without naming it: tests,
what is decorated, overrides, names that the language gives a meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import overridden_by, overrides, references_to
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import EVERYWHERE, Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.removal import definition_removed
from pairwright_analyzers.sites import owner_of
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Confidence,
    Role,
    SourceChange,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

_HELD = SymbolFlag.DECORATED | SymbolFlag.OVERRIDE | SymbolFlag.ABSTRACT | SymbolFlag.OVERLOAD
_SEEN_OFTEN = 3
_REMOVABLE = (CALLABLE_KINDS | TYPE_KINDS) - {SymbolKind.CONSTRUCTOR}


def _defined(ctx: RefactorContext) -> Symbol | None:
    """The symbol whose definition's name the selection is on."""
    at = ctx.selection.start
    return next(
        (one for one in ctx.facts.symbols if one.name_span.contains(at) and one.kind in _REMOVABLE),
        None,
    )


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    symbol = _defined(ctx)
    if symbol is None:
        return ()
    found = SymbolId(ctx.path, symbol.index)
    if symbol.flags & _HELD or ctx.graph.is_test(found) or _is_special(symbol.name):
        return ()
    if len(ctx.graph.workspace.files_mentioning(symbol.name)) > _SEEN_OFTEN:
        return ()
    if _first_use(ctx, found, symbol):
        return ()
    return (Offer(f"Remove unused `{symbol.name}`"),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    symbol = _defined(ctx)
    if symbol is None:
        raise Refused("No definition stands here.")
    found = SymbolId(ctx.path, symbol.index)
    name = symbol.name
    if symbol.flags & _HELD or ctx.graph.is_test(found) or _is_special(name):
        raise Refused(f"`{name}` may be called without being named.")
    member = symbol.container >= 0 or bool(symbol.owner)
    if member and (overrides(ctx.graph, found) or overridden_by(ctx.graph, found, ctx.check)):
        raise Refused(f"`{name}` overrides, or is overridden.")
    use = _first_use(ctx, found, symbol) or _guess(ctx, symbol)
    if use:
        raise Refused(use)
    owner = owner_of(ctx.graph, found) if member else None
    if owner is not None and ctx.graph.resolver.has_open_bases(owner):
        raise Refused(f"A base from outside of the workspace may call `{name}`.")
    node = ctx.parsed.root.named_descendant_for_byte_range(symbol.span.start, symbol.span.end)
    if node is None or node.parent is None:
        raise Refused(f"`{name}` cannot be read.")
    for around in ancestors(node):
        # `export` and the like go with what they stand before.
        if around.type in ctx.shapes.blocks or around.named_child_count != 1:
            break
        node = around
    edit = definition_removed(ctx, node)
    return Refactored(SourceChange({ctx.path: (edit,)}), frozenset({name}))


def _is_special(name: str) -> bool:
    return name.startswith("__") or name in ("main", "init", "Main")


def _first_use(ctx: RefactorContext, found: SymbolId, symbol: Symbol) -> str:
    """Where the symbol is used, as a sentence; "" for nowhere but in itself."""
    for use in references_to(ctx.graph, found, ctx.check):
        inside = use.location.path == ctx.path and symbol.span.covers(use.location.span)
        if use.confidence is not Confidence.BY_NAME and not inside:
            return f"{use.location.path} uses `{symbol.name}`."
    return ""


def _guess(ctx: RefactorContext, symbol: Symbol) -> str:
    """Where the same name is used and means nothing that is known, as a sentence."""
    workspace = ctx.graph.workspace
    for path in workspace.files_mentioning(symbol.name):
        ctx.check()
        facts, spec = workspace.facts(path), ctx.graph.spec(path)
        if facts is None or spec is None or spec.group != ctx.spec.group:
            continue
        for index in facts.references_named(symbol.name):
            one = facts.reference(index)
            if one.role in (Role.DEFINE, Role.KEYWORD, Role.BIND):
                continue
            if path == ctx.path and symbol.span.covers(one.span):
                continue
            meant = ctx.graph.resolver.resolve(path, index)
            if not meant or any(sure is Confidence.BY_NAME for _, sure in meant):
                return f"{path} may use `{symbol.name}` on an object whose type is not known."
    return ""


REFACTOR = Refactor(
    "remove.unused_function",
    "Remove unused definition",
    "refactor.rewrite.remove_unused_function",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
)
