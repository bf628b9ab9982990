"""From an import as written to files: one resolver per language family.

Each resolver answers which paths of the workspace a module text means. Nothing here opens a file:
paths are looked up
in the index, project files come through `Workspace.config`.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from pairwright_analyzers.graph.model import Workspace
from pairwright_analyzers.types import Import

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
_SOURCE_ROOTS = ("", "src", "lib", "python")


class ModuleMap:
    """Module texts -> paths, for one workspace revision.

    Its tables are made when a language first needs them.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._root_name = workspace.root_name
        self._paths = frozenset(workspace.paths())

    def targets(self, resolver: str, path: str, item: Import) -> tuple[str, ...]:
        """The files that an import's module part means, seen from `path`; () when it is not in the
        workspace.
        """
        find = _RESOLVERS.get(resolver)
        return find(self, path, item) if find is not None else ()

    def exists(self, path: str) -> bool:
        """Whether a path is indexed."""
        return path in self._paths

    # -- Python ----------------------------------------------------------------------------------
    # -----------------

    @cached_property
    def python_modules(self) -> dict[str, list[str]]:
        """Dotted module name -> paths, best first: by package roots, then from each source root."""
        named: dict[str, list[str]] = defaultdict(list)
        packages = {
            posixpath.dirname(path)
            for path in self._paths
            if path.endswith(("/__init__.py", "/__init__.pyi"))
            or path in ("__init__.py", "__init__.pyi")
        }
        for path in sorted(self._paths):
            if not path.endswith((".py", ".pyi")):
                continue
            for name in _python_names(path, packages, self._root_name):
                if path not in named[name]:
                    named[name].append(path)
        return named

    def python_name(self, path: str) -> str:
        """The dotted name of a Python file from the workspace root, `__init__` dropped."""
        stem = path.rsplit(".", 1)[0]
        parts = stem.split("/")
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts)

    def python_module(self, path: str, module: str, level: int) -> tuple[str, ...]:
        """Files of a Python module; `level` counts leading dots."""
        if level:
            folder = posixpath.dirname(path)
            for _ in range(level - 1):
                if not folder:
                    return ()
                folder = posixpath.dirname(folder)
            return self._python_at(posixpath.join(folder, *module.split(".")) if module else folder)
        beside = self._python_at(posixpath.join(posixpath.dirname(path), *module.split(".")))
        named = tuple(self.python_modules.get(module, ()))
        if not named:
            return beside
        # A script's own folder comes first on Python's path; inside a package it does not.
        in_package = self.exists(posixpath.join(posixpath.dirname(path), "__init__.py"))
        if beside and not in_package and posixpath.dirname(path):
            return beside
        return named[:1] if len(named) == 1 else (_nearest(path, named),)

    def _python_at(self, stem: str) -> tuple[str, ...]:
        for candidate in (
            f"{stem}/__init__.py" if stem else "__init__.py",
            f"{stem}.py",
            f"{stem}.pyi",
            f"{stem}/__init__.pyi" if stem else "__init__.pyi",
        ):
            if candidate in self._paths:
                return (candidate,)
        return ()

    def python_package_folder(self, path: str, module: str, level: int) -> str | None:
        """The folder of a namespace package (one without `__init__`), or None when no file lies
        below it.
        """
        if level:
            folder = posixpath.dirname(path)
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            wanted = posixpath.join(folder, *module.split(".")) if module else folder
            return wanted if wanted in self.folders else None
        for root in _SOURCE_ROOTS:
            wanted = posixpath.join(root, *module.split("."))
            if wanted in self.folders:
                return wanted
        return None

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds an indexed file, at any depth."""
        found: set[str] = set()
        for path in self._paths:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    @cached_property
    def files_in(self) -> dict[str, list[str]]:
        """Folder -> its files."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            found[posixpath.dirname(path)].append(path)
        return found

    # -- ECMAScript ------------------------------------------------------------------------------
    # -----------------

    def script_module(self, path: str, module: str) -> tuple[str, ...]:
        """Files of an ES or CommonJS module text: relative, `tsconfig` paths, or a package of the
        workspace.
        """
        if module.startswith("."):
            stem = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            return () if stem.startswith("..") else self._script_at("" if stem == "." else stem)
        for base, pattern, targets in self._script_paths(path):
            matched = _match_star(pattern, module)
            if matched is not None:
                for target in targets:
                    found = self._script_at(
                        posixpath.normpath(posixpath.join(base, target.replace("*", matched)))
                    )
                    if found:
                        return found
        for base in self._script_bases(path):
            found = self._script_at(posixpath.normpath(posixpath.join(base, module)))
            if found:
                return found
        return self._script_package(module)

    def _script_at(self, stem: str) -> tuple[str, ...]:
        if stem in self._paths:
            return (stem,)
        for extension in _SCRIPT_EXTENSIONS:
            if stem + extension in self._paths:
                return (stem + extension,)
        dot = stem.rfind(".")
        for extension in _TYPESCRIPT_OF.get(stem[dot:] if dot >= 0 else "", ()):
            if stem[:dot] + extension in self._paths:
                return (stem[:dot] + extension,)
        for extension in _SCRIPT_EXTENSIONS:
            index = posixpath.join(stem, "index" + extension)
            if index in self._paths:
                return (index,)
        return ()

    @cached_property
    def _tsconfigs(self) -> dict[str, dict[str, Any]]:
        """Folder -> compilerOptions of the `tsconfig.json` or `jsconfig.json` in it, `extends`
        followed.
        """
        found: dict[str, dict[str, Any]] = {}
        for folder in sorted(self.folders | {""}):
            for name in ("tsconfig.json", "jsconfig.json"):
                options = self._compiler_options(posixpath.join(folder, name), 0)
                if options is not None:
                    found[folder] = options
                    break
        return found

    def _compiler_options(self, path: str, depth: int) -> dict[str, Any] | None:
        text = self._workspace.config(path)
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

    def _script_config(self, path: str) -> tuple[str, dict[str, Any]] | None:
        folder = posixpath.dirname(path)
        while True:
            if folder in self._tsconfigs:
                return folder, self._tsconfigs[folder]
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def _script_paths(self, path: str) -> Iterable[tuple[str, str, list[str]]]:
        config = self._script_config(path)
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

    def _script_bases(self, path: str) -> Iterable[str]:
        config = self._script_config(path)
        if config is not None and isinstance(config[1].get("baseUrl"), str):
            yield posixpath.join(config[1].get("__folder__", config[0]), config[1]["baseUrl"])

    @cached_property
    def _script_packages(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Package name -> (folder, manifest) of every `package.json` in the workspace."""
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        for folder in sorted(self.folders | {""}):
            text = self._workspace.config(posixpath.join(folder, "package.json"))
            data = _loose_json(text) if text is not None else None
            if isinstance(data, dict) and isinstance(data.get("name"), str):
                found.setdefault(data["name"], (folder, data))
        return found

    def _script_package(self, module: str) -> tuple[str, ...]:
        parts = module.split("/")
        name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
        package = self._script_packages.get(name)
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
                found = self._script_at(stem) or self._script_at(
                    re.sub(r"(\.d)?\.[cm]?[jt]s$", "", stem)
                )
                if found:
                    return found
        return ()

    # -- Go --------------------------------------------------------------------------------------
    # -----------------

    @cached_property
    def _go_modules(self) -> list[tuple[str, str]]:
        """(module path, folder), longest module path first."""
        found: list[tuple[str, str]] = []
        for folder in sorted(self.folders | {""}):
            text = self._workspace.config(posixpath.join(folder, "go.mod"))
            if text is not None:
                matched = re.search(rb"^\s*module\s+\"?([^\s\"]+)", text, re.MULTILINE)
                if matched:
                    found.append((matched.group(1).decode("utf-8", "replace"), folder))
        return sorted(found, key=lambda entry: -len(entry[0]))

    def go_folder(self, module: str) -> str | None:
        """The folder of a Go import path in this workspace, or None."""
        for prefix, folder in self._go_modules:
            if module == prefix or module.startswith(prefix + "/"):
                found = posixpath.normpath(
                    posixpath.join(folder, module[len(prefix) :].lstrip("/"))
                )
                return "" if found == "." else found
        return None

    # -- Rust ------------------------------------------------------------------------------------
    # -----------------

    @cached_property
    def _rust_crates(self) -> dict[str, str]:
        """Crate name (with `_`) -> folder of its `src`."""
        found: dict[str, str] = {}
        for folder in sorted(self.folders | {""}):
            text = self._workspace.config(posixpath.join(folder, "Cargo.toml"))
            if text is not None:
                matched = re.search(
                    rb"^\s*\[package\][^\[]*?^\s*name\s*=\s*\"([^\"]+)\"", text, re.M | re.S
                )
                if matched:
                    name = matched.group(1).decode("utf-8", "replace").replace("-", "_")
                    found[name] = posixpath.join(folder, "src")
        return found

    def rust_crate_folder(self, path: str) -> str:
        """The folder that `crate::` means for a file: the nearest `src`, tests and examples being
        crates of their own.
        """
        best = ""
        for folder in self._rust_crates.values():
            if path.startswith(folder + "/") and len(folder) > len(best):
                best = folder
        if best:
            return best
        head, mark, _ = path.rpartition("/src/")
        if mark:
            return head + "/src"
        return "src" if path.startswith("src/") else posixpath.dirname(path)

    def rust_module(self, path: str, segments: list[str]) -> tuple[str, list[str]] | None:
        """(file, remaining segments) of a Rust path as seen from a file: the longest prefix that
        names modules.
        """
        if not segments:
            return None
        first, rest = segments[0], segments[1:]
        own = self._rust_folder_of(path)
        if first == "crate":
            crate = self.rust_crate_folder(path)
            return self._rust_descend(crate, self._rust_root(crate), rest)
        if first == "self":
            return self._rust_descend(own, path, rest)
        if first == "super":
            folder = posixpath.dirname(own)
            while rest and rest[0] == "super":
                folder, rest = posixpath.dirname(folder), rest[1:]
            return self._rust_descend(folder, self._rust_file(folder), rest)
        if first in self._rust_crates:
            crate = self._rust_crates[first]
            return self._rust_descend(crate, self._rust_root(crate), rest)
        descended = self._rust_descend(own, path, segments)
        if descended is not None and len(descended[1]) < len(segments):
            return descended
        return None

    def _rust_folder_of(self, path: str) -> str:
        """The folder in which a file's child modules lie."""
        folder, name = posixpath.split(path)
        stem = name.removesuffix(".rs")
        return folder if stem in ("mod", "lib", "main") else posixpath.join(folder, stem)

    def _rust_root(self, crate: str) -> str | None:
        for name in ("lib.rs", "main.rs"):
            if posixpath.join(crate, name) in self._paths:
                return posixpath.join(crate, name)
        return None

    def _rust_file(self, folder: str) -> str | None:
        for candidate in (
            folder + ".rs",
            posixpath.join(folder, "mod.rs"),
            posixpath.join(folder, "lib.rs"),
            posixpath.join(folder, "main.rs"),
        ):
            if candidate in self._paths:
                return candidate
        return None

    def _rust_descend(
        self, folder: str, file: str | None, segments: list[str]
    ) -> tuple[str, list[str]] | None:
        at = 0
        while at < len(segments):
            child = posixpath.join(folder, segments[at])
            found = next(
                (
                    one
                    for one in (child + ".rs", posixpath.join(child, "mod.rs"))
                    if one in self._paths
                ),
                None,
            )
            if found is None:
                break
            folder, file, at = child, found, at + 1
        return (file, segments[at:]) if file is not None else None

    # -- includes and requires
    # ------------------------------------------------------------------------------------

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """File name -> paths."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            found[path.rpartition("/")[2]].append(path)
        return found

    def by_suffix(self, path: str, wanted: str) -> tuple[str, ...]:
        """Paths that end with a relative path, those near `path` first, at most four."""
        wanted = posixpath.normpath(wanted).lstrip("/")
        while wanted.startswith("../"):
            wanted = wanted[3:]
        found = [
            candidate
            for candidate in self.by_name.get(wanted.rpartition("/")[2], ())
            if candidate == wanted or candidate.endswith("/" + wanted)
        ]
        return tuple(sorted(found, key=lambda one: -_shared(path, one)))[:4]


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
    return max(candidates, key=lambda one: (_shared(path, one), not one.endswith(".pyi")))


def _shared(a: str, b: str) -> int:
    count = 0
    for left, right in zip(a.split("/"), b.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count


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


def _python(modules: ModuleMap, path: str, item: Import) -> tuple[str, ...]:
    return modules.python_module(path, item.module, item.level)


def _ecmascript(modules: ModuleMap, path: str, item: Import) -> tuple[str, ...]:
    return modules.script_module(path, item.module)


def _go(modules: ModuleMap, path: str, item: Import) -> tuple[str, ...]:
    folder = modules.go_folder(item.module)
    if folder is None:
        return ()
    return tuple(
        one
        for one in modules.files_in.get(folder, ())
        if one.endswith(".go") and not one.endswith("_test.go")
    )


def _rust(modules: ModuleMap, path: str, item: Import) -> tuple[str, ...]:
    segments = [part for part in item.module.split("::") if part]
    if item.name and item.name not in ("*", "self"):
        whole = modules.rust_module(path, [*segments, item.name])
        if whole is not None and not whole[1]:
            return (whole[0],)
    found = modules.rust_module(path, segments)
    return (found[0],) if found is not None and not found[1] else ()


def _include(modules: ModuleMap, path: str, item: Import) -> tuple[str, ...]:
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.module))
    return (beside,) if modules.exists(beside) else modules.by_suffix(path, item.module)


def _ruby(modules: ModuleMap, path: str, item: Import) -> tuple[str, ...]:
    wanted = item.module if item.module.endswith(".rb") else item.module + ".rb"
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))
    return (beside,) if modules.exists(beside) else modules.by_suffix(path, wanted)[:1]


_RESOLVERS: dict[str, Callable[[ModuleMap, str, Import], tuple[str, ...]]] = {
    "python": _python,
    "ecmascript": _ecmascript,
    "go": _go,
    "rust": _rust,
    "include": _include,
    "ruby": _ruby,
}
"""The namespace family (Java, C#, PHP) and the global one have no files behind an import: names
decide, in `resolve`.
"""
