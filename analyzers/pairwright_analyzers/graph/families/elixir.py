"""Elixir: modules by their full names, short ones through `alias`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import ExternalEntity, Resolved, SymbolEntity
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.types import Confidence, Import, Reference, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_MODULES = frozenset({SymbolKind.NAMESPACE, SymbolKind.INTERFACE})


def _module(resolver: Resolver, dotted: str) -> Resolved:
    """The module of a full name, whether it is written whole or nested in others."""
    parts = dotted.split(".")
    found: list[SymbolId] = []
    for at in range(len(parts)):
        for path, facts, index in resolver.defined(".".join(parts[at:]), "elixir"):
            if facts.symbol_kind(index) in _MODULES and facts.qualname(index) == dotted:
                found.append(SymbolId(path, index))
    return tuple((SymbolEntity(one), Confidence.EXACT) for one in found)


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    modules = _alias(resolver, bindings, path, item.module, item.span.start, depth)
    if not item.name or item.name == "*":
        return modules
    return resolver.members(modules, item.name, bindings.spec, depth + 1)


def _alias(
    resolver: Resolver, bindings: FileBindings, path: str, name: str, offset: int, depth: int
) -> Resolved:
    """What a module's name means at a place: through an earlier `alias`, nested in the modules
    around, or in full.
    """
    first, dot, rest = name.partition(".")
    for item in bindings.imports:
        if item.alias == first and not item.name and item.span.end <= offset:
            return _module(resolver, item.module + dot + rest) or (
                (ExternalEntity(item.module + dot + rest), Confidence.EXACT),
            )
    around = resolver.namespace_at(path, offset)
    while around:
        found = _module(resolver, f"{around}.{name}")
        if found:
            return found
        around = around.rpartition(".")[0]
    return _module(resolver, name) or ((ExternalEntity(name), Confidence.EXACT),)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    modules = tuple(
        pair
        for pair in _alias(resolver, bindings, path, item.module, item.span.start, depth)
        if not isinstance(pair[0], ExternalEntity)
    )
    return resolver.members(modules, name, bindings.spec, depth + 1)


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    if not reference.name[:1].isupper():
        return ()
    return _alias(resolver, bindings, path, reference.name, reference.span.start, depth)


ELIXIR = Family(imported=_imported, star=_star, unbound=_unbound)
