"""JavaScript and TypeScript: relative modules, `tsconfig` paths, packages of the workspace."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import (
    ExternalEntity,
    InstanceEntity,
    ModuleEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
    weaker,
)
from pairwright_analyzers.graph.families.base import Family, imported_member, star_member
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.ecmascript.nodes import WHOLE
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    Confidence,
    Import,
    Reference,
    ScopeKind,
    SymbolFlag,
    SymbolKind,
)

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
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}

    def module(self, path: str, module: str) -> tuple[str, ...]:
        """Files of an ES or CommonJS module text: relative, `tsconfig` paths, or a package of the
        workspace. All files of a folder mean the same by it.
        """
        key = (posixpath.dirname(path), module)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._module(path, module)
        return found

    def _module(self, path: str, module: str) -> tuple[str, ...]:
        if module.startswith("."):
            stem = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            found = () if stem.startswith("..") else self._at("" if stem == "." else stem)
            return found or self._beside(path, module)
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
        return (
            self._of_imports(path, module) if module.startswith("#") else self._in_package(module)
        )

    def _beside(self, path: str, module: str) -> tuple[str, ...]:
        """A relative module where `rootDirs` lays several folders over each other."""
        config = self._config(path)
        roots = config[1].get("rootDirs") if config is not None else None
        if config is None or not isinstance(roots, list):
            return ()
        folder = config[1].get("__folder__", config[0])
        places = [
            posixpath.normpath(posixpath.join(folder, root))
            for root in roots
            if isinstance(root, str)
        ]
        here = next((place for place in places if path.startswith(place + "/")), None)
        if here is None:
            return ()
        inside = posixpath.dirname(path)[len(here) + 1 :]
        for place in places:
            stem = posixpath.normpath(posixpath.join(place, inside, module))
            found = () if stem.startswith("..") else self._at(stem)
            if found:
                return found
        return ()

    def _of_imports(self, path: str, module: str) -> tuple[str, ...]:
        """A private name of the package around: `imports` of its `package.json`."""
        folder = posixpath.dirname(path)
        while True:
            manifest = self._manifests.get(folder)
            if manifest is not None:
                for target in _package_exports(manifest.get("imports"), module, "#"):
                    found = self._at(posixpath.normpath(posixpath.join(folder, target)))
                    if found:
                        return found
                return ()
            if not folder:
                return ()
            folder = posixpath.dirname(folder)

    @cached_property
    def _manifests(self) -> dict[str, dict[str, Any]]:
        """Folder -> the `package.json` in it."""
        found: dict[str, dict[str, Any]] = {}
        for folder in sorted(self._paths.folders | {""}):
            text = self._paths.workspace.config(posixpath.join(folder, "package.json"))
            data = _loose_json(text) if text is not None else None
            if isinstance(data, dict):
                found[folder] = data
        return found

    def _at(self, stem: str) -> tuple[str, ...]:
        found = self._file(stem)
        if found or (stem not in self._paths.folders and stem):
            return found
        manifest = self._manifests.get(stem)
        main = manifest.get("main") if manifest is not None else None
        if isinstance(main, str):
            start = posixpath.normpath(posixpath.join(stem, main))
            found = self._file(start) or self._index(start)
        return found or self._index(stem)

    def _file(self, stem: str) -> tuple[str, ...]:
        if stem in self._paths.all:
            return (stem,)
        for extension in _SCRIPT_EXTENSIONS:
            if stem + extension in self._paths.all:
                return (stem + extension,)
        dot = stem.rfind(".")
        for extension in _TYPESCRIPT_OF.get(stem[dot:] if dot >= 0 else "", ()):
            if stem[:dot] + extension in self._paths.all:
                return (stem[:dot] + extension,)
        return ()

    def _index(self, folder: str) -> tuple[str, ...]:
        for extension in _SCRIPT_EXTENSIONS:
            index = posixpath.join(folder, "index" + extension)
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
            # The pattern that says most comes first, one without a star before all others.
            ranked = sorted(
                paths.items(), key=lambda one: ("*" in one[0], -len(one[0].partition("*")[0]))
            )
            for pattern, targets in ranked:
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
        for folder, manifest in self._manifests.items():
            if isinstance(manifest.get("name"), str):
                found.setdefault(manifest["name"], (folder, manifest))
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


class ScriptFiles:
    """What a question about one symbol of a file must know of all its others."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._found: dict[str, tuple[bool, frozenset[str]]] = {}
        self.globals: dict[tuple[str, str], Resolved] = {}
        """What declaration files say a name to mean, by (name, group)."""

    def of(self, bindings: FileBindings, path: str) -> tuple[bool, frozenset[str]]:
        """Whether a file exports anything that can be seen, and the names of what it hangs
        functions on.
        """
        found = self._found.get(path)
        if found is None:
            facts = bindings.facts
            everyone = range(facts.symbol_count)
            exports = any(item.reexport for item in bindings.imports) or any(
                facts.symbol_container(one) < 0 and facts.symbol_flags(one) & SymbolFlag.EXPORTED
                for one in everyone
            )
            owners = frozenset(facts.symbol_owner(one) for one in everyone) - {""}
            found = self._found[path] = (exports, owners)
        return found


def _match_star(pattern: str, module: str) -> str | None:
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if pattern == module else None
    if module.startswith(head) and module.endswith(tail) and len(module) >= len(head) + len(tail):
        return module[len(head) : len(module) - len(tail) or None]
    return None


def _package_exports(exports: object, wanted: str, mark: str = ".") -> Iterable[str]:
    """The files that `exports` (or `imports`, with names behind `#`) of a `package.json` offers for
    a subpath, conditions flattened.
    """
    if isinstance(exports, str):
        if wanted == ".":
            yield exports
    elif isinstance(exports, list):
        for item in exports:
            yield from _package_exports(item, wanted)
    elif isinstance(exports, dict):
        for key, value in exports.items():
            if not key.startswith(mark):
                yield from _package_exports(value, wanted, mark)
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
    """A whole CommonJS module is the value it hands out, if any, beside its members; the default of
    a package outside is the package.
    """
    if not item.module:
        return resolver.bound(bindings, path, bindings.top_level(item.name), depth + 1)
    if item.name == "default":
        modules = resolver.module_of(bindings.spec, path, item, item.module)
        if modules and all(isinstance(entity, ExternalEntity) for entity, _ in modules):
            return modules
    found = imported_member(resolver, bindings, path, item, depth)
    if item.name or not any(isinstance(entity, ModuleEntity) for entity, _ in found):
        return found
    whole = resolver.members(found, WHOLE, bindings.spec, depth + 1)
    return (*whole, *(pair for pair in found if pair not in whole))


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    """Everything but the default is passed on."""
    if name in ("default", WHOLE) and item.name == "*" and not _is_commonjs(bindings, item):
        return ()
    return star_member(resolver, bindings, path, item, name, depth)


def _is_commonjs(bindings: FileBindings, item: Import) -> bool:
    """Whether a file hands on a whole CommonJS module: `module.exports = require("x")`."""
    return any(one.name == WHOLE and one.span == item.span for one in bindings.imports)


def _default(resolver: Resolver, bindings: FileBindings, path: str) -> Resolved:
    """A CommonJS module imported as a default is the value it hands out, or the module itself; an
    ES module without a default has none.
    """
    whole = resolver.members(((ModuleEntity((path,)), Confidence.EXACT),), WHOLE, bindings.spec, 1)
    if whole:
        return whole
    facts = bindings.facts
    if any(item.reexport and not item.module and item.alias == WHOLE for item in bindings.imports):
        return ()
    if any(
        facts.symbol(index).signature.startswith("export ") for index in range(facts.symbol_count)
    ):
        return ()
    if any(not item.reexport for item in bindings.imports) or facts.symbol_count:
        return ((ModuleEntity((path,)), Confidence.INFERRED),)
    return ()


def _offers(resolver: Resolver, bindings: FileBindings, path: str, index: int) -> bool:
    """Whether a module exports a symbol under its own name.

    A file that exports nothing that can be seen may export by means that cannot.
    """
    facts = bindings.facts
    if not facts.symbol_flags(index) & SymbolFlag.EXPORTED:
        return not resolver.table(ScriptFiles).of(bindings, path)[0]
    symbol = facts.symbol(index)
    words = symbol.signature.split(None, 2)
    if words[:1] == ["export"]:
        return words[1:2] != ["default"] or symbol.name == "default"
    renamed = [
        item
        for item in bindings.imports
        if item.reexport and not item.module and item.name == symbol.name
    ]
    return not renamed or any(item.alias in ("", symbol.name) for item in renamed)


def _hung_on(bindings: FileBindings, owner: str, name: str) -> list[int]:
    """The functions of a file that are hung on something of a name: `Owner.name = function …`,
    `Owner.prototype.name = …`.
    """
    facts = bindings.facts
    return [index for index in facts.symbols_named(name) if facts.symbol_owner(index) == owner]


def _type_member(
    resolver: Resolver,
    entity: SymbolEntity | InstanceEntity,
    name: str,
    confidence: Confidence,
    spec: LanguageSpec,
) -> Resolved:
    """A member of a class or of its instances, or what its file hangs on a function or class."""
    bindings = resolver.bindings(entity.id.path)
    if bindings is None or entity.id.index < 0:
        return resolver.type_member(entity.id, name, confidence, spec)
    facts = bindings.facts
    if facts.symbol_kind(entity.id.index) is not SymbolKind.CLASS:
        found = resolver.type_member(entity.id, name, confidence, spec)
    else:
        found = _class_member(resolver, entity, name, confidence)
    return found or tuple(
        (SymbolEntity(SymbolId(entity.id.path, index)), confidence)
        for index in _hung_on(bindings, facts.symbol_name(entity.id.index), name)
    )


def _class_member(
    resolver: Resolver, entity: SymbolEntity | InstanceEntity, name: str, confidence: Confidence
) -> Resolved:
    """A class has its static members, an instance the others; `#x` is seen in its class alone."""
    static = isinstance(entity, SymbolEntity)
    private = name.startswith("#")
    inherited = () if private else resolver.ancestors(entity.id)
    for owner, sure in ((entity.id, Confidence.EXACT), *inherited):
        facts = resolver.facts(owner.path)
        if facts is None:
            continue
        alike = facts.symbol_kind(owner.index) is not SymbolKind.CLASS
        found = [
            one
            for one in resolver.own_members(owner, name)
            if alike or bool(facts.symbol_flags(one.index) & SymbolFlag.STATIC) == static
        ]
        if found:
            unsure = weaker(confidence, sure)
            if len(found) > 1:
                unsure = weaker(unsure, Confidence.INFERRED)
            return tuple((SymbolEntity(one), unsure) for one in found)
    return ()


def _namespace_member(
    resolver: Resolver, namespace: str, name: str, spec: LanguageSpec
) -> Resolved:
    """What a namespace exports; one that is only declared exports all it has."""
    dotted = f"{namespace}.{name}"
    found = tuple(
        (SymbolEntity(one), Confidence.EXACT)
        for one in resolver.qualified_named(name, spec.group).get(dotted, ())
        if _is_exported(resolver, one)
    )
    if not found and resolver.namespace_exists(dotted, spec.group):
        return ((NamespaceEntity(dotted), Confidence.EXACT),)
    return found


def _is_exported(resolver: Resolver, one: SymbolId) -> bool:
    facts = resolver.facts(one.path)
    if facts is None or one.path.endswith(_DECLARATIONS):
        return True
    if facts.symbol_flags(one.index) & SymbolFlag.EXPORTED:
        return True
    around = facts.symbol_container(one.index)
    while around >= 0:
        if "declare " in facts.symbol(around).signature:
            return True
        around = facts.symbol_container(around)
    return False


_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """A name that a declaration file says to be global: one that neither imports nor exports."""
    known = resolver.table(ScriptFiles).globals
    key = (reference.name, bindings.spec.group)
    if key not in known:
        known[key] = _declared_globally(resolver, bindings.spec, reference.name)
    return known[key]


def _declared_globally(resolver: Resolver, spec: LanguageSpec, name: str) -> Resolved:
    found: list[SymbolId] = []
    for where, facts, index in resolver.defined(name, spec.group):
        if not where.endswith(_DECLARATIONS) or facts.symbol_container(index) >= 0:
            continue
        if name in spec.builtins and facts.symbol_kind(index) is SymbolKind.INTERFACE:
            # It only adds to what the language has.
            continue
        held = resolver.bindings(where)
        if held is None or held.imports or resolver.table(ScriptFiles).of(held, where)[0]:
            continue
        found.append(SymbolId(where, index))
    sure = Confidence.EXACT if len(found) == 1 else Confidence.INFERRED
    return tuple((SymbolEntity(one), sure) for one in found)


def _owner_of(resolver: Resolver, path: str, index: int) -> SymbolId | None:
    """What a member is hung on: the function, class or object of its owner's name in the file."""
    bindings = resolver.bindings(path)
    if bindings is None:
        return None
    owner = bindings.facts.symbol_owner(index)
    for found in bindings.top_level(owner):
        if found.kind is BindingKind.SYMBOL:
            return SymbolId(path, found.index)
    return None


def _makes(resolver: Resolver, function: SymbolId) -> bool:
    """Whether something is hung on a function's prototype, so that `new` makes sense."""
    bindings = resolver.bindings(function.path)
    if bindings is None or bindings.facts.symbol_kind(function.index) is not SymbolKind.FUNCTION:
        return False
    owners = resolver.table(ScriptFiles).of(bindings, function.path)[1]
    return bindings.facts.symbol_name(function.index) in owners


def _special(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, owner: SymbolId
) -> Resolved | None:
    """`this` and `super` in a static member are classes, and in a function of its own nobody
    knows what they are.
    """
    facts = bindings.facts
    for at in bindings.scopes_around(reference.start):
        scope = bindings.scopes[at]
        if scope.symbol == owner.index and owner.path == path:
            return None
        if scope.symbol < 0:
            if scope.kind is ScopeKind.FUNCTION and not _in_literal(bindings, at, owner):
                return ()
            continue
        kind = facts.symbol_kind(scope.symbol)
        if facts.symbol_flags(scope.symbol) & SymbolFlag.STATIC:
            if reference.name in bindings.spec.super_words:
                return tuple((SymbolEntity(base), sure) for base, sure in resolver.bases(owner))
            return ((SymbolEntity(owner), Confidence.EXACT),)
        if kind in (SymbolKind.METHOD, SymbolKind.CONSTRUCTOR, SymbolKind.FIELD):
            return None
        if kind is SymbolKind.FUNCTION and scope.symbol != owner.index:
            return ()
    return None


def _in_literal(bindings: FileBindings, scope: int, owner: SymbolId) -> bool:
    """Whether an anonymous function is the very body of a member."""
    parent = bindings.scopes[bindings.scopes[scope].parent]
    if parent.symbol < 0:
        return False
    symbol = bindings.facts.symbol(parent.symbol)
    return (
        symbol.kind in (SymbolKind.METHOD, SymbolKind.CONSTRUCTOR, SymbolKind.FUNCTION)
        and bindings.scopes[scope].span.end >= symbol.span.end - 2
    )


ECMASCRIPT = Family(
    by_text=True,
    targets=_targets,
    imported=_imported,
    star=_star,
    default=_default,
    offers=_offers,
    type_member=_type_member,
    owner_of=_owner_of,
    makes=_makes,
    special=_special,
    namespace_member=_namespace_member,
    unbound=_unbound,
)
