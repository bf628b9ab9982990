"""Java, C#, PHP: fully qualified names, wherever they are declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    MEMBER_KINDS,
    ExternalEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.types import Confidence, Import, Reference

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    parts = [part for part in (item.module, item.name) if part and part != "*"]
    dotted = ".".join(parts).replace("\\", ".").replace("::", ".").strip(".")
    found = resolver.find_qualified(dotted, bindings.spec.group)
    if found:
        return found
    owner, _, member = dotted.rpartition(".")
    for entity, confidence in resolver.find_qualified(owner, bindings.spec.group) if owner else ():
        inside = resolver.members(((entity, confidence),), member, bindings.spec, 1)
        if inside:
            return inside
    if resolver.namespace_exists(dotted, bindings.spec.group):
        return ((NamespaceEntity(dotted), Confidence.EXACT),)
    return ((ExternalEntity(dotted), Confidence.EXACT),)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    dotted = item.module.replace("\\", ".").replace("::", ".").strip(".")
    return resolver.find_qualified(f"{dotted}.{name}", bindings.spec.group)


def _same_namespace(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference
) -> Resolved:
    """Java, C#, PHP: the namespaces around the place, then those imported whole, then the
    global one.
    """
    here = resolver.namespace_at(path, reference.start)
    group = bindings.spec.group
    candidates = [
        (SymbolId(other, index), resolver.qualified(other, facts, index))
        for other, facts, index in resolver.defined(reference.name, group)
        if facts.symbol_kind(index) not in MEMBER_KINDS
    ]
    if not candidates:
        return ()
    wanted: list[str] = []
    namespace = here
    while True:
        wanted.append(f"{namespace}.{reference.name}".strip("."))
        if not namespace or bindings.spec.id == "java":
            break
        namespace = namespace.rpartition(".")[0]
    wanted.extend(
        f"{item.module}.{reference.name}".replace("\\", ".").replace("::", ".").strip(".")
        for item in bindings.imports
        if not item.alias
    )
    wanted.append(reference.name)
    for dotted in wanted:
        found = [one for one, qualified in candidates if qualified == dotted]
        if found:
            return tuple((SymbolEntity(one), Confidence.EXACT) for one in found[:4])
    return ()


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    return _same_namespace(resolver, bindings, path, reference)


NAMESPACE = Family(imported=_imported, star=_star, unbound=_unbound, namespace_clauses=True)
