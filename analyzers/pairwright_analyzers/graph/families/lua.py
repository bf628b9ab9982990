"""Lua: `require`, what a file returns, and globals."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import ModuleEntity, Resolved, SymbolEntity
from pairwright_analyzers.graph.families.base import Family, imported_member
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.languages.lua.spec import WHOLE
from pairwright_analyzers.types import TYPE_KINDS, Confidence, Import, Reference, SymbolFlag

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_MAX_GLOBALS = 4


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    if not item.module:
        # What a file returns, it exports from itself.
        return (path,)
    stem = item.module
    if not stem.endswith(".lua"):
        stem = stem.replace(".", "/")
    for wanted in (stem,) if stem.endswith(".lua") else (stem + ".lua", stem + "/init.lua"):
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))
        for place in (wanted, beside):
            if resolver.paths.exists(place):
                return (place,)
        found = resolver.paths.by_suffix(path, wanted)
        if found:
            return found[:1]
    return ()


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    """What a required file returns; the file itself where that has no name."""
    modules = resolver.module_of(bindings.spec, path, item, item.module)
    if not item.module:
        return imported_member(resolver, bindings, path, item, depth)
    inside = any(isinstance(entity, ModuleEntity) for entity, _ in modules)
    whole = resolver.members(modules, WHOLE, bindings.spec, depth + 1) if inside else ()
    if not item.name or item.name == "*":
        return whole or modules
    return resolver.members(whole or modules, item.name, bindings.spec, depth + 1)


def _bare(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """What the scopes around bind; the fields of a table are never named bare."""
    facts = bindings.facts
    for at in bindings.scopes_around(reference.start):
        found = [
            one
            for one in bindings.bound_in(at, reference.name, reference.start)
            if one.kind is not BindingKind.SYMBOL
            or not (
                facts.symbol_owner(one.index)
                or (
                    facts.symbol_container(one.index) >= 0
                    and facts.symbol_kind(facts.symbol_container(one.index)) in TYPE_KINDS
                )
            )
        ]
        if found:
            return resolver.bound(bindings, path, found, depth)
    return resolver.unscoped(bindings, path, reference, depth)


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """A global of any file: of several, nobody knows which is loaded."""
    found = [
        SymbolId(other, index)
        for other, facts, index in resolver.defined(reference.name, bindings.spec.group)
        if facts.symbol_container(index) < 0
        and not facts.symbol_owner(index)
        and facts.symbol_flags(index) & SymbolFlag.EXPORTED
    ]
    if len(found) > _MAX_GLOBALS:
        return ()
    sure = Confidence.INFERRED if len(found) == 1 else Confidence.BY_NAME
    return tuple((SymbolEntity(one), sure) for one in found)


def _owns(resolver: Resolver, owner: SymbolId, member: SymbolId) -> bool:
    # `M` is what half of all modules call their table.
    return owner.path == member.path


LUA = Family(
    bare=_bare,
    targets=_targets,
    imported=_imported,
    unbound=_unbound,
    owns=_owns,
    parted=True,
)
