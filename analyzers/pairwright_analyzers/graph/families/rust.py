"""Rust: crates, `mod` files and modules in place, `use` paths, and what `pub` opens."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import Binding, BindingKind
from pairwright_analyzers.graph.entities import (
    Entity,
    ExternalEntity,
    ModuleEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    Confidence,
    Import,
    Reference,
    Role,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_MAX_DEPTH = 24
_NAME = re.compile(rb"^\s*name\s*=\s*\"([^\"]+)\"", re.M)
_PATH = re.compile(rb"^\s*path\s*=\s*\"([^\"]+)\"", re.M)
_SECTION = re.compile(rb"^\s*\[(package|lib)\]([^\[]*)", re.M)
_TARGETS = ("src/bin", "tests", "benches", "examples")
"""Folders of a package of which each file is the root of a crate."""


class RustModules:
    """Crates and the files of modules."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths
        self._parents: dict[str, str | None] = {}

    @cached_property
    def _packages(self) -> dict[str, tuple[str, str]]:
        """Folder of a package -> (its library's name, its library's root as written)."""
        found: dict[str, tuple[str, str]] = {}
        for folder in sorted(self._paths.folders | {""}):
            text = self._paths.workspace.config(posixpath.join(folder, "Cargo.toml"))
            if text is None:
                continue
            sections = dict(_SECTION.findall(text))
            name = _NAME.search(sections.get(b"lib", b"")) or _NAME.search(
                sections.get(b"package", b"")
            )
            root = _PATH.search(sections.get(b"lib", b""))
            if b"package" in sections:
                found[folder] = (
                    name.group(1).decode("utf-8", "replace").replace("-", "_") if name else "",
                    root.group(1).decode("utf-8", "replace") if root else "src/lib.rs",
                )
        return found

    @cached_property
    def _crates(self) -> dict[str, str]:
        """Crate name (with `_`) -> the file of its root."""
        found: dict[str, str] = {}
        for folder, (name, root) in self._packages.items():
            for one in (root, "src/main.rs"):
                path = posixpath.normpath(posixpath.join(folder, one))
                if path in self._paths.all and name:
                    found.setdefault(name, path)
        return found

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(self._crates.values())

    def crate_named(self, name: str) -> str | None:
        """The root of a crate of the workspace."""
        return self._crates.get(name)

    def is_root(self, path: str) -> bool:
        """Whether a file is the root of a crate: its modules lie beside it."""
        folder, name = posixpath.split(path)
        if name in ("lib.rs", "main.rs", "build.rs") or path in self._roots:
            return True
        for target in _TARGETS:
            if folder == target or folder.endswith("/" + target):
                package = folder[: -len(target)].rstrip("/")
                if package in self._packages or not package:
                    return True
        return False

    def folder_of(self, path: str) -> str:
        """The folder in which a file's child modules lie."""
        folder, name = posixpath.split(path)
        if name == "mod.rs" or self.is_root(path):
            return folder
        return posixpath.join(folder, name.removesuffix(".rs"))

    def child(self, path: str, inside: tuple[str, ...], name: str) -> str | None:
        """The file of a module that a file (in its modules `inside`) declares."""
        stem = posixpath.join(self.folder_of(path), *inside, name)
        for one in (stem + ".rs", posixpath.join(stem, "mod.rs")):
            if one in self._paths.all and one != path:
                return one
        return None

    def parent(self, path: str) -> str | None:
        """The file of the module around a file's; None for a crate's root."""
        if path not in self._parents:
            self._parents[path] = None if self.is_root(path) else self._parent(path)
        return self._parents[path]

    def _parent(self, path: str) -> str | None:
        folder, name = posixpath.split(path)
        stem = name.removesuffix(".rs")
        if stem == "mod":
            folder, stem = posixpath.split(folder)
        beside = [posixpath.join(folder, one) for one in ("mod.rs", "lib.rs", "main.rs")]
        candidates = [one for one in (*beside, folder + ".rs") if one in self._paths.all]
        candidates.extend(
            one
            for one in self._paths.files_in.get(folder, ())
            if one.endswith(".rs") and one not in candidates and self.is_root(one)
        )
        candidates = [one for one in candidates if one != path]
        for one in candidates:
            facts = self._paths.workspace.facts(one)
            if facts is not None and any(
                item.alias == stem and item.module.startswith("self") for item in facts.imports
            ):
                return one
        if candidates:
            return candidates[0]
        return self._parent(folder + ".rs") if folder else None

    def root(self, path: str) -> str:
        """The root of the crate that a file belongs to."""
        seen = {path}
        above = self.parent(path)
        while above is not None and above not in seen:
            seen.add(above)
            path, above = above, self.parent(above)
        return path

    def within(self, path: str, other: str) -> bool:
        """Whether a file's module is another's or lies in it."""
        seen: set[str] = set()
        at: str | None = path
        while at is not None and at not in seen:
            if at == other:
                return True
            seen.add(at)
            at = self.parent(at)
        return False


def _module_at(resolver: Resolver, bindings: FileBindings, path: str, offset: int) -> Entity:
    """The module that a place in a file belongs to."""
    for scope in bindings.scopes_around(offset):
        symbol = bindings.scopes[scope].symbol
        if symbol >= 0 and bindings.facts.symbol_kind(symbol) is SymbolKind.NAMESPACE:
            return SymbolEntity(SymbolId(path, symbol))
    return ModuleEntity((path,))


def _above(resolver: Resolver, module: Entity) -> Resolved:
    """The module around a module."""
    if isinstance(module, SymbolEntity):
        facts = resolver.facts(module.id.path)
        around = facts.symbol_container(module.id.index) if facts is not None else -1
        if around >= 0:
            return ((SymbolEntity(SymbolId(module.id.path, around)), Confidence.EXACT),)
        return ((ModuleEntity((module.id.path,)), Confidence.EXACT),)
    if isinstance(module, ModuleEntity):
        parent = resolver.table(RustModules).parent(module.paths[0])
        if parent is not None:
            return ((ModuleEntity((parent,)), Confidence.EXACT),)
    return ()


def _head(
    resolver: Resolver, bindings: FileBindings, path: str, offset: int, word: str
) -> Resolved:
    """What `crate`, `self` or `super` means at the head of a path."""
    if word == "crate":
        root = resolver.table(RustModules).root(path)
        return ((ModuleEntity((root,)), Confidence.EXACT),)
    module = _module_at(resolver, bindings, path, offset)
    return ((module, Confidence.EXACT),) if word == "self" else _above(resolver, module)


def _use_path(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    item: Import,
    segments: list[str],
    depth: int,
) -> Resolved:
    """What the path of a `use` means. `self` and `super` are written as seen from the file."""
    if not segments or depth > _MAX_DEPTH:
        return ()
    first, rest = segments[0], segments[1:]
    entities: Resolved
    if first in ("crate", "self", "super"):
        entities = _head(resolver, bindings, path, -1 if first != "crate" else 0, first)
    else:
        entities = _first_segment(resolver, bindings, path, item, first, depth)
    asker = path
    for name in rest:
        if name == "super":
            entities = tuple(one for entity, _ in entities for one in _above(resolver, entity))
        else:
            entities = _step(resolver, bindings.spec, asker, entities, name, depth)
    return entities


def _first_segment(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    item: Import,
    name: str,
    depth: int,
) -> Resolved:
    """The first name of a path: what the scope binds, a crate of the workspace, or one outside."""
    modules = resolver.table(RustModules)
    here = _module_at(resolver, bindings, path, item.span.start)
    found = [
        one
        for one in bindings.lookup(name, item.span.start)
        if one.kind is not BindingKind.LOCAL
        and not (one.kind is BindingKind.IMPORT and bindings.imports[one.index].span == item.span)
    ]
    bound = resolver.bound(bindings, path, found, depth + 1) if found else ()
    if bound:
        return bound
    inside = _inside(resolver, here)
    child = modules.child(path, inside, name) if inside is not None else None
    root = modules.crate_named(name)
    if root is not None and (child is None or not _declares(bindings, name)):
        return ((ModuleEntity((root,)), Confidence.EXACT),)
    if child is not None:
        return ((ModuleEntity((child,)), Confidence.EXACT),)
    return ((ExternalEntity(name), Confidence.EXACT),)


def _declares(bindings: FileBindings, name: str) -> bool:
    return any(_is_declaration(item) and item.alias == name for item in bindings.imports)


def _is_declaration(item: Import) -> bool:
    """Whether an import is `mod name;`."""
    return item.module.endswith(".rs") or (
        bool(item.alias) and item.name == item.alias and item.type_only
    )


def _inside(resolver: Resolver, module: Entity) -> tuple[str, ...] | None:
    """The names of the modules in place that a module lies in, itself included."""
    if isinstance(module, SymbolEntity):
        facts = resolver.facts(module.id.path)
        return tuple(facts.qualname(module.id.index).split(".")) if facts is not None else None
    return ()


def _step(
    resolver: Resolver,
    spec: LanguageSpec,
    asker: str,
    entities: Resolved,
    name: str,
    depth: int,
) -> Resolved:
    """The next name of a path: what the modules so far offer to the asking file."""
    allowed: list[tuple[Entity, Confidence]] = []
    for entity, confidence in entities:
        if isinstance(entity, ModuleEntity) and not _offers(resolver, entity, name, asker):
            continue
        allowed.append((entity, confidence))
    return resolver.members(tuple(allowed), name, spec, depth + 1)


def _offers(resolver: Resolver, module: ModuleEntity, name: str, asker: str) -> bool:
    """Whether a module lets a file see one of its names: what it only uses, it does not pass on."""
    path = module.paths[0]
    bindings = resolver.bindings(path)
    if bindings is None or resolver.table(RustModules).within(asker, path):
        return True
    bound = bindings.top_level(name)
    return not bound or any(
        one.kind is not BindingKind.IMPORT
        or bindings.imports[one.index].reexport
        or _is_declaration(bindings.imports[one.index])
        for one in bound
    )


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    bindings = resolver.bindings(path)
    if bindings is None:
        return ()
    if item.module.endswith(".rs"):
        return _declared_file(resolver, path, item)
    segments = [part for part in item.module.split("::") if part]
    if item.name and item.name not in ("*", "self"):
        whole = _imported(resolver, bindings, path, item, 0)
        files = tuple(
            one for entity, _ in whole if isinstance(entity, ModuleEntity) for one in entity.paths
        )
        if files:
            return files
    return tuple(
        one
        for entity, _ in _use_path(resolver, bindings, path, item, segments, 0)
        if isinstance(entity, ModuleEntity)
        for one in entity.paths
    )


def _declared_file(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    """The file that `#[path]` gives a module."""
    file = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.module))
    return (file,) if resolver.paths.exists(file) else ()


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    if item.module.endswith(".rs"):
        files = _declared_file(resolver, path, item)
        return ((ModuleEntity(files), Confidence.EXACT),) if files else ()
    segments = [part for part in item.module.split("::") if part]
    if _is_declaration(item):
        child = resolver.table(RustModules).child(path, tuple(segments[1:]), item.name)
        return ((ModuleEntity((child,)), Confidence.EXACT),) if child is not None else ()
    if item.name and item.name not in ("*", "self"):
        segments.append(item.name)
    return _use_path(resolver, bindings, path, item, segments, depth)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    segments = [part for part in item.module.split("::") if part]
    found = _use_path(resolver, bindings, path, item, segments, depth + 1)
    inside = tuple(pair for pair in found if not isinstance(pair[0], ExternalEntity))
    return _step(resolver, bindings.spec, path, inside, name, depth)


def _bare(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """Items, uses and locals of the scopes around, up to the module; then what its stars bring, and
    the crates.
    """
    name, offset = reference.name, reference.span.start
    if name in ("crate", "self", "super") and reference.role is Role.ANNOTATE:
        return _head(resolver, bindings, path, offset, name)
    found = _fitting(bindings, bindings.lookup(name, offset), reference.role)
    if found:
        return resolver.bound(bindings, path, found, depth)
    around = set(_scopes_of_module(bindings, offset))
    for item in bindings.imports:
        if item.name == "*" and bindings.scope_at(item.span.start) in around:
            brought = _star(resolver, bindings, path, item, name, depth + 1)
            if brought:
                return brought
    if reference.role is Role.CALL:
        macros = _macros(resolver, path, name)
        if macros:
            return macros
    if name in bindings.spec.builtins:
        return ((ExternalEntity(f"<builtin>.{name}"), Confidence.EXACT),)
    if reference.role is Role.ANNOTATE and _heads_path(bindings, reference):
        root = resolver.table(RustModules).crate_named(name)
        if root is not None:
            return ((ModuleEntity((root,)), Confidence.EXACT),)
        if name.islower():
            return ((ExternalEntity(name), Confidence.EXACT),)
    return ()


def _scopes_of_module(bindings: FileBindings, offset: int) -> Iterator[int]:
    """The scopes around an offset, up to that of its module."""
    for scope in bindings.scopes_around(offset):
        yield scope
        symbol = bindings.scopes[scope].symbol
        if symbol >= 0 and bindings.facts.symbol_kind(symbol) is SymbolKind.NAMESPACE:
            return


def _heads_path(bindings: FileBindings, reference: Reference) -> bool:
    facts = bindings.facts
    following = reference.index + 1
    return following < facts.reference_count and facts.reference(following).chained


def _fitting(bindings: FileBindings, found: tuple[Binding, ...], role: Role) -> tuple[Binding, ...]:
    """The bindings that are of the wanted sort: a module may have a function's name."""
    if len(found) < 2:
        return found

    def is_module(one: Binding) -> bool:
        if one.kind is BindingKind.IMPORT:
            return _is_declaration(bindings.imports[one.index])
        return (
            one.kind is BindingKind.SYMBOL
            and bindings.facts.symbol_kind(one.index) is SymbolKind.NAMESPACE
        )

    modules = tuple(one for one in found if is_module(one))
    others = tuple(one for one in found if one not in modules)
    if role is Role.CALL:
        return others or modules
    return modules if modules and role is Role.ANNOTATE else found


def _macros(resolver: Resolver, path: str, name: str) -> Resolved:
    """Macros of the crate: text order decides which, which no table of names knows."""
    modules = resolver.table(RustModules)
    root = modules.root(path)
    found = [
        SymbolEntity(SymbolId(where, index))
        for where, facts, index in resolver.defined(name, "rust")
        if facts.symbol_kind(index) is SymbolKind.MACRO and modules.root(where) == root
    ]
    sure = Confidence.EXACT if len(found) == 1 else Confidence.INFERRED
    return tuple((one, sure) for one in found)


def _submodule(resolver: Resolver, place: str, name: str) -> Resolved:
    """What a module's file offers beside its own names: the module above, and what macros export
    to a crate's root.
    """
    if name == "super":
        return _above(resolver, ModuleEntity((place,)))
    if not place.endswith(".rs") or not resolver.table(RustModules).is_root(place):
        return ()
    return tuple(
        (entity, sure)
        for entity, sure in _macros(resolver, place, name)
        if isinstance(entity, SymbolEntity) and _exported(resolver, entity.id)
    )


def _scope_member(
    resolver: Resolver, module: SymbolId, name: str, spec: LanguageSpec, depth: int
) -> Resolved:
    """A name of a module written in place."""
    bindings = resolver.bindings(module.path)
    if bindings is None or depth > _MAX_DEPTH:
        return ()
    if name == "super":
        return _above(resolver, SymbolEntity(module))
    scope = next((at for at, one in enumerate(bindings.scopes) if one.symbol == module.index), -1)
    if scope < 0:
        return ()
    found = tuple(
        one
        for one in bindings.bound_in(scope, name, bindings.scopes[scope].span.end)
        if one.kind is not BindingKind.LOCAL
    )
    if found:
        return resolver.bound(bindings, module.path, found, depth + 1)
    stars = [
        item
        for item in bindings.imports
        if item.name == "*" and item.reexport and bindings.scope_at(item.span.start) == scope
    ]
    return resolver.through_stars(bindings, module, stars, name, depth)


# -- members and what is open ----------------------------------------------------------------------


def _exported(resolver: Resolver, symbol: SymbolId) -> bool:
    facts = resolver.facts(symbol.path)
    return facts is not None and bool(
        facts.columns.symbol_flags[symbol.index] & SymbolFlag.EXPORTED
    )


def _reaches(resolver: Resolver, path: str, target: SymbolId) -> bool:
    """What is not `pub` is seen in its own module and below."""
    if target.index < 0 or target.path == path or _exported(resolver, target):
        return True
    facts = resolver.facts(target.path)
    if facts is None or facts.symbol_kind(target.index) in _OPEN:
        return True
    if facts.symbol(target.index).signature.startswith("pub"):
        return True
    return resolver.table(RustModules).within(path, target.path)


_OPEN = frozenset({SymbolKind.ENUM_MEMBER, SymbolKind.MACRO, SymbolKind.IMPLEMENTATION})


def _owns(resolver: Resolver, owner: SymbolId, block: SymbolId) -> bool:
    """Whether an `impl` block is one of a type: its own name says so, where it can be resolved."""
    held = resolver.implemented(block)
    return held == owner if held is not None else owner.path == block.path


RUST = Family(
    targets=_targets,
    imported=_imported,
    star=_star,
    bare=_bare,
    submodule=_submodule,
    scope_member=_scope_member,
    owns=_owns,
    reaches=_reaches,
    separator="::",
    fields_apart=True,
    parted=True,
)
