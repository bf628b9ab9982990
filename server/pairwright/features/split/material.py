"""What is known of each part of a change before anything is grouped: the symbols it defines, alters
and drops, the names it begins and ceases to use.

Owns the way from blobs to facts of both sides, to the owners of lines, and to the graph before and
after. It must not know what belongs together.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pairwright.features.commits.files import FileClass, class_of
from pairwright.features.context import Context
from pairwright.features.encodings import file_text
from pairwright.git.patches import Part, PartKind, Patch, patch_of
from pairwright.git.repo import RepoView
from pairwright.git.staged import FileChange, texts_of
from pairwright_analyzers.diff import ChangeKind, SemanticDiff, semantic_diff
from pairwright_analyzers.facts import FileFacts, empty_facts, facts_of
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.graph.queries import import_targets, resolve
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.lines import LineRange
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Confidence,
    Import,
    Role,
    Span,
    Symbol,
)

_NO_USE = frozenset({Role.DEFINE, Role.BIND, Role.OUTER})
_LISTED = frozenset({FileClass.DOCS, FileClass.RELEASE})
_ITEMS = (b"- ", b"* ", b"+ ")
_NOTHING: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a file. `text` is UTF-8; `starts` are the offsets of its lines, which only line
    feeds end, and of its end. `facts` are None where no language is known.
    """

    path: str
    text: bytes
    spec: LanguageSpec | None
    facts: FileFacts | None
    starts: Sequence[int]

    def span(self, lines: LineRange) -> Span:
        """The bytes of some lines."""
        last = len(self.starts) - 1
        return Span(self.starts[min(lines.start, last)], self.starts[min(lines.end, last)])

    def lines(self, span: Span) -> LineRange:
        """The lines that a span touches."""
        first = self.line_of(span.start)
        return LineRange(first, max(first, self.line_of(max(span.start, span.end - 1))) + 1)

    def line_of(self, offset: int) -> int:
        """The line of an offset."""
        return max(0, bisect.bisect_right(self.starts, offset, 0, len(self.starts) - 1) - 1)

    @property
    def all_lines(self) -> LineRange:
        """Every line."""
        return LineRange(0, len(self.starts) - 1)


@dataclass(frozen=True, slots=True)
class FileView:
    """Both sides of a changed file, None where there is none, or no text."""

    change: FileChange
    before: Side | None
    after: Side | None
    diff: SemanticDiff


@dataclass(frozen=True, slots=True)
class Use:
    """A changed symbol that a line mentions. `sure` says that more than its name speaks for it."""

    target: SymbolId
    sure: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """What a part does.

    Symbols are those of the new side, dropped ones those of the old, by the new path. `uses` are
    mentions of changed symbols on lines that come, `used` those of dropped ones on lines that go;
    `mentions` and `mentioned` all names there. `binds` and `unbinds` are the local names of imports
    that come and go, `requires` and `required` the files they mean.
    """

    part: Part
    kind: FileClass
    removed: tuple[tuple[Side, LineRange], ...]
    added: tuple[tuple[Side, LineRange], ...]
    labels: frozenset[Hashable]
    defines: frozenset[SymbolId] = frozenset()
    alters: frozenset[SymbolId] = frozenset()
    headers: frozenset[SymbolId] = frozenset()
    drops: frozenset[SymbolId] = frozenset()
    uses: Mapping[Use, int] = field(default_factory=dict)
    used: Mapping[Use, int] = field(default_factory=dict)
    binds: frozenset[str] = frozenset()
    unbinds: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """The path of the (first) file."""
        return self.part.file.path

    @property
    def changed(self) -> frozenset[SymbolId]:
        """The symbols of the new side that are not what they were."""
        return self.defines | self.alters

    def added_text(self) -> bytes:
        """The text of the lines that come."""
        return b"\n".join(_text(side, lines) for side, lines in self.added)

    def removed_text(self) -> bytes:
        """The text of the lines that go."""
        return b"\n".join(_text(side, lines) for side, lines in self.removed)


@dataclass(frozen=True, slots=True)
class Material:
    """All that grouping looks at. Paths in `SymbolId` are the repository's."""

    patch: Patch
    parts: tuple[PartView, ...]
    files: Mapping[str, FileView]
    before: CodeGraph
    after: CodeGraph
    prefix: str

    def symbol(self, symbol_id: SymbolId) -> Symbol:
        """A symbol of the new side."""
        after = self.files[symbol_id.path].after
        assert after is not None
        assert after.facts is not None
        return after.facts.symbol(symbol_id.index)

    def dropped(self, symbol_id: SymbolId) -> Symbol:
        """A symbol of the old side, by the new path of its file."""
        before = self.files[symbol_id.path].before
        assert before is not None
        assert before.facts is not None
        return before.facts.symbol(symbol_id.index)

    def name_of(self, symbol_id: SymbolId) -> str:
        """The name of a symbol of the new side."""
        return self.symbol(symbol_id).name


_Known = Callable[[str, bytes], FileFacts | None]
_Labels = Mapping[str, tuple[Sequence[Hashable], Sequence[Hashable]]]


def material_of(ctx: Context, repo: RepoView, files: Sequence[FileChange]) -> Material:
    """The parts of a change and what each of them does."""
    patch, views, labels = _read(ctx, repo, files)
    prefix = _prefix(ctx, repo)
    before, after = _graphs(ctx, views, prefix)
    bare = [_bare(part, views, labels) for part in patch.parts]
    parts = tuple(_with_uses(ctx, bare, views, before, after, prefix))
    return Material(patch, parts, views, before, after, prefix)


def _read(
    ctx: Context, repo: RepoView, files: Sequence[FileChange]
) -> tuple[Patch, dict[str, FileView], _Labels]:
    views: dict[str, FileView] = {}
    labels: dict[str, tuple[Sequence[Hashable], Sequence[Hashable]]] = {}
    texts: dict[str, tuple[bytes | None, bytes | None]] = {}
    prefix = _prefix(ctx, repo)

    def known(path: str, text: bytes) -> FileFacts | None:
        """The facts of a text that the index has read already."""
        inside = path.removeprefix(prefix)
        if not path.startswith(prefix) or ctx.graph.workspace.text(inside) != text:
            return None
        found = ctx.graph.workspace.facts(inside)
        return found if found is not None and not found.problem else None

    def owners(
        change: FileChange, old: bytes, new: bytes
    ) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
        view = views[change.path]
        labels[change.path] = (
            _labels(view, view.before, _count(old), new_side=False),
            _labels(view, view.after, _count(new), new_side=True),
        )
        return labels[change.path]

    for number, change in enumerate(files):
        ctx.check()
        ctx.progress.report(change.path, number, len(files))
        texts[change.path] = texts_of(repo, change)
        views[change.path] = _file_view(change, *texts[change.path], known)
    patch = patch_of(files, lambda change: texts[change.path], owners)
    return patch, views, labels


# Sides.


def _file_view(change: FileChange, old: bytes | None, new: bytes | None, known: _Known) -> FileView:
    after = _side(change.path, new, known)
    if after is not None and old == new and language_of(change.old_path or "") is after.spec:
        # Only its name is another.
        same = replace(after, path=change.old_path or change.path)
        count = after.facts.symbol_count if after.facts is not None else 0
        return FileView(change, same, after, SemanticDiff((), {n: n for n in range(count)}))
    before = _side(change.old_path or change.path, old, known)
    spec = next((side.spec for side in (after, before) if side is not None), None)
    if spec is None:
        return FileView(change, before, after, SemanticDiff((), {}))
    empty = empty_facts(spec.id, b"", "")
    diff = semantic_diff(
        before.facts if before is not None and before.facts is not None else empty,
        before.text if before is not None else b"",
        after.facts if after is not None and after.facts is not None else empty,
        after.text if after is not None else b"",
    )
    return FileView(change, before, after, diff)


def _side(path: str, raw: bytes | None, known: _Known) -> Side | None:
    found = file_text(raw) if raw is not None else None
    if found is None:
        return None
    text = found.text
    starts = [0]
    at = text.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find(b"\n", at + 1)
    if starts[-1] != len(text):
        starts.append(len(text))
    spec = language_of(path)
    if spec is None:
        return Side(path, text, None, None, starts)
    return Side(path, text, spec, known(path, text) or facts_of(spec, text), starts)


def _count(text: bytes) -> int:
    return text.count(b"\n") + (not text.endswith(b"\n") and bool(text))


def _text(side: Side, lines: LineRange) -> bytes:
    span = side.span(lines)
    return side.text[span.start : span.end]


# Owners of lines.


def _labels(view: FileView, side: Side | None, count: int, *, new_side: bool) -> Sequence[Hashable]:
    """Whose each line is: the outermost symbol that is not on the other side, else the innermost
    that is; an import's; an item's of a list; None for what stands between.
    """
    labels: list[Hashable] = [None] * count
    if side is None or count != len(side.starts) - 1:
        return labels
    if class_of(view.change.path) in _LISTED:
        _label_items(labels, side)
    if side.facts is None:
        return labels
    pairs = view.diff.pairs
    to_new = {new: new for new in pairs.values()} if new_side else pairs
    closed: dict[int, Hashable] = {}
    for symbol in side.facts.symbols:
        outer = closed.get(symbol.container)
        if outer is not None:
            closed[symbol.index] = outer
            continue
        partner = to_new.get(symbol.index)
        label: Hashable = ("both", partner) if partner is not None else (new_side, symbol.index)
        if partner is None or symbol.kind in CALLABLE_KINDS:
            closed[symbol.index] = label
        start = min(symbol.span.start, symbol.doc.start if symbol.doc is not None else 1 << 60)
        lines = side.lines(Span(start, symbol.span.end))
        for line in range(lines.start, min(lines.end, count)):
            if not (isinstance(labels[line], tuple) and labels[line][0] == "item"):  # type: ignore[index]
                labels[line] = label
    _label_imports(labels, side, side.facts)
    for line in range(count):
        if not _text(side, LineRange(line, line + 1)).strip():
            labels[line] = None
    return labels


def _label_imports(labels: list[Hashable], side: Side, facts: FileFacts) -> None:
    for item in facts.imports:
        whole, name = side.lines(item.span), side.lines(item.name_span)
        lines = whole if whole.end - whole.start <= 1 else name
        for line in range(lines.start, min(lines.end, len(labels))):
            one = item.name if lines is name else ""
            labels[line] = ("import", item.level, item.module, one)


def _label_items(labels: list[Hashable], side: Side) -> None:
    current: Hashable = None
    for line in range(len(labels)):
        text = _text(side, LineRange(line, line + 1))
        if text.startswith(_ITEMS):
            current = ("item", text)
        elif not text.startswith((b" ", b"\t")):
            current = None
        labels[line] = current


# The graph on both sides.


def _prefix(ctx: Context, repo: RepoView) -> str:
    """What stands before the workspace folder's paths in the repository's."""
    inside = repo.path_of(ctx.root / "file")
    return inside.removesuffix("file") if inside is not None else ""


def _graphs(
    ctx: Context, views: Mapping[str, FileView], prefix: str
) -> tuple[CodeGraph, CodeGraph]:
    old: dict[str, tuple[bytes, FileFacts] | None] = {}
    new: dict[str, tuple[bytes, FileFacts] | None] = {}
    for view in views.values():
        change = view.change
        for path in {change.path, change.old_path or change.path}:
            if path.startswith(prefix):
                old[path.removeprefix(prefix)] = new[path.removeprefix(prefix)] = None
    for view in views.values():
        for side, texts in ((view.before, old), (view.after, new)):
            if side is not None and side.facts is not None and side.path.startswith(prefix):
                texts[side.path.removeprefix(prefix)] = side.text, side.facts
    below = ctx.graph.workspace
    return CodeGraph(Overlay(below, old)), CodeGraph(Overlay(below, new))


# What a part does.


def _bare(part: Part, views: Mapping[str, FileView], labels: _Labels) -> PartView:
    kind = class_of(part.file.path)
    if part.kind in (PartKind.RENAME, PartKind.MODE):
        return PartView(part, kind, (), (), _NOTHING)
    if part.kind is PartKind.WHOLE:
        return _whole(part, kind, views)
    view, piece = views[part.file.path], part.piece
    assert piece is not None
    of_old, of_new = labels[part.file.path]
    held = frozenset(
        label
        for owners, lines in ((of_old, piece.old), (of_new, piece.new))
        for label in owners[lines.start : lines.end]
        if label is not None
    )
    removed = ((view.before, piece.old),) if view.before is not None else ()
    added = ((view.after, piece.new),) if view.after is not None else ()
    defines: set[SymbolId] = set()
    alters: set[SymbolId] = set()
    headers: set[SymbolId] = set()
    drops: set[SymbolId] = set()
    path = part.file.path
    for change in view.diff.changes:
        before, after = change.before, change.after
        if before is not None and change.kind in (ChangeKind.REMOVED, ChangeKind.RENAMED):
            assert view.before is not None
            if _holds(piece.old, view.before.line_of(before.name_span.start)):
                drops.add(SymbolId(path, before.index))
        if after is None:
            continue
        assert view.after is not None
        here = SymbolId(path, after.index)
        if change.kind in (ChangeKind.ADDED, ChangeKind.RENAMED):
            if _holds(piece.new, view.after.line_of(after.name_span.start)):
                defines.add(here)
        elif ("both", after.index) in held:
            alters.add(here)
            if change.kind is ChangeKind.SIGNATURE:
                headers.add(here)
    return PartView(
        part,
        kind,
        removed,
        added,
        held,
        frozenset(defines),
        frozenset(alters),
        frozenset(headers),
        frozenset(drops),
    )


def _whole(part: Part, kind: FileClass, views: Mapping[str, FileView]) -> PartView:
    removed: list[tuple[Side, LineRange]] = []
    added: list[tuple[Side, LineRange]] = []
    defines: set[SymbolId] = set()
    drops: set[SymbolId] = set()
    for change in part.files:
        view = views[change.path]
        if view.before is not None:
            removed.append((view.before, view.before.all_lines))
        if view.after is not None:
            added.append((view.after, view.after.all_lines))
        for one in view.diff.changes:
            if one.after is not None:
                defines.add(SymbolId(change.path, one.after.index))
            if one.before is not None:
                drops.add(SymbolId(change.path, one.before.index))
    return PartView(
        part,
        kind,
        tuple(removed),
        tuple(added),
        _NOTHING,
        frozenset(defines),
        drops=frozenset(drops),
    )


def _holds(lines: LineRange, line: int) -> bool:
    return lines.start <= line < lines.end


def _with_uses(
    ctx: Context,
    parts: Sequence[PartView],
    views: Mapping[str, FileView],
    before: CodeGraph,
    after: CodeGraph,
    prefix: str,
) -> Iterator[PartView]:
    """The parts with what they mention of what any part changes."""
    changed: dict[str, set[SymbolId]] = defaultdict(set)
    dropped: dict[str, set[SymbolId]] = defaultdict(set)
    old_names: dict[str, str] = {}
    for view in parts:
        for one in view.changed:
            changed[_named(views, one, new_side=True)].add(one)
        for one in view.drops:
            dropped[_named(views, one, new_side=False)].add(one)
        if view.part.file.old_path is not None:
            old_names[view.part.file.old_path] = view.path
    moved = {name: name for name in views} | old_names
    of_side = {id(side): one for one in views.values() for side in (one.before, one.after)}
    for view in parts:
        ctx.check()
        uses, mentions = _uses(view.added, changed, after, before, prefix, {})
        used, mentioned = _uses(view.removed, dropped, before, after, prefix, moved)
        binds, requires = _imports(view.added, after, prefix, of_side, new_side=True)
        unbinds, required = _imports(view.removed, before, prefix, of_side, new_side=False)
        yield PartView(
            view.part,
            view.kind,
            view.removed,
            view.added,
            view.labels,
            view.defines,
            view.alters,
            view.headers,
            view.drops,
            uses,
            used,
            binds,
            unbinds,
            requires,
            frozenset(moved.get(one, one) for one in required),
            mentions,
            mentioned,
        )


def _named(views: Mapping[str, FileView], symbol_id: SymbolId, *, new_side: bool) -> str:
    view = views[symbol_id.path]
    side = view.after if new_side else view.before
    assert side is not None
    assert side.facts is not None
    return side.facts.symbol_name(symbol_id.index)


def _uses(
    sides: Sequence[tuple[Side, LineRange]],
    wanted: Mapping[str, set[SymbolId]],
    graph: CodeGraph,
    other: CodeGraph,
    prefix: str,
    renamed: Mapping[str, str],
) -> tuple[dict[Use, int], frozenset[str]]:
    """Uses of wanted symbols, and all names that stand on the lines.

    A name that one symbol has on this side, and none on the `other`, speaks for itself.
    """
    found: Counter[Use] = Counter()
    names: set[str] = set()
    for side, lines in sides:
        if side.facts is None or lines.start >= lines.end:
            continue
        inside = side.path.startswith(prefix)
        path = side.path.removeprefix(prefix)
        for index in side.facts.references_in(side.span(lines)):
            reference = side.facts.reference(index)
            if reference.role in _NO_USE:
                continue
            names.add(reference.name)
            candidates = wanted.get(reference.name)
            if not candidates:
                continue
            links = resolve(graph, path, index) if inside else ()
            telling = len(candidates) == 1 and not other.workspace.files_defining(reference.name)
            for link in links:
                name = prefix + link.target.path
                target = SymbolId(renamed.get(name, name), link.target.index)
                if target in candidates:
                    sure = link.confidence is not Confidence.BY_NAME or telling
                    found[Use(target, sure)] += 1
            if not links:
                for target in candidates:
                    found[Use(target, telling)] += 1
    return dict(found), frozenset(names)


def _imports(
    sides: Sequence[tuple[Side, LineRange]],
    graph: CodeGraph,
    prefix: str,
    of_side: Mapping[int, FileView],
    *,
    new_side: bool,
) -> tuple[frozenset[str], frozenset[str]]:
    """The local names that imports on the lines bind and the other side does not, and the changed
    files they mean.
    """
    names: set[str] = set()
    files: set[str] = set()
    for side, lines in sides:
        if side.facts is None or lines.start >= lines.end:
            continue
        view = of_side[id(side)]
        other = view.before if new_side else view.after
        known = _bound(other.facts.imports) if other is not None and other.facts else frozenset()
        for index, item in enumerate(side.facts.imports):
            line = side.line_of(item.name_span.start)
            if not _holds(lines, line):
                continue
            if item.alias and item.alias not in known:
                names.add(item.alias)
            if side.path.startswith(prefix):
                targets = import_targets(graph, side.path.removeprefix(prefix), index)
                files.update(prefix + one for one in targets)
    return frozenset(names), frozenset(files)


def _bound(imports: Sequence[Import]) -> frozenset[str]:
    return frozenset(item.alias for item in imports if item.alias)
