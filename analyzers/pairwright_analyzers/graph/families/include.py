"""C and C++: includes, and what the linker would find."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    MAX_BY_NAME,
    MEMBER_KINDS,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.types import Confidence, Import, Reference, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.module))
    return (
        (beside,) if resolver.paths.exists(beside) else resolver.paths.by_suffix(path, item.module)
    )


def _linked(resolver: Resolver, bindings: FileBindings, path: str, name: str) -> Resolved:
    """C and C++: what is included, and what the linker would find."""
    found: list[tuple[SymbolId, SymbolFlag]] = []
    for other, facts, index in resolver.defined(name, bindings.spec.group):
        symbol = facts.symbol(index)
        if symbol.kind in MEMBER_KINDS and symbol.kind is not SymbolKind.ENUM_MEMBER:
            continue
        header = other.rpartition(".")[2].startswith("h")
        if symbol.flags & SymbolFlag.STATIC and other != path and not header:
            continue
        found.append((SymbolId(other, index), symbol.flags))
    solid = [one for one, flags in found if not flags & SymbolFlag.ABSTRACT]
    chosen = solid or [one for one, _ in found]
    if not chosen:
        return ()
    if not bindings.spec.first_class:
        # A shell script sees what it sources; no linker finds the rest.
        reachable = _included(resolver, path)
        chosen = [one for one in chosen if one.path in reachable]
    elif len(chosen) > 1:
        reachable = _included(resolver, path)
        near = [one for one in chosen if one.path in reachable]
        chosen = near or chosen
    if not 0 < len(chosen) <= MAX_BY_NAME:
        return ()
    sure = Confidence.EXACT if len(chosen) == 1 else Confidence.BY_NAME
    return tuple((SymbolEntity(one), sure) for one in chosen)


def _included(resolver: Resolver, path: str) -> set[str]:
    """Files that a file includes, transitively, and itresolver."""
    seen = {path}
    waiting = [path]
    while waiting and len(seen) < 500:
        bindings = resolver.bindings(waiting.pop())
        if bindings is None:
            continue
        for item in bindings.imports:
            for target in _targets(resolver, path, item):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
    return seen


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    return _linked(resolver, bindings, path, reference.name)


INCLUDE = Family(targets=_targets, unbound=_unbound, parted=True, opens_names=False)
