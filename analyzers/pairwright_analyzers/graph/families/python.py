"""Python: modules, packages, relative imports, submodules."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    Entity,
    FolderEntity,
    ModuleEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import PathTables, shared
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Confidence,
    Import,
    Reference,
    Role,
    Span,
    SymbolFlag,
)

if TYPE_CHECKING:
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_SOURCE_ROOTS = ("", "src", "lib", "python")


class PythonModules:
    """Module names of a workspace."""

    def __init__(self, tables: PathTables) -> None:
        self._paths = tables

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """Dotted module name -> paths, best first: by package roots, then from each source root."""
        named: dict[str, list[str]] = defaultdict(list)
        packages = {
            posixpath.dirname(path)
            for path in self._paths.all
            if path.endswith(("/__init__.py", "/__init__.pyi"))
            or path in ("__init__.py", "__init__.pyi")
        }
        for path in sorted(self._paths.all):
            if not path.endswith((".py", ".pyi")):
                continue
            for name in _python_names(path, packages, self._paths.root_name):
                if path not in named[name]:
                    named[name].append(path)
        return named

    def name_of(self, path: str) -> str:
        """The dotted name of a Python file from the workspace root, `__init__` dropped."""
        stem = path.rsplit(".", 1)[0]
        parts = stem.split("/")
        if parts[-1] == "__init__":
            parts.pop()
        if len(parts) > 1 and parts[0] in _SOURCE_ROOTS and not self._is_package(parts[0]):
            # What is imported from a source folder does not carry its name.
            parts.pop(0)
        return ".".join(parts)

    def _is_package(self, folder: str) -> bool:
        return self._paths.exists(f"{folder}/__init__.py")

    def module(self, path: str, module: str, level: int) -> tuple[str, ...]:
        """Files of a Python module; `level` counts leading dots."""
        if level:
            folder = posixpath.dirname(path)
            for _ in range(level - 1):
                if not folder:
                    return ()
                folder = posixpath.dirname(folder)
            return self.at(posixpath.join(folder, *module.split(".")) if module else folder)
        beside = self.at(posixpath.join(posixpath.dirname(path), *module.split(".")))
        named = tuple(self.named.get(module, ()))
        # A script's own folder comes first on Python's path; inside a package it does not.
        in_package = self._paths.exists(posixpath.join(posixpath.dirname(path), "__init__.py"))
        if not named:
            return () if in_package else beside
        if beside and not in_package and posixpath.dirname(path):
            return beside
        return named[:1] if len(named) == 1 else (_nearest(path, named),)

    def at(self, stem: str) -> tuple[str, ...]:
        for candidate in (
            f"{stem}/__init__.py" if stem else "__init__.py",
            f"{stem}.py",
            f"{stem}.pyi",
            f"{stem}/__init__.pyi" if stem else "__init__.pyi",
        ):
            if candidate in self._paths.all:
                return (candidate,)
        return ()

    def package_folder(self, path: str, module: str, level: int) -> str | None:
        """The folder of a namespace package (one without `__init__`), or None when no file lies
        below it.
        """
        if level:
            folder = posixpath.dirname(path)
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            wanted = posixpath.join(folder, *module.split(".")) if module else folder
            return wanted if wanted in self._paths.folders else None
        for root in _SOURCE_ROOTS:
            wanted = posixpath.join(root, *module.split("."))
            if wanted in self._paths.folders:
                return wanted
        return None


def _python_names(path: str, packages: set[str], root_name: str) -> Iterable[str]:
    stem = path.rsplit(".", 1)[0]
    parts = stem.split("/")
    if parts[-1] == "__init__":
        parts.pop()
    folder = posixpath.dirname(path)
    base = folder
    while base and base in packages:
        base = posixpath.dirname(base)
    depth = len(base.split("/")) if base else 0
    yield ".".join(parts[depth:])
    if "" in packages:
        yield ".".join([root_name, *parts])
    for root in _SOURCE_ROOTS:
        if not root:
            yield ".".join(parts)
        elif path.startswith(root + "/"):
            yield ".".join(parts[1:])


def _nearest(path: str, candidates: tuple[str, ...]) -> str:
    """The candidate that shares the longest folder prefix with a path; the first of equals."""
    return max(candidates, key=lambda one: (shared(path, one), not one.endswith(".pyi")))


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    return resolver.paths.tables.derived(PythonModules).module(path, item.module, item.level)


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    if not item.name:
        first = item.module.partition(".")[0]
        module = first if item.alias == first else item.module
        return resolver.module_of(bindings.spec, path, item, module)
    modules = resolver.module_of(bindings.spec, path, item, item.module)
    return resolver.members(modules, item.name, bindings.spec, depth + 1)


def _submodule(resolver: Resolver, folder: str, name: str) -> Resolved:
    stem = posixpath.join(folder, name)
    for candidate in (
        f"{stem}/__init__.py",
        f"{stem}.py",
        f"{stem}.pyi",
        f"{stem}/__init__.pyi",
    ):
        if resolver.paths.exists(candidate):
            return ((ModuleEntity((candidate,)), Confidence.EXACT),)
    if stem in resolver.paths.folders:
        return ((FolderEntity(stem), Confidence.EXACT),)
    return ()


def _submodule_of(resolver: Resolver, place: str, name: str) -> Resolved:
    folder = place
    if place.endswith((".py", ".pyi")):
        folder, base = posixpath.split(place)
        if base not in ("__init__.py", "__init__.pyi"):
            return ()
    return _submodule(resolver, folder, name)


def _folder(resolver: Resolver, path: str, item: Import, module: str) -> str | None:
    return resolver.paths.tables.derived(PythonModules).package_folder(path, module, item.level)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    """A name through `from module import *`: what the module lists, else what has no underscore."""
    found: list[tuple[Entity, Confidence]] = []
    for entity, confidence in resolver.module_of(bindings.spec, path, item, item.module):
        for one in entity.paths if isinstance(entity, ModuleEntity) else ():
            module = resolver.bindings(one)
            public = _public(module) if module is not None else None
            if name in public if public is not None else not name.startswith("_"):
                whole = ((ModuleEntity((one,)), confidence),)
                found.extend(resolver.members(whole, name, bindings.spec, depth + 1))
    return tuple(found)


def _public(bindings: FileBindings) -> frozenset[str] | None:
    """The names that a module's `__all__` lists, None where it has none that is written out."""
    facts = bindings.facts
    listed: set[str] = set()
    for index in facts.references_named("__all__"):
        if facts.reference(index).role is not Role.DEFINE:
            return None
    for at in facts.symbols_named("__all__"):
        for index in facts.references_in(facts.symbol(at).span):
            if facts.reference(index).role is Role.READ:
                listed.add(facts.reference(index).name)
    return frozenset(listed) or None


def _injected(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference
) -> Resolved:
    """The pytest fixture that a test's or fixture's parameter gets: of the same file, else of the
    nearest `conftest.py` upwards.
    """
    facts = bindings.facts
    around = bindings.enclosing_callable(reference.start)
    if around < 0 or reference.name in bindings.spec.receivers:
        return ()
    function = facts.symbol(around)
    if not function.name_span.end <= reference.start < function.body_start:
        return ()
    test = bool(function.flags & SymbolFlag.TEST) and bindings.spec.is_test_path(path)
    if not test and not _is_fixture(facts, around):
        return ()
    folder = posixpath.dirname(path)
    places = [path]
    while True:
        places.append(posixpath.join(folder, "conftest.py"))
        if not folder:
            break
        folder = posixpath.dirname(folder)
    for place in places:
        other = resolver.facts(place) if resolver.paths.exists(place) else None
        for index in other.symbols_named(reference.name) if other is not None else ():
            if (place, index) != (path, around) and other is not None and _is_fixture(other, index):
                return ((SymbolEntity(SymbolId(place, index)), Confidence.EXACT),)
    return ()


def _is_fixture(facts: FileFacts, index: int) -> bool:
    symbol = facts.symbol(index)
    if not symbol.flags & SymbolFlag.DECORATED or symbol.kind not in CALLABLE_KINDS:
        return False
    return any(
        facts.reference(one).name in ("fixture", "yield_fixture")
        for one in facts.references_in(Span(symbol.span.start, symbol.name_span.start))
    )


PYTHON = Family(
    star=_star,
    injected=_injected,
    targets=_targets,
    imported=_imported,
    submodule=_submodule_of,
    folder=_folder,
    separator=".",
    stars_pass_on=True,
)
