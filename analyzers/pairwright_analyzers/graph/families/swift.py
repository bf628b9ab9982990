"""Swift: files of one module see each other's names, others through `import`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    MAX_BY_NAME,
    MEMBER_KINDS,
    ExternalEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Confidence, Import, Reference, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_TARGET = re.compile(r"(?:^|/)(?:Sources|Source|Tests|Plugins)/([^/]+)/")


def module_of(path: str) -> str:
    """The module of a file: the folder below `Sources` or `Tests` of a package; "" where a folder
    says none, as in an application's project.
    """
    found = _TARGET.search(path)
    return found.group(1) if found is not None else ""


def _in_module(resolver: Resolver, path: str, module: str, name: str) -> Resolved:
    """What the files of a module define at their top level, as seen from a file."""
    found: list[SymbolId] = []
    for other, facts, index in resolver.defined(name, "swift"):
        kind = facts.symbol_kind(index)
        if module_of(other) != module or facts.symbol_container(index) >= 0:
            continue
        if kind in MEMBER_KINDS or kind is SymbolKind.IMPLEMENTATION:
            continue
        if other != path and facts.symbol_flags(index) & SymbolFlag.PRIVATE:
            continue
        found.append(SymbolId(other, index))
    if len(found) > MAX_BY_NAME:
        return ()
    sure = Confidence.EXACT if len(found) == 1 else Confidence.INFERRED
    return tuple((SymbolEntity(one), sure) for one in found)


def _exists(resolver: Resolver, module: str) -> bool:
    return any(one.endswith(".swift") and module_of(one) == module for one in resolver.paths.all)


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    module = item.module.partition(".")[0]
    if not _exists(resolver, module):
        dotted = ".".join(part for part in (item.module, item.name) if part and part != "*")
        return ((ExternalEntity(dotted), Confidence.EXACT),)
    if not item.name or item.name == "*":
        return ((NamespaceEntity(module), Confidence.EXACT),)
    return _in_module(resolver, path, module, item.name)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    # The file's own module is seen first.
    own = _in_module(resolver, path, module_of(path), name)
    return own or _in_module(resolver, path, item.module.partition(".")[0], name)


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    found = _in_module(resolver, path, module_of(path), reference.name)
    if found:
        return found
    if any(item.module == reference.name for item in bindings.imports):
        if _exists(resolver, reference.name):
            return ((NamespaceEntity(reference.name), Confidence.EXACT),)
        return ((ExternalEntity(reference.name), Confidence.EXACT),)
    return ()


def _namespace_member(
    resolver: Resolver, namespace: str, name: str, spec: LanguageSpec
) -> Resolved:
    return _in_module(resolver, "", namespace, name)


SWIFT = Family(
    imported=_imported,
    star=_star,
    unbound=_unbound,
    namespace_member=_namespace_member,
    parted=True,
)
