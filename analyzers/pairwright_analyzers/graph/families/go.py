"""Go: packages are folders, modules are prefixes, interfaces are fitted by their methods."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    Entity,
    ExternalEntity,
    InstanceEntity,
    ModuleEntity,
    Resolved,
    SymbolEntity,
    weaker,
)
from pairwright_analyzers.graph.families.base import Family, imported_member
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Confidence, Import, ParameterKind, Reference, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_MOST_FITTING = 400
"""Candidates beyond which an interface's methods are too common to look at every type."""


class GoModules:
    """The Go modules and packages of a workspace."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths
        self._folders: dict[str, str | None] = {}
        self._packages: dict[str, str] = {}
        self._importable: dict[str, tuple[str, ...]] = {}
        self._methods: dict[str, dict[tuple[str, str], dict[str, SymbolId]]] = {}

    @cached_property
    def _modules(self) -> list[tuple[str, str]]:
        """(module path, folder), longest module path first."""
        found: list[tuple[str, str]] = []
        for folder in sorted(self._paths.folders | {""}):
            text = self._paths.workspace.config(posixpath.join(folder, "go.mod"))
            if text is not None:
                matched = re.search(rb"^\s*module\s+\"?([^\s\"]+)", text, re.MULTILINE)
                if matched:
                    found.append((matched.group(1).decode("utf-8", "replace"), folder))
        return sorted(found, key=lambda entry: -len(entry[0]))

    def folder(self, module: str) -> str | None:
        """The folder of a Go import path in this workspace, or None."""
        if module not in self._folders:
            self._folders[module] = self._folder(module)
        return self._folders[module]

    def _folder(self, module: str) -> str | None:
        for prefix, folder in self._modules:
            if module == prefix or module.startswith(prefix + "/"):
                found = posixpath.normpath(
                    posixpath.join(folder, module[len(prefix) :].lstrip("/"))
                )
                return "" if found == "." else found
        return None

    def package(self, path: str) -> str:
        """The name in a file's package clause, "" without one."""
        known = self._packages.get(path)
        if known is None:
            known = ""
            facts = self._paths.workspace.facts(path)
            for at in range(facts.symbol_count if facts is not None else 0):
                if facts is not None and facts.symbol_kind(at) is SymbolKind.MODULE:
                    known = facts.symbol_name(at)
                    break
            self._packages[path] = known
        return known

    def importable(self, folder: str) -> tuple[str, ...]:
        """The files of the package that an import of a folder means: no tests, and no programs that
        lie beside it.
        """
        known = self._importable.get(folder)
        if known is None:
            files = [
                one
                for one in self._paths.files_in.get(folder, ())
                if one.endswith(".go") and not one.endswith("_test.go")
            ]
            names = Counter(self.package(one) for one in files)
            if len(names) > 1:
                del names["main"]
            chosen = names.most_common(1)[0][0] if names else ""
            known = tuple(one for one in files if self.package(one) == chosen)
            self._importable[folder] = known
        return known

    def sees(self, path: str, other: str) -> bool:
        """Whether the bare names of a file's package are those of another file."""
        if posixpath.dirname(path) != posixpath.dirname(other):
            return False
        if other.endswith("_test.go") and not path.endswith("_test.go"):
            return False
        return self.package(path) == self.package(other)

    def methods(self, path: str, type_name: str) -> dict[str, SymbolId]:
        """The methods declared for a type of the package that a file belongs to."""
        folder = posixpath.dirname(path)
        held = self._methods.get(folder)
        if held is None:
            held = self._methods[folder] = {}
            for one in self._paths.files_in.get(folder, ()):
                facts = self._paths.workspace.facts(one) if one.endswith(".go") else None
                if facts is None:
                    continue
                for at in range(facts.symbol_count):
                    if facts.symbol_kind(at) is SymbolKind.METHOD and facts.symbol_owner(at):
                        key = self.package(one), facts.symbol_owner(at)
                        held.setdefault(key, {})[facts.symbol_name(at)] = SymbolId(one, at)
        return held.get((self.package(path), type_name), {})


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    modules = resolver.table(GoModules)
    folder = modules.folder(item.module)
    return modules.importable(folder) if folder is not None else ()


def _named_by_itself(item: Import) -> bool:
    """Whether an import leaves the package its own name."""
    return item.name_span.start - item.span.start <= 1


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    found = imported_member(resolver, bindings, path, item, depth)
    if not found or not _named_by_itself(item):
        return found
    entity = found[0][0]
    if isinstance(entity, ModuleEntity) and item.alias:
        # The path only suggests the name, the package clause says it.
        declared = resolver.table(GoModules).package(entity.paths[0])
        return found if declared in ("", item.alias) else ()
    return found


def _same_package(resolver: Resolver, path: str, name: str) -> Resolved:
    """The other files of the package."""
    modules = resolver.table(GoModules)
    found: list[tuple[Entity, Confidence]] = []
    for other, facts, index in resolver.defined(name, "go"):
        if facts.symbol_container(index) >= 0 or not modules.sees(path, other):
            continue
        symbol = facts.symbol(index)
        if symbol.owner or symbol.kind in (SymbolKind.FIELD, SymbolKind.MODULE):
            continue
        found.append((SymbolEntity(SymbolId(other, index)), Confidence.EXACT))
    if len(found) > 1:
        # Build tags give one name several definitions, of which a build takes one.
        return tuple((entity, Confidence.INFERRED) for entity, _ in found)
    return tuple(found)


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    found = _same_package(resolver, path, reference.name)
    if found:
        return found
    modules = resolver.table(GoModules)
    for item in bindings.imports:
        if item.alias in ("", reference.name) or not _named_by_itself(item):
            continue
        files = _targets(resolver, path, item)
        if files and modules.package(files[0]) == reference.name:
            return ((ModuleEntity(files), Confidence.EXACT),)
    return ()


def _reaches(resolver: Resolver, path: str, target: SymbolId) -> bool:
    """Names without a capital stay in their package."""
    facts = resolver.facts(target.path)
    if facts is None or target.index < 0 or path == target.path:
        return True
    if facts.symbol_name(target.index)[:1].isupper():
        return True
    return resolver.table(GoModules).sees(path, target.path)


def _owns(resolver: Resolver, owner: SymbolId, member: SymbolId) -> bool:
    if posixpath.dirname(owner.path) != posixpath.dirname(member.path):
        return False
    modules = resolver.table(GoModules)
    return modules.package(owner.path) == modules.package(member.path)


def _type_member(
    resolver: Resolver,
    entity: SymbolEntity | InstanceEntity,
    name: str,
    confidence: Confidence,
    spec: LanguageSpec,
) -> Resolved:
    """A type's own member, or the least deep of those that it embeds; an embedded type is itself a
    member.
    """
    level: dict[SymbolId, Confidence] = {entity.id: confidence}
    seen: set[SymbolId] = set()
    while level:
        found: list[tuple[Entity, Confidence]] = []
        below: dict[SymbolId, Confidence] = {}
        for owner, sure in level.items():
            seen.add(owner)
            found.extend((SymbolEntity(one), sure) for one in resolver.own_members(owner, name))
            holds_values = _kind(resolver, owner) is not SymbolKind.INTERFACE
            for base, base_sure in resolver.bases(owner):
                facts = resolver.facts(base.path)
                if facts is not None and holds_values and facts.symbol_name(base.index) == name:
                    found.append((InstanceEntity(base), sure))
                below.setdefault(base, weaker(sure, base_sure))
        if len(found) > 1:
            return tuple((one, weaker(sure, Confidence.INFERRED)) for one, sure in found)
        if found:
            return tuple(found)
        level = {one: sure for one, sure in below.items() if one not in seen}
    outside = {one for owner in seen for one in resolver.outside_bases(owner)}
    if len(outside) == 1:
        # Only an embedded type from outside is left that may have it.
        return ((ExternalEntity(f"{outside.pop()}.{name}"), Confidence.INFERRED),)
    return ()


def _kind(resolver: Resolver, symbol: SymbolId) -> SymbolKind | None:
    facts = resolver.facts(symbol.path)
    return facts.symbol_kind(symbol.index) if facts is not None and symbol.index >= 0 else None


# -- interfaces ------------------------------------------------------------------------------------


def _method_set(resolver: Resolver, owner: SymbolId) -> dict[str, SymbolId] | None:
    """Every method of a type or interface, embedded ones included; None where some are outside the
    workspace.
    """
    modules = resolver.table(GoModules)
    found: dict[str, SymbolId] = {}
    for one in (owner, *(base for base, _ in resolver.ancestors(owner))):
        bindings = resolver.bindings(one.path)
        if bindings is None or one.index < 0:
            continue
        facts = bindings.facts
        for name, places in bindings.members.get(one.index, {}).items():
            if facts.symbol_kind(places[0]) is SymbolKind.METHOD:
                found.setdefault(name, SymbolId(one.path, places[0]))
        for name, method in modules.methods(one.path, facts.symbol_name(one.index)).items():
            found.setdefault(name, method)
    is_interface = _kind(resolver, owner) is SymbolKind.INTERFACE
    return None if is_interface and resolver.has_open_bases(owner) else found


_QUALIFIER = re.compile(r"\b\w+\.(?=\w)")
_SPACE = re.compile(r"\s+")


def _shape(resolver: Resolver, method: SymbolId) -> tuple[str, ...]:
    """A method's parameter types and its result, packages left out: they differ by place."""
    from pairwright_analyzers.languages import language

    facts = resolver.facts(method.path)
    if facts is None:
        return ()
    signature = language(facts.language).signature(facts.symbol(method.index).signature)
    types = [
        one.annotation for one in signature.parameters if one.kind is not ParameterKind.RECEIVER
    ]
    # Several results may have names on one side only.
    returns = "(" if signature.returns.startswith("(") else signature.returns
    plain = [_SPACE.sub("", _QUALIFIER.sub("", one)) for one in (*types, returns)]
    return tuple(one.replace("interface{}", "any") for one in plain)


def _fits(resolver: Resolver, type_id: SymbolId, interface: SymbolId) -> bool:
    wanted = _method_set(resolver, interface)
    has = _method_set(resolver, type_id)
    if not wanted or has is None or not wanted.keys() <= has.keys():
        return False
    return all(
        _reaches(resolver, type_id.path, method)
        and _shape(resolver, has[name]) == _shape(resolver, method)
        for name, method in wanted.items()
    )


def _interfaces_of(resolver: Resolver, type_id: SymbolId) -> Iterator[SymbolId]:
    """The interfaces of the workspace that a type fits."""
    if _kind(resolver, type_id) in (None, SymbolKind.INTERFACE):
        return
    tried: set[SymbolId] = set()
    for name in sorted(_method_set(resolver, type_id) or {}):
        for path, other, index in resolver.defined(name, "go"):
            container = other.symbol_container(index)
            if container < 0 or other.symbol_kind(container) is not SymbolKind.INTERFACE:
                continue
            interface = SymbolId(path, container)
            if interface not in tried:
                tried.add(interface)
                if _fits(resolver, type_id, interface):
                    yield interface


def _fitting(resolver: Resolver, interface: SymbolId) -> Iterator[SymbolId]:
    """The types of the workspace that fit an interface."""
    if _kind(resolver, interface) is not SymbolKind.INTERFACE:
        return
    wanted = _method_set(resolver, interface)
    if not wanted:
        return
    rarest = min(sorted(wanted), key=lambda name: len(resolver.workspace.files_defining(name)))
    tried: set[SymbolId] = set()
    for path, other, index in resolver.defined(rarest, "go"):
        owner = other.symbol(index).owner
        type_id = _type_of_package(resolver, path, owner) if owner else None
        if type_id is None or type_id in tried:
            continue
        tried.add(type_id)
        if len(tried) > _MOST_FITTING:
            return
        if _fits(resolver, type_id, interface):
            yield type_id


def _type_of_package(resolver: Resolver, path: str, name: str) -> SymbolId | None:
    for entity, _ in _same_package(resolver, path, name):
        if isinstance(entity, SymbolEntity):
            return entity.id
    return None


GO = Family(
    targets=_targets,
    imported=_imported,
    unbound=_unbound,
    owns=_owns,
    reaches=_reaches,
    type_member=_type_member,
    interfaces_of=_interfaces_of,
    fitting=_fitting,
    parted=True,
)
