"""Swift: files of one module see each other's names, others through `import`."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
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
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    CONTAINER_KINDS,
    Confidence,
    Import,
    Reference,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import Binding, FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_TARGET = re.compile(r"(?:^|/)(?:Sources|Source|Tests|Plugins)/([^/]+)/")


_DECLARED = re.compile(
    rb"\.(?:\w+Target|target|macro)\s*\(\s*name:\s*\"([^\"]+)\""
    rb"(?:(?!\.(?:\w+Target|target|macro)\s*\().)*?\bpath:\s*\"([^\"]+)\"",
    re.DOTALL,
)


class Modules:
    """The modules of a workspace's files, by what its packages declare and their folders."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._folders: dict[str, str] = {}
        self._known: dict[str, str] = {}
        for manifest in paths.by_name.get("Package.swift", ()):
            text = paths.workspace.text(manifest) or b""
            for found in _DECLARED.finditer(text):
                folder = posixpath.join(posixpath.dirname(manifest), found.group(2).decode())
                self._folders[posixpath.normpath(folder)] = found.group(1).decode()
        self.names = frozenset(self.of(one) for one in paths.all if one.endswith(".swift"))

    def of(self, path: str) -> str:
        """The module of a file: the target that its package says it belongs to, else the folder
        below `Sources` or `Tests`; "" where nothing says one, as in an application's project.
        """
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._found(path)
        return known

    def _found(self, path: str) -> str:
        folder = posixpath.dirname(path)
        while folder:
            if folder in self._folders:
                return self._folders[folder]
            folder = posixpath.dirname(folder)
        found = _TARGET.search(path)
        return found.group(1) if found is not None else ""


def _in_module(resolver: Resolver, path: str, module: str, name: str) -> Resolved:
    """What the files of a module define at their top level, as seen from a file."""
    found: list[SymbolId] = []
    for other, facts, index in resolver.defined(name, "swift"):
        kind = facts.symbol_kind(index)
        if resolver.table(Modules).of(other) != module or facts.symbol_container(index) >= 0:
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
    return module in resolver.table(Modules).names


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
    own = _in_module(resolver, path, resolver.table(Modules).of(path), name)
    return own or _in_module(resolver, path, item.module.partition(".")[0], name)


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    found = _in_module(resolver, path, resolver.table(Modules).of(path), reference.name)
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


def _reaches(resolver: Resolver, path: str, symbol: SymbolId) -> bool:
    """What is private is seen in its own file only."""
    facts = resolver.facts(symbol.path)
    return (
        facts is None
        or symbol.path == path
        or symbol.index < 0
        or not facts.symbol_flags(symbol.index) & SymbolFlag.PRIVATE
    )


def _bare(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """What the scopes around bind, but no member of an instance of a type further out."""
    found = bindings.lookup(reference.name, reference.start)
    kept = [one for one in found if not _needs_outer_instance(bindings, one, reference.start)]
    if kept:
        return resolver.bound(bindings, path, kept, depth)
    return resolver.unscoped(bindings, path, reference, depth)


def _needs_outer_instance(bindings: FileBindings, binding: Binding, offset: int) -> bool:
    if binding.kind is not BindingKind.SYMBOL:
        return False
    facts = bindings.facts
    holder = facts.symbol_container(binding.index)
    return (
        facts.symbol_kind(binding.index) in _OF_INSTANCES
        and not facts.symbol_flags(binding.index) & SymbolFlag.STATIC
        and holder >= 0
        and holder != bindings.enclosing_type(offset)
        and facts.symbol_kind(holder) in CONTAINER_KINDS
    )


_OF_INSTANCES = frozenset({SymbolKind.METHOD, SymbolKind.FIELD, SymbolKind.PROPERTY})


SWIFT = Family(
    bare=_bare,
    reaches=_reaches,
    imported=_imported,
    star=_star,
    unbound=_unbound,
    namespace_member=_namespace_member,
    parted=True,
)
