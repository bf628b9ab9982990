"""Rename or move a file or a folder: whatever names it follows.

```python
from shop.cart import total
import shop.cart as c
```

`shop/cart.py` becomes `shop/basket.py`:

```python
from shop.basket import total
import shop.basket as c
```

Imports, `require`s and `#include`s in other files are updated, and those in the moved file that
are relative. How they are written stays: with dots or without, with an extension or without, below
an alias of the project's settings. In Rust the `mod` of the file follows, in Go the import paths of
a folder; in Java and PHP a file is called by its type, which is renamed with it.

Refused where the new path is taken, where a module is reached by a name that it would not have any
more, and where a move would need more than names: another package in Java or Go, another parent
module in Rust.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pairwright_analyzers.edits import sorted_edits
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.entities import ModuleEntity
from pairwright_analyzers.languages.renaming import Modules
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import (
    NAMED,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.module_names import name_edits, names_of
from pairwright_analyzers.refactors.module_paths import path_edits
from pairwright_analyzers.refactors.naming import check_name
from pairwright_analyzers.types import TYPE_KINDS, SourceChange, Span, TextEdit


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    """Files are renamed where they are listed, not where their text is read."""
    return ()


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    folder = text_argument(arguments, "folder").strip("/")
    old = folder or ctx.path
    to = text_argument(arguments, "path").strip("/")
    name = text_argument(arguments, "name")
    if not to and not name:
        raise Refused("A new name or a new path is needed.")
    if not to:
        if "/" in name or name in (".", ".."):
            raise Refused(f"`{name}` is no name of a file.")
        extension = "" if folder else posixpath.splitext(ctx.path)[1]
        last = name if folder or "." in name else name + extension
        to = posixpath.join(posixpath.dirname(old), last)
    return moved(ctx.graph, {old: posixpath.normpath(to)}, ctx.check, ctx)


def module_renamed(ctx: RefactorContext, module: str, wanted: str) -> Refactored:
    """The file, or the folder, of a module, under a new name."""
    spec = ctx.graph.spec(module) or ctx.spec
    check_name(spec.shapes, wanted)
    folder, _, name = module.rpartition("/")
    stem, dot, extension = name.partition(".")
    modules = spec.shapes.renaming.modules
    if modules is Modules.FOLDERS or not ctx.graph.workspace.has(module):
        raise Refused("A package is named by its folder: rename that.")
    if stem in ("__init__", "mod", *spec.shapes.renaming.module_paths.index):
        if not folder:
            raise Refused("The workspace's own folder is not renamed here.")
        to = posixpath.join(posixpath.dirname(folder), wanted)
        return moved(ctx.graph, {folder: to}, ctx.check, ctx)
    to = posixpath.join(folder, f"{wanted}{dot}{extension}")
    return moved(ctx.graph, {module: to}, ctx.check, ctx)


# Which files move.


def moved(
    graph: CodeGraph,
    wanted: Mapping[str, str],
    check: Callable[[], None],
    ctx: RefactorContext | None = None,
) -> Refactored:
    """Files and folders (old path -> new one) moved, with all edits that follow from it.

    Paths are relative to the workspace. Raises `Refused`.
    """
    renames: dict[str, str] = {}
    folders: dict[str, str] = {}
    paths = graph.workspace.paths()
    for old, new in wanted.items():
        if old == new:
            raise Refused(f"{old} is called so already.")
        if new == ".." or new.startswith("../"):
            raise Refused(f"{new} is outside of the workspace.")
        if graph.workspace.has(old):
            renames[old] = new
            continue
        inside = [path for path in paths if path.startswith(f"{old}/")]
        if not inside:
            raise Refused(f"{old} is no file of the workspace.")
        if new.startswith(f"{old}/"):
            raise Refused(f"{new} lies in the folder itself.")
        folders[old] = new
        renames.update({path: new + path[len(old) :] for path in inside})
    for new in renames.values():
        if graph.workspace.has(new) and new not in renames:
            raise Refused(f"{new} is there already.")
    renames = _with_children(graph, renames, folders)
    edits = _all_edits(graph, renames, folders, check)
    more = _types_renamed(graph, wanted, ctx)
    for path, held in more.items():
        edits[path] = [*edits.get(path, ()), *held]
    change = SourceChange(
        {path: sorted_edits(held) for path, held in sorted(edits.items()) if held},
        renames=renames,
    )
    expected = _Expected(graph, change, renames, check)
    return Refactored(change, frozenset(), None, expected.hold)


def _with_children(
    graph: CodeGraph, renames: Mapping[str, str], folders: Mapping[str, str]
) -> dict[str, str]:
    """In Rust `a.rs` has its modules in `a/`: they come along."""
    found = dict(renames)
    for old, new in renames.items():
        spec = graph.spec(old)
        if spec is None or spec.shapes.renaming.modules is not Modules.NESTED:
            continue
        stem, new_stem = posixpath.splitext(old)[0], posixpath.splitext(new)[0]
        for path in graph.workspace.paths():
            if path.startswith(f"{stem}/") and path not in found:
                found[path] = new_stem + path[len(stem) :]
    return found


def _all_edits(
    graph: CodeGraph,
    renames: Mapping[str, str],
    folders: Mapping[str, str],
    check: Callable[[], None],
) -> dict[str, list[TextEdit]]:
    found: dict[str, list[TextEdit]] = {}
    by_group: dict[tuple[str, Modules], LanguageSpec] = {}
    for old in renames:
        spec = graph.spec(old)
        if spec is not None:
            by_group.setdefault((spec.group, spec.shapes.renaming.modules), spec)
    for (group, modules), spec in by_group.items():
        mine = {old: new for old, new in renames.items() if _group(graph, old) == group}
        if modules is Modules.PATHS:
            rules = spec.shapes.renaming.module_paths
            for path in _importers(graph, mine, group):
                found.setdefault(path, []).extend(path_edits(graph, path, mine, rules, check))
        elif modules is Modules.NAMES:
            names = names_of(graph, mine, folders)
            for path in _importers(graph, mine, group):
                found.setdefault(path, []).extend(name_edits(graph, path, names, check))
        elif modules is Modules.NESTED:
            _extend(found, _nested_edits(graph, mine, spec, check))
        elif modules is Modules.FOLDERS:
            _extend(found, _folder_edits(graph, mine, folders, group, check))
        elif modules is Modules.TYPES:
            _refuse_other_package(mine)
    return found


def _extend(found: dict[str, list[TextEdit]], more: Mapping[str, list[TextEdit]]) -> None:
    for path, held in more.items():
        found.setdefault(path, []).extend(held)


def _group(graph: CodeGraph, path: str) -> str:
    spec = graph.spec(path)
    return spec.group if spec is not None else ""


def _importers(graph: CodeGraph, renames: Mapping[str, str], group: str) -> list[str]:
    """The files that may name one of these, themselves among them."""
    spec = graph.spec(next(iter(renames)))
    assert spec is not None
    found = set(renames)
    if spec.shapes.renaming.modules is Modules.NAMES:
        for path in renames:
            parts = posixpath.splitext(path)[0].split("/")
            word = parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]
            found.update(graph.workspace.files_mentioning(word))
            # `from . import *` names nothing, and needs nothing.
        return sorted(path for path in found if _group(graph, path) == group)
    for path in graph.workspace.paths():
        if _group(graph, path) != group:
            continue
        facts = graph.resolver.facts(path)
        if facts is not None and len(facts.columns.imports):
            found.add(path)
    return sorted(found)


# Rust: `mod a;` and the paths through it.


def _nested_edits(
    graph: CodeGraph,
    renames: Mapping[str, str],
    spec: LanguageSpec,
    check: Callable[[], None],
) -> dict[str, list[TextEdit]]:
    found: dict[str, list[TextEdit]] = {}
    for old, new in renames.items():
        name, wanted = _nested_name(old), _nested_name(new)
        if posixpath.dirname(_nested_place(old)) != posixpath.dirname(_nested_place(new)):
            around = posixpath.dirname(_nested_place(old))
            if any(around == _nested_place(one) for one in renames):
                continue
            raise Refused(f"{old} belongs to another module than {new} would.")
        if name == wanted:
            continue
        if name in ("main", "lib"):
            raise Refused(f"{old} is the root of its crate.")
        check_name(spec.shapes, wanted)
        for path in graph.workspace.files_mentioning(name):
            check()
            if _group(graph, path) != spec.group:
                continue
            facts = graph.resolver.facts(path)
            assert facts is not None
            for index in facts.references_named(name):
                resolved = graph.resolver.resolve(path, index)
                if any(isinstance(one, ModuleEntity) and old in one.paths for one, _ in resolved):
                    span = facts.reference(index).span
                    found.setdefault(path, []).append(TextEdit(span, wanted))
    return found


def _nested_place(path: str) -> str:
    stem = posixpath.splitext(path)[0]
    return stem.removesuffix("/mod")


def _nested_name(path: str) -> str:
    return _nested_place(path).rpartition("/")[2]


# Go: import paths of folders.


def _folder_edits(
    graph: CodeGraph,
    renames: Mapping[str, str],
    folders: Mapping[str, str],
    group: str,
    check: Callable[[], None],
) -> dict[str, list[TextEdit]]:
    moved_folders: dict[str, str] = {}
    for old, new in renames.items():
        before, after = posixpath.dirname(old), posixpath.dirname(new)
        if before == after:
            continue
        if not any(old.startswith(f"{one}/") for one in folders):
            raise Refused(f"{old} would belong to another package.")
        moved_folders[before] = after
    found: dict[str, list[TextEdit]] = {}
    if not moved_folders:
        return found
    for path in graph.workspace.paths():
        check()
        facts = graph.resolver.facts(path)
        text = graph.workspace.text(path)
        if facts is None or text is None or _group(graph, path) != group:
            continue
        for module, item in {one.module: one for one in facts.imports}.items():
            targets = {posixpath.dirname(one) for one in graph.resolver.targets(path, item)}
            if len(targets) != 1:
                continue
            target = next(iter(targets))
            if target not in moved_folders or not module.endswith(target):
                continue
            written = module[: len(module) - len(target)] + moved_folders[target]
            raw = f'"{module}"'.encode()
            at = text.find(raw, item.span.start, item.span.end)
            if at >= 0:
                span = Span(at + 1, at + len(raw) - 1)
                found.setdefault(path, []).append(TextEdit(span, written))
    return found


# Java and PHP: the type in a file.


def _refuse_other_package(renames: Mapping[str, str]) -> None:
    for old, new in renames.items():
        if posixpath.dirname(old) != posixpath.dirname(new):
            raise Refused(f"{old} would belong to another package.")


def _types_renamed(
    graph: CodeGraph, wanted: Mapping[str, str], ctx: RefactorContext | None
) -> dict[str, list[TextEdit]]:
    """The edits that rename the type a file is called by."""
    from pairwright_analyzers.refactors.rename_symbol import symbol_edits

    found: dict[str, list[TextEdit]] = {}
    for old, new in wanted.items():
        spec = graph.spec(old)
        if spec is None or not spec.shapes.renaming.type_names_file:
            continue
        stem = posixpath.basename(old).partition(".")[0]
        new_stem = posixpath.basename(new).partition(".")[0]
        facts = graph.resolver.facts(old)
        if stem == new_stem or facts is None or not re.fullmatch(r"\w+", stem):
            continue
        for index in facts.symbols_named(stem):
            if facts.symbol_kind(index) in TYPE_KINDS and facts.symbol_container(index) < 0:
                base = ctx.at(old) if ctx is not None else _context(graph, old)
                for path, held in symbol_edits(base, SymbolId(old, index), new_stem).items():
                    found.setdefault(path, []).extend(held)
                break
    return found


def _context(graph: CodeGraph, path: str) -> RefactorContext:
    from pairwright_analyzers.syntax import parse_politely

    spec, text = graph.spec(path), graph.workspace.text(path)
    if spec is None or text is None:
        raise Refused(f"{path} cannot be read.")
    return RefactorContext(graph, path, Span(0, 0), parse_politely(spec, text))


# The check of it.


@dataclass(frozen=True, slots=True)
class _Expected:
    """What has to be true afterwards: imports mean the files that they meant."""

    graph: CodeGraph
    change: SourceChange
    renames: Mapping[str, str]
    check: Callable[[], None]

    def hold(self, after: CodeGraph, _moved: Callable[[str, int], int | None]) -> None:
        """Raises `Refused` for an import that would mean another file, or none."""
        for path in self._concerned():
            self.check()
            wanted = {self.renames.get(one, one) for one in _targets(self.graph, path)}
            found = set(_targets(after, self.renames.get(path, path)))
            missing = sorted(wanted - found)
            if missing:
                raise Refused(f"{path} would not find {missing[0]} any more.")

    def _concerned(self) -> list[str]:
        found = {*self.change.edits, *self.renames}
        for old in self.renames:
            stem = posixpath.splitext(posixpath.basename(old))[0]
            if len(found) < _MOST_CHECKED:
                found.update(self.graph.workspace.files_mentioning(stem))
        return sorted(found)


_MOST_CHECKED = 400
"""Files beyond which only those that are edited are checked."""


def _targets(graph: CodeGraph, path: str) -> Iterable[str]:
    facts = graph.resolver.facts(path)
    if facts is None:
        return ()
    return {target for item in facts.imports for target in graph.resolver.targets(path, item)}


REFACTOR = Refactor(
    "rename.file",
    "Rename file",
    "refactor.rename",
    NAMED,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("name", "string", "The new name, in the same folder."),
        Option("path", "string", "The new path, relative to the workspace's root."),
        Option("folder", "string", "A folder that is renamed in place of the file."),
    ),
)
