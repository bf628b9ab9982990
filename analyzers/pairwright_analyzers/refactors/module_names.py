"""Modules that are named by dotted names: what to write when their files move.

Owns Python's imports as they are written. Which module a name means is asked of the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.bindings import BindingKind, FileBindings
from pairwright_analyzers.graph.entities import FolderEntity, ModuleEntity, Resolved
from pairwright_analyzers.graph.families.python import PythonModules
from pairwright_analyzers.graph.paths import PathTables
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.subjects import tree_of
from pairwright_analyzers.syntax import node_text, nodes_of_types
from pairwright_analyzers.types import Import, Reference, Role, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Names:
    """Dotted names before and after: `moved` maps those of files and folders that move."""

    before: PythonModules
    after: PythonModules
    renames: Mapping[str, str]
    moved: Mapping[str, str]

    def name_after(self, dotted: str) -> str:
        """What a module is called afterwards: its own move, or that of a package around it."""
        if dotted in self.moved:
            return self.moved[dotted]
        head, dot, last = dotted.rpartition(".")
        return f"{self.name_after(head)}.{last}" if dot else dotted


def names_of(graph: CodeGraph, renames: Mapping[str, str], folders: Mapping[str, str]) -> Names:
    """The dotted names that change when files (and whole folders) move."""
    tables = graph.resolver.paths.tables
    paths = [renames.get(path, path) for path in tables.all]
    before = tables.derived(PythonModules)
    after = PathTables(sorted(paths), tables.root_name).derived(PythonModules)
    moved = {
        before.name_of(old): after.name_of(new)
        for old, new in renames.items()
        if old.endswith((".py", ".pyi"))
    }
    for old, new in folders.items():
        moved.setdefault(before.name_of(f"{old}/__init__.py"), after.name_of(f"{new}/__init__.py"))
    return Names(before, after, renames, {old: new for old, new in moved.items() if old})


def name_edits(
    graph: CodeGraph, path: str, names: Names, check: Callable[[], None]
) -> list[TextEdit]:
    """The edits of one file, which may be moved itself.

    Raises `Refused` for a use of a module that cannot be spelled any more.
    """
    bindings = graph.resolver.bindings(path)
    text = graph.workspace.text(path)
    if bindings is None or text is None:
        return []
    check()
    parsed = tree_of(bindings.spec.id, text)
    writer = _Writer(graph, path, text, bindings, names)
    for node in nodes_of_types(parsed, ("import_statement", "import_from_statement")):
        if node.type == "import_statement":
            writer.plain_import(node)
        else:
            writer.import_from(node)
    writer.uses()
    return writer.edits


class _Writer:
    """The edits of one file, as they are found."""

    def __init__(
        self, graph: CodeGraph, path: str, text: bytes, bindings: FileBindings, names: Names
    ) -> None:
        self._graph = graph
        self._path = path
        self._text = text
        self._bindings = bindings
        self._names = names
        self._edits: dict[Span, TextEdit] = {}

    @property
    def edits(self) -> list[TextEdit]:
        """What was found so far, in text order."""
        return [self._edits[span] for span in sorted(self._edits)]

    def _edit(self, span: Span, written: str) -> None:
        if self._text[span.start : span.end].decode("utf-8", "replace") == written:
            return
        # Of a chain's parts, the longest says it all.
        if any(one.covers(span) for one in self._edits):
            return
        for one in [held for held in self._edits if span.covers(held) and len(held)]:
            del self._edits[one]
        self._edits[span] = TextEdit(span, written)

    def _source(self, node: Node) -> str:
        return node_text(node, self._text)

    # Which module a name means.

    def _dotted(self, written: str, level: int, span: Span) -> str | None:
        """The full name of a module of the workspace; None for one outside."""
        if level:
            folder = self._path.rpartition("/")[0]
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            base = self._names.before.name_of(f"{folder}/__init__.py" if folder else "__init__.py")
            return ".".join(one for one in (base, written) if one)
        item = Import(span, written, "", "", 0, span)
        for entity, _ in self._graph.resolver.module_of(
            self._bindings.spec, self._path, item, written
        ):
            if isinstance(entity, ModuleEntity):
                return self._names.before.name_of(entity.paths[0])
            if isinstance(entity, FolderEntity):
                return self._names.before.name_of(f"{entity.folder}/__init__.py")
        return None

    def _absolute(self, written: str, full: str) -> str:
        """The new name of a module that is written so now: from the same root as before."""
        after = self._names.name_after(full)
        if full == written or not full.endswith("." + written):
            return after
        root = full[: len(full) - len(written)]
        return after.removeprefix(root) if after.startswith(root) else after

    def _relative(self, full_after: str) -> str:
        """A module as the file names it by leading dots, from where it is afterwards."""
        new_path = self._names.renames.get(self._path, self._path)
        folder = new_path.rpartition("/")[0]
        package = self._names.after.name_of(f"{folder}/__init__.py" if folder else "__init__.py")
        here = package.split(".") if package else []
        there = full_after.split(".") if full_after else []
        same = 0
        while same < min(len(here), len(there)) and here[same] == there[same]:
            same += 1
        if not same and here:
            return full_after
        return "." * (len(here) - same + 1) + ".".join(there[same:])

    # Imports.

    def plain_import(self, node: Node) -> None:
        """`import a.b`, `import a.b as c`."""
        for child in node.named_children:
            name = child.child_by_field_name("name") if child.type == "aliased_import" else child
            if name is None:
                continue
            written = self._source(name)
            span = Span(name.start_byte, name.end_byte)
            full = self._dotted(written, 0, span)
            if full is not None:
                self._edit(span, self._absolute(written, full))

    def import_from(self, node: Node) -> None:
        """`from a import b`, with as many dots as it takes."""
        module = node.child_by_field_name("module_name")
        if module is None:
            return
        source = self._source(module)
        written = source.lstrip(".").strip()
        level = len(source) - len(source.lstrip("."))
        span = Span(module.start_byte, module.end_byte)
        full = self._dotted(written, level, span)
        if full is None:
            return
        kept = self._names.name_after(full)
        moved: dict[str, list[tuple[Node, str]]] = defaultdict(list)
        listed = node.children_by_field_name("name")
        for child in listed:
            name = child.child_by_field_name("name") if child.type == "aliased_import" else child
            if name is None:
                continue
            inside = f"{full}.{self._source(name)}" if full else self._source(name)
            if not self._is_module(inside, name):
                continue
            after = self._names.name_after(inside)
            package, _, last = after.rpartition(".")
            if package != kept:
                moved[package].append((child, last))
            elif last != self._source(name):
                self._rename_member(child, name, last)
        self._write_module(span, written, level, full, kept, listed, moved)

    def _is_module(self, full: str, name: Node) -> bool:
        """Whether an imported name is a module that moves, and nothing that its package defines."""
        if self._names.name_after(full) == full and full not in self._names.moved:
            return False
        reference = self._bindings.facts.reference_at(name.start_byte)
        if reference is None:
            return False
        resolved = self._graph.resolver.resolve(self._path, reference.index)
        return any(isinstance(one, ModuleEntity | FolderEntity) for one, _ in resolved)

    def _spelled(self, written: str, level: int, full: str, after: str) -> str:
        if level:
            return self._relative(after)
        if after == full:
            return written
        return self._absolute(written, full) if after == self._names.name_after(full) else after

    def _write_module(
        self,
        span: Span,
        written: str,
        level: int,
        full: str,
        kept: str,
        listed: list[Node],
        moved: Mapping[str, list[tuple[Node, str]]],
    ) -> None:
        leaving = [child for held in moved.values() for child, _ in held]
        if leaving and len(leaving) == len(listed) and len(moved) == 1:
            package, held = next(iter(moved.items()))
            self._edit(span, self._spelled(written, level, full, package))
            for child, last in held:
                self._rename_child(child, last)
            return
        self._edit(span, self._spelled(written, level, full, kept))
        if leaving:
            self._split(listed, moved, level, full, written)

    def _split(
        self,
        listed: list[Node],
        moved: Mapping[str, list[tuple[Node, str]]],
        level: int,
        full: str,
        written: str,
    ) -> None:
        """Modules that move elsewhere get statements of their own, above the one they were in."""
        statement = listed[0].parent
        assert statement is not None
        line = self._text.rfind(b"\n", 0, statement.start_byte) + 1
        indent = self._text[line : statement.start_byte].decode("utf-8", "replace")
        if indent.strip():
            raise Refused(f"{self._path} imports more than one module in a line with others.")
        lines = []
        for package, held in moved.items():
            rows = []
            for child, last in held:
                name = (
                    child.child_by_field_name("name") if child.type == "aliased_import" else child
                )
                alias = child.child_by_field_name("alias")
                bound = self._source(alias) if alias is not None else self._source(name or child)
                rows.append(last if bound == last else f"{last} as {bound}")
                self._drop(child, listed)
            target = self._spelled(written, level, full, package)
            lines.append(f"from {target} import {', '.join(rows)}\n{indent}")
        at = Span(statement.start_byte, statement.start_byte)
        self._edits[at] = TextEdit(at, "".join(lines))

    def _drop(self, child: Node, listed: list[Node]) -> None:
        """Takes one name out of a list, with the comma behind or before it."""
        following = child.next_sibling
        if following is not None and following.type == ",":
            end = following.end_byte
            line = self._text.rfind(b"\n", 0, child.start_byte) + 1
            rest = self._text.find(b"\n", end) + 1
            alone = self._text[line : child.start_byte] + self._text[end:rest]
            if rest and not alone.strip():
                self._edits[Span(line, rest)] = TextEdit(Span(line, rest), "")
                return
            while self._text[end : end + 1] in (b" ", b"\t"):
                end += 1
            self._edits[Span(child.start_byte, end)] = TextEdit(Span(child.start_byte, end), "")
            return
        before = child.prev_sibling
        start = child.start_byte
        if before is not None and before.type == "," and listed[0] is not child:
            start = before.start_byte
        self._edits[Span(start, child.end_byte)] = TextEdit(Span(start, child.end_byte), "")

    def _rename_child(self, child: Node, last: str) -> None:
        name = child.child_by_field_name("name") if child.type == "aliased_import" else child
        if name is not None and self._source(name) != last:
            self._rename_member(child, name, last)

    def _rename_member(self, child: Node, name: Node, last: str) -> None:
        """A module that gets another name where it is imported by it: its uses follow, unless the
        name is passed on or taken.
        """
        span = Span(name.start_byte, name.end_byte)
        old = self._source(name)
        if child.type == "aliased_import":
            self._edit(span, last)
            return
        places = self._bound_uses(old, child.start_byte)
        taken = any(self._bindings.lookup(last, one.start) for one in places)
        if taken or self._bindings.facts.references_named(last) or self._passed_on(old):
            self._edit(span, f"{last} as {old}")
            return
        self._edit(span, last)
        for one in places:
            if not span.covers(one.span):
                self._edit(one.span, last)

    def _bound_uses(self, name: str, at: int) -> list[Reference]:
        facts = self._bindings.facts
        found = []
        for index in facts.references_named(name):
            one = facts.reference(index)
            if one.member or one.role in (Role.KEYWORD, Role.IMPORT):
                continue
            if any(
                binding.kind is BindingKind.IMPORT
                and self._bindings.imports[binding.index].span.contains(at)
                for binding in self._bindings.lookup(name, one.start)
            ):
                found.append(one)
        return found

    def _passed_on(self, name: str) -> bool:
        """Whether another file imports the name from this one, and not as the module that it is."""
        full = f"{self._names.before.name_of(self._path)}.{name}"
        if full in self._names.moved:
            return False
        for other in self._graph.workspace.files_mentioning(name):
            facts = self._graph.resolver.facts(other)
            if other == self._path or facts is None:
                continue
            for item in facts.imports_named(name):
                if self._path in self._graph.resolver.targets(other, item):
                    return True
        return False

    # Uses: `a.b.c.name` behind `import a.b.c`.

    def uses(self) -> None:
        """The dotted names by which modules are used."""
        facts = self._bindings.facts
        wanted = {full.rpartition(".")[2] for full in self._names.moved}
        for name in wanted & frozenset(facts.names):
            for index in facts.references_named(name):
                one = facts.reference(index)
                if one.role is Role.IMPORT:
                    continue
                full = self._module_name(self._graph.resolver.resolve(self._path, index))
                if full is None or self._names.name_after(full) == full:
                    continue
                if one.chained:
                    self._chain(one, full)
                elif not one.member and full == one.name:
                    self._edit(one.span, self._names.name_after(full).partition(".")[0])

    def _module_name(self, resolved: Resolved) -> str | None:
        for entity, _ in resolved:
            if isinstance(entity, ModuleEntity):
                return self._names.before.name_of(entity.paths[0])
            if isinstance(entity, FolderEntity):
                return self._names.before.name_of(f"{entity.folder}/__init__.py")
        return None

    def _chain(self, last: Reference, full: str) -> None:
        facts = self._bindings.facts
        head = last
        while head.chained and not head.called:
            head = facts.reference(head.index - 1)
        resolved = self._graph.resolver.resolve(self._path, head.index)
        root = self._module_name(resolved)
        if root is None or not (full == root or full.startswith(root + ".")):
            return
        after = self._names.name_after(full)
        root_after = self._names.name_after(root)
        rest = after.removeprefix(root_after + ".")
        span = Span(head.start, last.end)
        if head.name == root.partition(".")[0] and "." not in root:
            # `import a.b` binds `a`: the whole name is written.
            self._edit(span, after)
        elif after.startswith(root_after + "."):
            self._edit(Span(head.end, last.end), f".{rest}")
        else:
            line = self._text.count(b"\n", 0, last.start) + 1
            raise Refused(f"{self._path}:{line} reaches the module through a package it leaves.")
