"""Elixir: modules by their full names, short ones through `alias`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import ExternalEntity, Resolved, SymbolEntity
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Confidence, Import, Reference, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_MODULES = frozenset({SymbolKind.NAMESPACE, SymbolKind.INTERFACE})
_AROUND = _MODULES | {SymbolKind.IMPLEMENTATION}
_ITSELF = "__MODULE__"
_EXCEPT = re.compile(rb"except:\s*\[([^\]]*)\]")
_MAX_ALIASES = 8
"""How many aliases may be told by others: a module may be an alias of itself."""


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


def _modules_around(bindings: FileBindings, offset: int) -> Iterator[int]:
    """The modules whose text an offset is part of, the innermost first."""
    for at in bindings.scopes_around(offset):
        symbol = bindings.scopes[at].symbol
        if symbol >= 0 and bindings.facts.symbol_kind(symbol) in _AROUND:
            yield symbol


def _expanded(
    bindings: FileBindings, path: str, name: str, offset: int, depth: int
) -> tuple[str, bool]:
    """The full name that a module's name stands for at a place, and whether something says so: an
    `alias` seen there, the module itself, or a module written inside one around.
    """
    first, dot, rest = name.partition(".")
    if first == _ITSELF:
        for index in _modules_around(bindings, offset):
            return bindings.facts.qualname(index) + dot + rest, True
        return name, False
    around = set(bindings.scopes_around(offset))
    for item in reversed(bindings.imports):
        if (
            item.alias == first
            and not item.name
            and item.span.end <= offset
            and bindings.scope_at(item.span.start) in around
            and depth < _MAX_ALIASES
        ):
            full, _ = _expanded(bindings, path, item.module, item.span.start, depth + 1)
            return full + dot + rest, True
    for index in _modules_around(bindings, offset):
        for inner in bindings.members.get(index, {}).get(first, ()):
            if bindings.facts.symbol_kind(inner) in _MODULES:
                return bindings.facts.qualname(inner) + dot + rest, True
    return name, False


def _alias(
    resolver: Resolver, bindings: FileBindings, path: str, name: str, offset: int, depth: int
) -> Resolved:
    """What a module's name means at a place."""
    full, _ = _expanded(bindings, path, name, offset, 0)
    return _module(resolver, full) or ((ExternalEntity(full), Confidence.EXACT),)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    modules = tuple(
        pair
        for pair in _alias(resolver, bindings, path, item.module, item.span.start, depth)
        if not isinstance(pair[0], ExternalEntity)
    )
    found = resolver.members(modules, name, bindings.spec, depth + 1)
    if not found:
        return ()
    text = resolver.workspace.text(path) or b""
    left_out = _EXCEPT.search(text, item.span.start, item.span.end)
    if left_out is not None and name in re.findall(r"[\w?!]+", left_out.group(1).decode()):
        return ()
    return found


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    if not reference.name[:1].isupper() and not reference.name.startswith(_ITSELF):
        return ()
    return _alias(resolver, bindings, path, reference.name, reference.span.start, depth)


def _namespace_member(
    resolver: Resolver, namespace: str, name: str, spec: LanguageSpec
) -> Resolved:
    """What a module offers to others: nothing private, even to itself."""
    found: Resolved = resolver.find_qualified(f"{namespace}.{name}", spec.group)
    return tuple(
        pair
        for pair in found
        if isinstance(pair[0], SymbolEntity)
        and (facts := resolver.facts(pair[0].id.path)) is not None
        and not facts.symbol_flags(pair[0].id.index) & SymbolFlag.PRIVATE
    )


ELIXIR = Family(
    imported=_imported, star=_star, unbound=_unbound, namespace_member=_namespace_member
)
