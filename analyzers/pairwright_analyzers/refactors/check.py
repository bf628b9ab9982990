"""Whether an edit may leave: the text still parses, and every name means what it meant.

Owns the comparison of the graph before and after an edit. It knows no refactoring: what one means
to change it says in `Refactored.names`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pairwright_analyzers.edits import apply_edits, sorted_edits
from pairwright_analyzers.facts import FileFacts, empty_facts, facts_of_parsed
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import (
    ExternalEntity,
    InstanceEntity,
    ModuleEntity,
    SymbolEntity,
)
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors.model import Refactored, Refused
from pairwright_analyzers.syntax import Parsed, parse_politely
from pairwright_analyzers.types import CALLABLE_KINDS, Role, SourceChange, TextEdit

_CHECKED_ROLES = frozenset({Role.READ, Role.CALL, Role.WRITE, Role.INHERIT, Role.ANNOTATE})


@dataclass(frozen=True, slots=True)
class _File:
    """A file before and after; `path` is the name it has afterwards."""

    path: str
    old_path: str
    before: bytes
    after: bytes
    edits: tuple[TextEdit, ...]
    facts: FileFacts
    broken: bool = False
    """Whether something in it does not parse."""


_STAYING: Mapping[SymbolId, str] = {}

Meaning = tuple[str, str]
"""(`symbol`, path and qualified name), (`outside`, dotted name), (`module`, path), (`local`, "") or
(`unknown`, "").
"""


def checked(graph: CodeGraph, result: Refactored, check: Callable[[], None]) -> Refactored:
    """The result as it is. Raises `Refused` when a file would not parse any more, or a name would
    mean something else that is not among `Refactored.names`.
    """
    files = [_changed(graph, result.change, path) for path in _paths(result.change)]
    for file in files:
        check()
        _refuse_new_errors(file)
    after = CodeGraph(Overlay(graph.workspace, _overlaid(files, result.change)))
    if result.holds is not None:
        result.holds(after, _places_in(files))
        if not result.relocated:
            return result
    names = _touched_names(files)
    known = _meanings_of_removed(graph, files, names, result.relocated)
    for file in files:
        check()
        _refuse_changed_meanings(graph, after, file, names, result)
        _refuse_foreign_names(after, graph, file, known, result.names)
        _refuse_too_early(graph, file, names)
    _refuse_dangling(graph, after, files, result, check)
    return result


def _places_in(files: Sequence[_File]) -> Callable[[str, int], int | None]:
    """Where offsets of files are after their edits; those of other files stay."""
    moved = {file.old_path: _Moved(file.edits) for file in files}

    def place(path: str, offset: int) -> int | None:
        return moved[path].start(offset) if path in moved else offset

    return place


def _paths(change: SourceChange) -> Sequence[str]:
    listed = (*change.edits, *change.creates, *change.renames)
    return list(dict.fromkeys(listed))


def _changed(graph: CodeGraph, change: SourceChange, path: str) -> _File:
    new_path = change.renames.get(path, path)
    try:
        edits = sorted_edits(change.edits.get(path, ()))
    except ValueError as error:
        raise Refused(f"Two parts of the edit touch each other in {path}.") from error
    if path in change.creates:
        before, after = b"", change.creates[path].encode("utf-8", "surrogateescape")
    else:
        text = graph.workspace.text(path)
        if text is None:
            raise Refused(f"{path} cannot be read.")
        before, after = text, apply_edits(text, edits)
    spec = _spec(graph, path, new_path)
    if spec is None:
        return _File(new_path, path, before, after, edits, empty_facts("", after, ""))
    parsed = parse_politely(spec, after)
    facts = facts_of_parsed(parsed)
    return _File(new_path, path, before, after, edits, facts, parsed.root.has_error)


def _spec(graph: CodeGraph, path: str, new_path: str) -> LanguageSpec | None:
    return graph.spec(path) or language_of(new_path)


def _overlaid(
    files: Sequence[_File], change: SourceChange
) -> Mapping[str, tuple[bytes, FileFacts] | None]:
    held: dict[str, tuple[bytes, FileFacts] | None] = dict.fromkeys(change.deletes)
    held.update(dict.fromkeys(change.renames))
    held.update({file.path: (file.after, file.facts) for file in files})
    return held


# Syntax.


def _refuse_new_errors(file: _File) -> None:
    spec = language_of(file.path) or language_of(file.old_path)
    if spec is None:
        return
    if not file.broken:
        _refuse_no_program(spec, file)
        return
    after = parse_politely(spec, file.after)
    before = parse_politely(spec, file.before)
    if errors_in(after) > errors_in(before):
        raise Refused(f"The edit would not parse in {file.path}.")


def _refuse_no_program(spec: LanguageSpec, file: _File) -> None:
    """What the grammar lets pass; an edit that only puts names for names needs no second look."""
    compiles = spec.shapes.compiles
    if compiles is None or all(
        edit.new_text.isidentifier()
        and file.before[edit.span.start : edit.span.end].decode("utf-8", "replace").isidentifier()
        for edit in file.edits
    ):
        return
    if not compiles(file.after) and compiles(file.before):
        raise Refused(f"The edit would not compile in {file.path}.")


def errors_in(parsed: Parsed) -> int:
    """How many places of a tree do not parse: errors, and tokens that the parser made up."""
    count = 0
    pending = [parsed.root]
    while pending:
        node = pending.pop()
        if not node.has_error:
            continue
        if node.is_error or node.is_missing:
            count += 1
        pending.extend(node.children)
    return count


# Meanings.


def _touched_names(files: Iterable[_File]) -> frozenset[str]:
    """The names that stand in what an edit takes out or puts in."""
    names: set[str] = set()
    for file in files:
        for edit in file.edits:
            names.update(_words(file.before[edit.span.start : edit.span.end]))
            names.update(_words(edit.new_text.encode("utf-8", "surrogateescape")))
        if not file.edits:
            names.update(_words(file.after))
    return frozenset(names)


def _words(raw: bytes) -> Iterable[str]:
    word: list[str] = []
    for character in raw.decode("utf-8", "replace"):
        if character.isalnum() or character == "_":
            word.append(character)
        elif word:
            yield "".join(word)
            word = []
    if word:
        yield "".join(word)


class _Moved:
    """Where the bytes of a text are after edits."""

    def __init__(self, edits: Sequence[TextEdit]) -> None:
        self._starts = [edit.span.start for edit in edits]
        self._edits = edits
        self._shifts = [0]
        for edit in edits:
            size = len(edit.new_text.encode("utf-8", "surrogateescape"))
            self._shifts.append(self._shifts[-1] + size - len(edit.span))

    def __call__(self, offset: int) -> int | None:
        """The new offset; None inside of what is replaced."""
        at = bisect_right(self._starts, offset)
        if at and offset < self._edits[at - 1].span.end:
            return None
        return offset + self._shifts[at]

    def start(self, offset: int) -> int:
        """The new offset; inside of what is replaced, as far from its start as before."""
        at = bisect_right(self._starts, offset)
        if at and offset < self._edits[at - 1].span.end:
            return offset + self._shifts[at - 1]
        return offset + self._shifts[at]

    def inserted(self) -> list[tuple[int, int]]:
        """The bytes of the new text that were put in, as (start, end)."""
        found = []
        for edit, shift in zip(self._edits, self._shifts, strict=False):
            start = edit.span.start + shift
            found.append((start, start + len(edit.new_text.encode("utf-8", "surrogateescape"))))
        return found


def _meaning(
    graph: CodeGraph,
    path: str,
    index: int,
    facts: FileFacts,
    relocated: Mapping[SymbolId, str] = _STAYING,
) -> Meaning:
    """What a reference means. Local names are told apart by place, not here. `relocated` says what
    is in another file afterwards.
    """
    bindings = graph.resolver.bindings(path)
    one = facts.reference(index)
    if bindings is not None and not one.member:
        bound = bindings.lookup(one.name, one.start)
        if bound and all(item.kind is BindingKind.LOCAL for item in bound):
            return ("local", "")
    for entity, _ in graph.resolver.resolve(path, index):
        if isinstance(entity, SymbolEntity | InstanceEntity):
            return ("symbol", _symbol_identity(graph, entity.id, relocated))
        if isinstance(entity, ExternalEntity):
            return ("outside", entity.name)
        if isinstance(entity, ModuleEntity):
            return ("module", ",".join(entity.paths))
    return ("unknown", "")


def _symbol_identity(graph: CodeGraph, symbol: SymbolId, relocated: Mapping[SymbolId, str]) -> str:
    facts = graph.resolver.facts(symbol.path) if relocated else None
    at = symbol.index
    while facts is not None and at >= 0:
        new = relocated.get(SymbolId(symbol.path, at))
        if new is not None:
            return f"{new}:{graph.module_name(new)}.{facts.qualname(symbol.index)}"
        at = facts.symbol_container(at)
    return f"{symbol.path}:{graph.qualname(symbol)}"


def _refuse_changed_meanings(
    graph: CodeGraph,
    after: CodeGraph,
    file: _File,
    names: frozenset[str],
    result: Refactored,
) -> None:
    """What is not edited means what it meant."""
    intended = result.names
    old = graph.resolver.facts(file.old_path)
    if old is None or not file.edits or graph.workspace.text(file.old_path) != file.before:
        return
    moved = _Moved(file.edits)
    for name in names & frozenset(old.names):
        for index in old.references_named(name):
            one = old.reference(index)
            if one.role not in _CHECKED_ROLES:
                continue
            place = moved(one.start)
            if place is None:
                continue
            found = file.facts.reference_at(place)
            if found is None or found.start != place:
                raise Refused(f"`{name}` would not be read as a name any more.")
            before = _meaning(graph, file.old_path, index, old, result.relocated)
            now = _meaning(after, file.path, found.index, file.facts)
            if before == now == ("local", ""):
                if name not in intended:
                    _refuse_other_local(graph, after, file, one.start, place, moved)
                continue
            if before == now or before[0] in ("unknown", "module"):
                continue
            if name in intended and now[0] != "unknown":
                continue
            if result.travels and one.member and now[0] == "unknown":
                continue
            raise Refused(f"`{name}` would not mean the same any more in {file.path}.")


def _refuse_other_local(
    graph: CodeGraph, after: CodeGraph, file: _File, old: int, new: int, moved: _Moved
) -> None:
    before_bindings = graph.resolver.bindings(file.old_path)
    after_bindings = after.resolver.bindings(file.path)
    if before_bindings is None or after_bindings is None:
        return
    one = before_bindings.facts.reference_at(old)
    if one is None:
        return
    kept = {moved(place) for place in before_bindings.locals_named(one.name, old)} - {None}
    now = set(after_bindings.locals_named(one.name, new))
    if kept and not kept & now:
        raise Refused(f"`{one.name}` would mean another variable in {file.path}.")


def _meanings_of_removed(
    graph: CodeGraph,
    files: Iterable[_File],
    names: frozenset[str],
    relocated: Mapping[SymbolId, str],
) -> dict[str, set[Meaning]]:
    """What each name means in the changed files before, whatever the place."""
    found: dict[str, set[Meaning]] = {}
    for file in files:
        facts = graph.resolver.facts(file.old_path)
        if facts is None:
            continue
        for name in names & frozenset(facts.names):
            held = found.setdefault(name, set())
            for index in facts.references_named(name):
                held.add(_meaning(graph, file.old_path, index, facts, relocated))
    return found


def _refuse_foreign_names(
    after: CodeGraph,
    before: CodeGraph,
    file: _File,
    known: Mapping[str, set[Meaning]],
    intended: frozenset[str],
) -> None:
    """What is put in means what the same names meant in the text that was there."""
    regions = _Moved(file.edits).inserted() if file.edits else [(0, len(file.after))]
    for start, end in regions:
        for index, one in enumerate(file.facts.references()):
            if not start <= one.start < end or one.member or one.role not in _CHECKED_ROLES:
                continue
            if one.name in intended or one.name not in known:
                continue
            now = _meaning(after, file.path, index, file.facts)
            meanings = known[one.name]
            if now in meanings or not meanings - {("unknown", "")}:
                continue
            if now[0] == "symbol" and _is_new(before, now[1]):
                continue
            raise Refused(f"`{one.name}` would mean something else in {file.path}.")


def _is_new(before: CodeGraph, identity: str) -> bool:
    """Whether a symbol was not there before: made or moved by the edit."""
    path, _, dotted = identity.partition(":")
    facts = before.resolver.facts(path)
    if facts is None:
        return True
    return all(
        before.qualname(SymbolId(path, index)) != dotted for index in range(facts.symbol_count)
    )


def _refuse_too_early(graph: CodeGraph, file: _File, names: frozenset[str]) -> None:
    """No name is needed before the statement that defines it has run."""
    spec = language_of(file.path)
    before = graph.resolver.facts(file.old_path)
    if spec is None or spec.shapes.in_order is None:
        return
    now = _too_early(spec, file.facts, file.after, names)
    if now and len(now) > len(_too_early(spec, before, file.before, names) if before else ()):
        raise Refused(f"`{now[0]}` would be needed before it is defined in {file.path}.")


def _too_early(
    spec: LanguageSpec, facts: FileFacts, text: bytes, names: frozenset[str]
) -> list[str]:
    """Names at the top of a file, or in headers there, that are defined further down."""
    in_order = spec.shapes.in_order
    assert in_order is not None
    defined: dict[str, int] = {}
    for index in range(facts.symbol_count):
        name = facts.symbol_name(index)
        if facts.symbol_container(index) < 0 and name in names:
            start = facts.symbol_start(index)
            defined[name] = min(start, defined.get(name, start))
    roles = in_order(text)
    found: list[str] = []
    for name, start in defined.items():
        for index in facts.references_named(name):
            one = facts.reference(index)
            if one.start >= start or one.member or one.role not in roles:
                continue
            if text[one.start - 1 : one.start] in (b'"', b"'") or _in_body(facts, one.start):
                continue
            found.append(name)
    return found


def _in_body(facts: FileFacts, offset: int) -> bool:
    """Whether a place is in the body of a function, which runs later."""
    for index in range(facts.symbol_count):
        if facts.symbol_start(index) > offset:
            return False
        if facts.symbol_kind(index) in CALLABLE_KINDS:
            symbol = facts.symbol(index)
            if symbol.body_start <= offset < symbol.span.end:
                return True
    return False


def _refuse_dangling(
    graph: CodeGraph,
    after: CodeGraph,
    files: Sequence[_File],
    result: Refactored,
    check: Callable[[], None],
) -> None:
    """What other files use of what is gone is still there for them."""
    edited = {file.old_path for file in files}
    for file in files:
        old = graph.resolver.facts(file.old_path)
        if old is None:
            continue
        kept = {file.facts.qualname(index) for index in range(file.facts.symbol_count)}
        for index in range(old.symbol_count):
            if old.qualname(index) in kept:
                continue
            check()
            for use in references_to(graph, SymbolId(file.old_path, index), check):
                if use.location.path in edited:
                    continue
                if not after.resolver.resolve(use.location.path, use.reference):
                    name = old.symbol_name(index)
                    raise Refused(f"{use.location.path} uses `{name}`, which would be gone.")
