"""Rust: crates, `mod` files, `use` paths."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    ExternalEntity,
    ModuleEntity,
    Resolved,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Confidence, Import

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


class RustModules:
    """Crates and module files."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths

    @cached_property
    def _crates(self) -> dict[str, str]:
        """Crate name (with `_`) -> folder of its `src`."""
        found: dict[str, str] = {}
        for folder in sorted(self._paths.folders | {""}):
            text = self._paths.workspace.config(posixpath.join(folder, "Cargo.toml"))
            if text is not None:
                matched = re.search(
                    rb"^\s*\[package\][^\[]*?^\s*name\s*=\s*\"([^\"]+)\"", text, re.M | re.S
                )
                if matched:
                    name = matched.group(1).decode("utf-8", "replace").replace("-", "_")
                    found[name] = posixpath.join(folder, "src")
        return found

    def crate_folder(self, path: str) -> str:
        """The folder that `crate::` means for a file: the nearest `src`, tests and examples being
        crates of their own.
        """
        best = ""
        for folder in self._crates.values():
            if path.startswith(folder + "/") and len(folder) > len(best):
                best = folder
        if best:
            return best
        head, mark, _ = path.rpartition("/src/")
        if mark:
            return head + "/src"
        return "src" if path.startswith("src/") else posixpath.dirname(path)

    def module(self, path: str, segments: list[str]) -> tuple[str, list[str]] | None:
        """(file, remaining segments) of a Rust path as seen from a file: the longest prefix that
        names modules.
        """
        if not segments:
            return None
        first, rest = segments[0], segments[1:]
        own = self._folder_of(path)
        if first == "crate":
            crate = self.crate_folder(path)
            return self._descend(crate, self._root(crate), rest)
        if first == "self":
            return self._descend(own, path, rest)
        if first == "super":
            folder = posixpath.dirname(own)
            while rest and rest[0] == "super":
                folder, rest = posixpath.dirname(folder), rest[1:]
            return self._descend(folder, self._file(folder), rest)
        if first in self._crates:
            crate = self._crates[first]
            return self._descend(crate, self._root(crate), rest)
        descended = self._descend(own, path, segments)
        if descended is not None and len(descended[1]) < len(segments):
            return descended
        return None

    def _folder_of(self, path: str) -> str:
        """The folder in which a file's child modules lie."""
        folder, name = posixpath.split(path)
        stem = name.removesuffix(".rs")
        return folder if stem in ("mod", "lib", "main") else posixpath.join(folder, stem)

    def _root(self, crate: str) -> str | None:
        for name in ("lib.rs", "main.rs"):
            if posixpath.join(crate, name) in self._paths.all:
                return posixpath.join(crate, name)
        return None

    def _file(self, folder: str) -> str | None:
        for candidate in (
            folder + ".rs",
            posixpath.join(folder, "mod.rs"),
            posixpath.join(folder, "lib.rs"),
            posixpath.join(folder, "main.rs"),
        ):
            if candidate in self._paths.all:
                return candidate
        return None

    def _descend(
        self, folder: str, file: str | None, segments: list[str]
    ) -> tuple[str, list[str]] | None:
        at = 0
        while at < len(segments):
            child = posixpath.join(folder, segments[at])
            found = next(
                (
                    one
                    for one in (child + ".rs", posixpath.join(child, "mod.rs"))
                    if one in self._paths.all
                ),
                None,
            )
            if found is None:
                break
            folder, file, at = child, found, at + 1
        return (file, segments[at:]) if file is not None else None


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    modules = resolver.table(RustModules)
    segments = [part for part in item.module.split("::") if part]
    if item.name and item.name not in ("*", "self"):
        whole = modules.module(path, [*segments, item.name])
        if whole is not None and not whole[1]:
            return (whole[0],)
    found = modules.module(path, segments)
    return (found[0],) if found is not None and not found[1] else ()


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    segments = [part for part in item.module.split("::") if part]
    if item.name and item.name not in ("*", "self"):
        segments.append(item.name)
    return _rust_path(resolver, bindings.spec, path, segments, depth)


def _rust_path(
    resolver: Resolver, spec: LanguageSpec, path: str, segments: list[str], depth: int
) -> Resolved:
    found = resolver.table(RustModules).module(path, segments)
    if found is None:
        outside = segments and segments[0] not in ("crate", "self", "super")
        return ((ExternalEntity(".".join(segments)), Confidence.EXACT),) if outside else ()
    entities: Resolved = ((ModuleEntity((found[0],)), Confidence.EXACT),)
    for name in found[1]:
        entities = resolver.members(entities, name, spec, depth + 1)
    return entities


RUST = Family(targets=_targets, imported=_imported, parted=True)
