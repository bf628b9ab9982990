"""JavaScript and TypeScript: relative modules, `tsconfig` paths, packages of the workspace."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph.entities import (
    ModuleEntity,
    Resolved,
)
from pairwright_analyzers.graph.families.base import Family, imported_member
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.ecmascript.nodes import WHOLE
from pairwright_analyzers.types import Confidence, Import

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_SCRIPT_EXTENSIONS = (
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".json",
)
_TYPESCRIPT_OF = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx",),
    ".mjs": (".mts",),
    ".cjs": (".cts",),
}


class ScriptModules:
    """Modules of ECMAScript: relative, `tsconfig` paths, packages of the workspace."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths

    def module(self, path: str, module: str) -> tuple[str, ...]:
        """Files of an ES or CommonJS module text: relative, `tsconfig` paths, or a package of the
        workspace.
        """
        if module.startswith("."):
            stem = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            return () if stem.startswith("..") else self._at("" if stem == "." else stem)
        for base, pattern, targets in self._mapped(path):
            matched = _match_star(pattern, module)
            if matched is not None:
                for target in targets:
                    found = self._at(
                        posixpath.normpath(posixpath.join(base, target.replace("*", matched)))
                    )
                    if found:
                        return found
        for base in self._bases(path):
            found = self._at(posixpath.normpath(posixpath.join(base, module)))
            if found:
                return found
        return self._in_package(module)

    def _at(self, stem: str) -> tuple[str, ...]:
        if stem in self._paths.all:
            return (stem,)
        for extension in _SCRIPT_EXTENSIONS:
            if stem + extension in self._paths.all:
                return (stem + extension,)
        dot = stem.rfind(".")
        for extension in _TYPESCRIPT_OF.get(stem[dot:] if dot >= 0 else "", ()):
            if stem[:dot] + extension in self._paths.all:
                return (stem[:dot] + extension,)
        for extension in _SCRIPT_EXTENSIONS:
            index = posixpath.join(stem, "index" + extension)
            if index in self._paths.all:
                return (index,)
        return ()

    @cached_property
    def _tsconfigs(self) -> dict[str, dict[str, Any]]:
        """Folder -> compilerOptions of the `tsconfig.json` or `jsconfig.json` in it, `extends`
        followed.
        """
        found: dict[str, dict[str, Any]] = {}
        for folder in sorted(self._paths.folders | {""}):
            for name in ("tsconfig.json", "jsconfig.json"):
                options = self._compiler_options(posixpath.join(folder, name), 0)
                if options is not None:
                    found[folder] = options
                    break
        return found

    def _compiler_options(self, path: str, depth: int) -> dict[str, Any] | None:
        text = self._paths.workspace.config(path)
        if text is None or depth > 5:
            return None
        data = _loose_json(text)
        if not isinstance(data, dict):
            return None
        options: dict[str, Any] = {}
        extends = data.get("extends")
        for base in (
            [extends] if isinstance(extends, str) else extends if isinstance(extends, list) else []
        ):
            if isinstance(base, str) and base.startswith("."):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), base))
                inherited = self._compiler_options(
                    target if target.endswith(".json") else target + ".json", depth + 1
                )
                options.update(inherited or {})
        own = data.get("compilerOptions")
        if isinstance(own, dict):
            options.update(own)
            if "baseUrl" in own or "paths" in own:
                options["__folder__"] = posixpath.dirname(path)
        return options

    def _config(self, path: str) -> tuple[str, dict[str, Any]] | None:
        folder = posixpath.dirname(path)
        while True:
            if folder in self._tsconfigs:
                return folder, self._tsconfigs[folder]
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def _mapped(self, path: str) -> Iterable[tuple[str, str, list[str]]]:
        config = self._config(path)
        if config is None:
            return
        folder = config[1].get("__folder__", config[0])
        base = config[1].get("baseUrl")
        root = posixpath.join(folder, base) if isinstance(base, str) else folder
        paths = config[1].get("paths")
        if isinstance(paths, dict):
            for pattern, targets in paths.items():
                if isinstance(targets, list):
                    yield root, pattern, [target for target in targets if isinstance(target, str)]

    def _bases(self, path: str) -> Iterable[str]:
        config = self._config(path)
        if config is not None and isinstance(config[1].get("baseUrl"), str):
            yield posixpath.join(config[1].get("__folder__", config[0]), config[1]["baseUrl"])

    @cached_property
    def _packages(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Package name -> (folder, manifest) of every `package.json` in the workspace."""
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        for folder in sorted(self._paths.folders | {""}):
            text = self._paths.workspace.config(posixpath.join(folder, "package.json"))
            data = _loose_json(text) if text is not None else None
            if isinstance(data, dict) and isinstance(data.get("name"), str):
                found.setdefault(data["name"], (folder, data))
        return found

    def _in_package(self, module: str) -> tuple[str, ...]:
        parts = module.split("/")
        name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
        package = self._packages.get(name)
        if package is None:
            return ()
        folder, manifest = package
        rest = module[len(name) :].lstrip("/")
        candidates: list[str] = list(
            _package_exports(manifest.get("exports"), "./" + rest if rest else ".")
        )
        if rest:
            candidates += [rest, posixpath.join("src", rest)]
        else:
            candidates += [
                value
                for key in ("source", "types", "module", "main")
                if isinstance(value := manifest.get(key), str)
            ]
            candidates += ["src/index", "index"]
        for candidate in candidates:
            for variant in (candidate, re.sub(r"^(\./)?(dist|lib|build|out)/", "src/", candidate)):
                stem = posixpath.normpath(posixpath.join(folder, variant))
                found = self._at(stem) or self._at(re.sub(r"(\.d)?\.[cm]?[jt]s$", "", stem))
                if found:
                    return found
        return ()


def _match_star(pattern: str, module: str) -> str | None:
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if pattern == module else None
    if module.startswith(head) and module.endswith(tail) and len(module) >= len(head) + len(tail):
        return module[len(head) : len(module) - len(tail) or None]
    return None


def _package_exports(exports: object, wanted: str) -> Iterable[str]:
    """The files that `exports` of a `package.json` offers for a subpath, conditions flattened."""
    if isinstance(exports, str):
        if wanted == ".":
            yield exports
    elif isinstance(exports, list):
        for item in exports:
            yield from _package_exports(item, wanted)
    elif isinstance(exports, dict):
        for key, value in exports.items():
            if not key.startswith("."):
                yield from _package_exports(value, wanted)
                continue
            matched = _match_star(key, wanted)
            if matched is not None:
                for target in _package_exports(value, "."):
                    yield target.replace("*", matched)


_COMMENTS = re.compile(rb'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.S)
_TRAILING = re.compile(rb",(\s*[}\]])")


def _loose_json(text: bytes) -> object:
    """JSON with comments and trailing commas, as in `tsconfig.json`; None when it is broken."""
    stripped = _COMMENTS.sub(lambda found: found.group(1) or b"", text)
    try:
        return json.loads(_TRAILING.sub(rb"\1", stripped))
    except (ValueError, RecursionError):
        return None


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    if not item.module:
        # What a module exports under another name, it re-exports from itself.
        return (path,)
    return resolver.table(ScriptModules).module(path, item.module)


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    """A whole CommonJS module is the value it hands out, if any, beside its members."""
    found = imported_member(resolver, bindings, path, item, depth)
    if item.name or not any(isinstance(entity, ModuleEntity) for entity, _ in found):
        return found
    whole = resolver.members(found, WHOLE, bindings.spec, depth + 1)
    return (*whole, *(pair for pair in found if pair not in whole))


def _default(resolver: Resolver, bindings: FileBindings, path: str) -> Resolved:
    """A CommonJS module imported as a default is the value it hands out, or the module itself."""
    module: Resolved = ((ModuleEntity((path,)), Confidence.INFERRED),)
    whole = resolver.members(module, WHOLE, bindings.spec, 1)
    if whole:
        return whole
    if any(not item.reexport for item in bindings.imports) or bindings.facts.symbol_count:
        return module
    return ()


ECMASCRIPT = Family(by_text=True, targets=_targets, imported=_imported, default=_default)
