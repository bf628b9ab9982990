"""Ruby: requires, constants, reopened classes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    MAX_BY_NAME,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.types import Confidence, Import, Reference, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    wanted = item.module if item.module.endswith(".rb") else item.module + ".rb"
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))
    return (
        (beside,) if resolver.paths.exists(beside) else resolver.paths.by_suffix(path, wanted)[:1]
    )


def _ruby_constant(resolver: Resolver, bindings: FileBindings, path: str, name: str) -> Resolved:
    found = [
        SymbolId(other, index)
        for other, facts, index in resolver.defined(name, bindings.spec.group)
        if facts.symbol_kind(index)
        in (SymbolKind.CLASS, SymbolKind.NAMESPACE, SymbolKind.CONSTANT, SymbolKind.FUNCTION)
    ]
    if not found or len(found) > MAX_BY_NAME:
        return ()
    qualnames = {resolver.qualname_of(one) for one in found}
    # A class that is reopened in several files is one class.
    sure = Confidence.EXACT if len(qualnames) == 1 else Confidence.BY_NAME
    return tuple((SymbolEntity(one), sure) for one in found)


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    return _ruby_constant(resolver, bindings, path, reference.name)


RUBY = Family(targets=_targets, unbound=_unbound, parted=True)
