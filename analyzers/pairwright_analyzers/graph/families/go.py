"""Go: packages are folders, modules are prefixes."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    Entity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.types import Confidence, Import, Reference, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


class GoModules:
    """The Go modules of a workspace."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths

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
        for prefix, folder in self._modules:
            if module == prefix or module.startswith(prefix + "/"):
                found = posixpath.normpath(
                    posixpath.join(folder, module[len(prefix) :].lstrip("/"))
                )
                return "" if found == "." else found
        return None


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    folder = resolver.table(GoModules).folder(item.module)
    if folder is None:
        return ()
    return tuple(
        one
        for one in resolver.paths.files_in.get(folder, ())
        if one.endswith(".go") and not one.endswith("_test.go")
    )


def _same_folder(resolver: Resolver, path: str, name: str) -> Resolved:
    """Go: the other files of the package."""
    folder = posixpath.dirname(path)
    found: list[tuple[Entity, Confidence]] = []
    for other, facts, index in resolver.defined(name, "go"):
        if posixpath.dirname(other) != folder or facts.symbol_container(index) >= 0:
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
    return _same_folder(resolver, path, reference.name)


GO = Family(targets=_targets, unbound=_unbound, parted=True)
