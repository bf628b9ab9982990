"""Rename a symbol, a variable, a parameter, an alias or a label, in all files that name it.

```python
def area(width, height):
    return width * height

area(width=2, height=3)
```

`width` becomes `w`:

```python
def area(w, height):
    return w * height

area(w=2, height=3)
```

What must keep one name is renamed together: a method with all that override or implement it, a
declaration with its definition, overloads, a type with its constructors (in Java and PHP with its
file), a parameter with the named arguments of all calls and with its entry in the documentation,
a word that is a key and a value at once (`{name}` becomes `{name: other}`). Comments, other texts
and documentation are renamed too with `docs`.

Refused where a name would come to mean something else, for a keyword or a name that is taken, for
what is defined outside of the workspace or overrides something there, and where places may mean
the symbol of which only the name is known: they are listed, and `uncertain` says whether to `skip`
them or to `include` them, for review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pairwright_analyzers.edits import sorted_edits
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.entities import MEMBER_KINDS
from pairwright_analyzers.graph.queries import local_bindings_at, overrides
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.documented import parameter_mentions, text_mentions
from pairwright_analyzers.refactors.model import (
    NAME,
    NAMED,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    Uncertain,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.naming import check_name
from pairwright_analyzers.refactors.references import Part, Place, References
from pairwright_analyzers.refactors.subjects import (
    Subject,
    bare,
    of_symbols,
    owner_of,
    sigils_of,
    sort_of,
    subject_at,
)
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import (
    TYPE_KINDS,
    SourceChange,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

_LISTED = 8
"""How many places a refusal names."""


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    """Editors have a key for it, and every name could be another: no lightbulb says so."""
    return ()


def renamable_at(ctx: RefactorContext) -> Span:
    """The bytes of the name at the selection, where it can be renamed at all.

    Raises `Refused` where not. Reads no other files than those on the way to the definition.
    """
    subject, span = subject_at(ctx)
    if not subject.module:
        _refuse_outside(ctx, subject)
    return span


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    subject, _ = subject_at(ctx)
    wanted = text_argument(arguments, "name")
    docs = flag_argument(arguments, "docs")
    uncertain = text_argument(arguments, "uncertain")
    if uncertain not in ("", "skip", "include"):
        raise Refused("`uncertain` has to be `skip` or `include`.")
    if not wanted:
        raise Refused("A new name is needed.")
    if subject.module:
        return _module_renamed(ctx, subject, wanted)
    spec = ctx.graph.spec(subject.path) or ctx.spec
    new = _new_name(spec, subject, wanted)
    _refuse_outside(ctx, subject)
    doubts = _outside_doubts(ctx.graph, subject, spec)
    _refuse_taken(ctx, subject, spec, new)
    search = References(ctx.graph, subject, spec.group, ctx.check)
    places = list(search)
    _refuse_doubts(ctx, subject, places, search.unreadable, doubts, uncertain)
    kept = [place for place in places if not place.doubt or uncertain == "include"]
    _refuse_written_by_tools(ctx.graph, kept)
    _refuse_bound_beside(ctx, subject, kept, new)
    edits = _edits(ctx.graph, subject, kept, new)
    _add(edits, _documented(ctx, subject, new))
    sure = all(not place.doubt for place in kept)
    if docs:
        mentions = text_mentions(ctx, subject.name, new, _taken_spans(edits, places))
        sure = sure and not any(mentions.values())
        _add(edits, mentions)
    change = SourceChange(
        {path: sorted_edits(held) for path, held in sorted(edits.items())},
        certain=sure,
        renames=_file_of_type(ctx.graph, subject, spec, new),
    )
    expected = _Expected(ctx.graph, subject, spec, new, tuple(places), change, ctx.check)
    return Refactored(change, frozenset({subject.name, new}), None, expected.hold)


def _new_name(spec: LanguageSpec, subject: Subject, wanted: str) -> str:
    new = bare(wanted, sigils_of(spec)) or wanted
    ends = spec.shapes.renaming.name_ends
    check_name(spec.shapes, new[:-1] if ends and len(new) > 1 and new[-1] in ends else new)
    if new == subject.name:
        raise Refused(f"It is called `{new}` already.")
    return new


def symbol_edits(ctx: RefactorContext, symbol: SymbolId, wanted: str) -> dict[str, list[TextEdit]]:
    """The edits that rename one symbol and what must be called as it is, files left where they are.

    Raises `Refused` as renaming it would.
    """
    subject = of_symbols(ctx.graph, [symbol], ctx.check)
    spec = ctx.graph.spec(symbol.path) or ctx.spec
    new = _new_name(spec, subject, wanted)
    _refuse_outside(ctx, subject)
    _refuse_taken(ctx, subject, spec, new)
    search = References(ctx.graph, subject, spec.group, ctx.check)
    places = list(search)
    _refuse_doubts(ctx, subject, places, search.unreadable, (), "")
    _refuse_written_by_tools(ctx.graph, places)
    _refuse_bound_beside(ctx, subject, places, new)
    return _edits(ctx.graph, subject, places, new)


def _module_renamed(ctx: RefactorContext, subject: Subject, wanted: str) -> Refactored:
    from pairwright_analyzers.refactors.rename_file import module_renamed

    return module_renamed(ctx, subject.module, wanted)


# What may not be renamed.


def _refuse_outside(ctx: RefactorContext, subject: Subject) -> None:
    graph = ctx.graph
    for one in sorted(subject.symbols):
        symbol = graph.symbol(one)
        spec = graph.spec(one.path)
        if spec is None:
            continue
        if symbol.kind in (SymbolKind.MODULE, SymbolKind.NAMESPACE):
            raise Refused(f"`{symbol.name}` is named by its folder and by many files.")
        ends = spec.shapes.renaming.name_ends
        if not spec.shapes.name.match(subject.name.rstrip(ends) if ends else subject.name):
            raise Refused(f"`{symbol.name}` is no name that could be another.")
        if symbol.kind is SymbolKind.TEST and not symbol.name.isidentifier():
            raise Refused("A test that goes by a text is no name.")
        if _is_contract(spec, symbol, owner_of(graph, one) is not None):
            raise Refused(f"`{symbol.name}` is called by that name from outside of the workspace.")
        says = symbol.flags & SymbolFlag.OVERRIDE and not symbol.name.startswith("~")
        if says and symbol.kind in MEMBER_KINDS and not _has_base(graph, one, subject):
            raise Refused(
                f"`{symbol.qualname}` overrides a member of a type outside of the workspace."
            )
        base = _outside_base_with(graph, one, symbol, spec)
        if base:
            raise Refused(f"`{symbol.qualname}` overrides a member of `{base}`.")


def _is_contract(spec: LanguageSpec, symbol: Symbol, is_member: bool) -> bool:
    name = symbol.name
    if name in spec.constructor_names and is_member:
        return True
    special = name.startswith("__") and name.endswith("__") and len(name) > 4
    if special and spec.arguments.first_is_receiver:
        return True
    callables = symbol.kind in (
        SymbolKind.FUNCTION,
        SymbolKind.METHOD,
        SymbolKind.CONSTRUCTOR,
    )
    return (
        callables
        and name in spec.shapes.renaming.contracts
        and (is_member or name in ("main", "init", "TestMain", "WinMain", "wmain", "DllMain"))
    )


def _has_base(graph: CodeGraph, one: SymbolId, subject: Subject) -> bool:
    return any(base in subject.symbols for base in overrides(graph, one))


def _outside_base_with(graph: CodeGraph, one: SymbolId, symbol: Symbol, spec: LanguageSpec) -> str:
    """A base outside of the workspace that is known to have a member of that name."""
    owner = owner_of(graph, one)
    if owner is None or symbol.kind not in MEMBER_KINDS:
        return ""
    for dotted in _outside_bases(graph, owner):
        if spec.shapes.renaming.outside_member(dotted, symbol.name):
            return dotted.removeprefix("<builtin>.")
    return ""


def _outside_bases(graph: CodeGraph, owner: SymbolId) -> list[str]:
    found: dict[str, None] = {}
    for one in (owner, *(base for base, _ in graph.resolver.ancestors(owner))):
        found.update(dict.fromkeys(graph.resolver.outside_bases(one)))
    return list(found)


def _outside_doubts(graph: CodeGraph, subject: Subject, spec: LanguageSpec) -> list[str]:
    """Why a member may be part of a contract that nobody here can see."""
    found: list[str] = []
    if not spec.shapes.renaming.implicit_overrides:
        return found
    for one in sorted(subject.symbols):
        symbol = graph.symbol(one)
        owner = owner_of(graph, one)
        if (
            owner is None
            or symbol.kind not in MEMBER_KINDS
            or graph.symbol(owner).kind not in TYPE_KINDS
        ):
            continue
        if symbol.flags & SymbolFlag.PRIVATE and spec.shapes.renaming.private_is_own:
            continue
        if symbol.name.startswith(("__", "#", "@")) or symbol.kind is SymbolKind.ENUM_MEMBER:
            continue
        known = spec.shapes.renaming.outside_member
        outside = _outside_bases(graph, owner)
        unknown = [dotted for dotted in outside if known(dotted, symbol.name) is None]
        if not outside and graph.resolver.has_open_bases(owner):
            unknown = ["another type"]
        if unknown:
            base = f"`{unknown[0]}`" if outside else unknown[0]
            found.append(
                f"`{graph.symbol(owner).name}` inherits from {base}, which is outside of the"
                f" workspace and may have a member `{symbol.name}`"
            )
    return list(dict.fromkeys(found))


def _refuse_doubts(
    ctx: RefactorContext,
    subject: Subject,
    places: Sequence[Place],
    unreadable: Sequence[str],
    doubts: Sequence[str],
    uncertain: str,
) -> None:
    if uncertain:
        return
    unsure = [place for place in places if place.doubt]
    if unsure:
        reasons = list(dict.fromkeys(place.doubt for place in unsure))
        where = _listed(ctx.graph, unsure)
        count = len(unsure)
        noun = "place" if count == 1 else "places"
        raise Uncertain(
            f"{count} {noun} may mean `{subject.name}`, but {' or '.join(reasons)}: {where}."
            " Skip or include them with `uncertain`."
        )
    if doubts:
        raise Uncertain(f"{doubts[0]}. Rename all the same with `uncertain`.")
    if unreadable:
        names = ", ".join(unreadable[:_LISTED])
        raise Refused(f"`{subject.name}` may be named in files that cannot be read whole: {names}.")


def _listed(graph: CodeGraph, places: Sequence[Place]) -> str:
    shown = [
        f"{place.path}:{_line(graph, place.path, place.span.start)}" for place in places[:_LISTED]
    ]
    more = len(places) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _line(graph: CodeGraph, path: str, offset: int) -> int:
    text = graph.workspace.text(path) or b""
    return LineIndex(text).line_of(offset) + 1


def _refuse_written_by_tools(graph: CodeGraph, places: Iterable[Place]) -> None:
    for path in sorted({place.path for place in places}):
        spec = graph.spec(path)
        mark = spec.shapes.renaming.generated if spec is not None else b""
        text = graph.workspace.text(path)
        if mark and text is not None and mark in text[:_HEAD]:
            raise Refused(f"{path} is generated: what it is made from has to be changed.")


_HEAD = 400
"""Bytes at the start of a file in which a tool says that it wrote it."""


# What is taken.


def _refuse_taken(ctx: RefactorContext, subject: Subject, spec: LanguageSpec, new: str) -> None:
    """Refuses where the new name already means something where the old one is defined."""
    graph = ctx.graph
    spellings = {name.replace(subject.name, new) for name in subject.names}
    for one in sorted(subject.symbols):
        for spelling in sorted(spellings):
            found = _beside(graph, one, graph.symbol(one), spec, spelling)
            if found is not None and found not in subject.symbols:
                place = graph.location(found)
                line = _line(graph, place.path, place.span.start)
                raise Refused(f"`{new}` is already defined in {place.path}:{line}.")
    for path, bound in subject.locals.items():
        bindings = graph.resolver.bindings(path)
        if bindings is None:
            continue
        for offset in sorted(bound):
            for spelling in sorted(spellings):
                taken = local_bindings_at(graph, path, offset) and bindings.bound_in(
                    bindings.scope_at(offset), spelling, offset
                )
                if taken:
                    raise Refused(f"`{new}` already means something in the same function.")


def _beside(
    graph: CodeGraph, one: SymbolId, symbol: Symbol, spec: LanguageSpec, new: str
) -> SymbolId | None:
    """What is called by the new name where a symbol is defined."""
    facts = graph.resolver.facts(one.path)
    assert facts is not None
    owner = owner_of(graph, one)
    types = {owner, *(base for base, _ in graph.resolver.ancestors(owner))} if owner else set()
    own_kind = symbol.kind in _CALLED
    renaming = spec.shapes.renaming
    before = graph.resolver.qualified(one.path, facts, one.index).rpartition(".")[0]
    for path, other, index in graph.resolver.defined(new, spec.group):
        found = SymbolId(path, index)
        kind = other.symbol_kind(index)
        if kind in (SymbolKind.IMPLEMENTATION, SymbolKind.MODULE, SymbolKind.NAMESPACE):
            continue
        if spec.methods_apart and (kind in _CALLED) != own_kind:
            continue
        if owner is not None:
            other_owner = owner_of(graph, found)
            if other_owner is None:
                continue
            if other_owner in types or any(
                base == owner for base, _ in graph.resolver.ancestors(other_owner)
            ):
                return found
            continue
        if other.symbol_container(index) != symbol.container and path == one.path:
            continue
        if path == one.path:
            if other.symbol_owner(index) == symbol.owner:
                return found
        elif (
            (not renaming.declared_apart or kind in _LINKED)
            and _shares_names(graph, spec, one.path, path)
            and (
                graph.resolver.qualified(path, other, index).rpartition(".")[0] == before
                and owner_of(graph, found) is None
                and not (symbol.flags | other.symbol_flags(index)) & SymbolFlag.STATIC
            )
        ):
            return found
    return None


_LINKED = frozenset(
    {SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.VARIABLE, SymbolKind.CONSTANT}
)
"""What all files share by its name where definitions are linked."""

_CALLED = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR})


def _shares_names(graph: CodeGraph, spec: LanguageSpec, path: str, other: str) -> bool:
    """Whether what one file defines at its top is there by its name alone in another."""
    renaming = spec.shapes.renaming
    if renaming.shared_by_folder:
        return path.rpartition("/")[0] == other.rpartition("/")[0]
    return bool(graph.resolver.namespaces(path)) or renaming.declared_apart


def _refuse_bound_beside(
    ctx: RefactorContext, subject: Subject, places: Iterable[Place], new: str
) -> None:
    """Refuses where an importing file binds the new name already."""
    graph = ctx.graph
    seen: set[tuple[str, int]] = set()
    for place in places:
        bindings = graph.resolver.bindings(place.path)
        if bindings is None:
            continue
        for item in bindings.imports:
            key = (place.path, item.span.start)
            if not item.span.contains(place.span.start) or key in seen or item.reexport:
                continue
            if item.alias != subject.name:
                continue
            seen.add(key)
            found = bindings.bound_in(bindings.scope_at(item.span.start), new, item.span.start)
            if found:
                line = _line(graph, place.path, place.span.start)
                raise Refused(f"`{new}` already means something in {place.path}:{line}.")


# The edits.


def _edits(
    graph: CodeGraph, subject: Subject, places: Iterable[Place], new: str
) -> dict[str, list[TextEdit]]:
    edits: dict[str, list[TextEdit]] = defaultdict(list)
    for place in places:
        edits[place.path].append(_edit(graph, subject, place, new)[0])
    return edits


def _edit(graph: CodeGraph, subject: Subject, place: Place, new: str) -> tuple[TextEdit, int]:
    """The edit of one place, and where the new name begins in its new text."""
    short = place.shorthand
    if place.pair is not None and place.pair.other == new:
        return TextEdit(place.pair.span, new), 0
    if short is None or place.part is Part.BOTH:
        return TextEdit(place.span, new), 0
    span = Span(short.node.start_byte, short.node.end_byte)
    key, value = (new, subject.name) if place.part is Part.KEY else (subject.name, new)
    written = short.form.format(key=key, value=value)
    if place.part is Part.KEY:
        return TextEdit(span, written), written.index(new)
    at = written.rindex(new)
    return TextEdit(span, written), len(written[:at].encode("utf-8", "surrogateescape"))


def _add(edits: dict[str, list[TextEdit]], more: Mapping[str, Iterable[TextEdit]]) -> None:
    for path, held in more.items():
        known = [edit.span for edit in edits.get(path, ())]
        for edit in held:
            if not any(one.overlaps(edit.span) or one == edit.span for one in known):
                edits.setdefault(path, []).append(edit)


def _taken_spans(
    edits: Mapping[str, Iterable[TextEdit]], places: Iterable[Place]
) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for path, held in edits.items():
        found[path].update(edit.span.start for edit in held)
    for place in places:
        found[place.path].add(place.span.start)
    return found


def _documented(
    ctx: RefactorContext, subject: Subject, new: str
) -> Mapping[str, Sequence[TextEdit]]:
    """The entries of a parameter in the documentation of its functions."""
    found: dict[str, list[TextEdit]] = defaultdict(list)
    for function in sorted(subject.callables):
        text = ctx.graph.workspace.text(function.path)
        doc = ctx.graph.symbol(function).doc
        if text is None or doc is None:
            continue
        for span in parameter_mentions(text, doc, subject.name):
            found[function.path].append(TextEdit(span, new))
    return found


def _file_of_type(
    graph: CodeGraph, subject: Subject, spec: LanguageSpec, new: str
) -> dict[str, str]:
    """The file that has to be called as the type in it."""
    if not spec.shapes.renaming.type_names_file:
        return {}
    renames: dict[str, str] = {}
    for one in subject.symbols:
        symbol = graph.symbol(one)
        folder, slash, name = one.path.rpartition("/")
        stem, dot, extension = name.partition(".")
        outer = (
            symbol.container < 0
            or graph.symbol(SymbolId(one.path, symbol.container)).kind is SymbolKind.NAMESPACE
        )
        if symbol.kind not in TYPE_KINDS or stem != subject.name or not outer:
            continue
        wanted = f"{folder}{slash}{new}{dot}{extension}"
        if graph.workspace.has(wanted):
            raise Refused(f"{wanted} is there already.")
        renames[one.path] = wanted
    return renames


# The check of it.


@dataclass(frozen=True, slots=True)
class _Expected:
    """What has to be true afterwards: the new name is read exactly where the old one was."""

    graph: CodeGraph
    subject: Subject
    spec: LanguageSpec
    new: str
    places: tuple[Place, ...]
    change: SourceChange
    check: Callable[[], None]

    def hold(self, after: CodeGraph, moved: Callable[[str, int], int | None]) -> None:
        """Raises `Refused` where a place would be lost or won."""
        wanted = self._wanted()
        subject = self._subject_after(after, moved)
        search = References(after, subject, self.spec.group, self.check)
        found: dict[tuple[str, int], Place] = {}
        unsure: set[tuple[str, int]] = set()
        for place in search:
            key = (place.path, place.span.start)
            if place.doubt:
                unsure.add(key)
            else:
                found[key] = place
        for key in sorted(wanted.keys() - found.keys()):
            place = wanted[key]
            line = _line(self.graph, place.path, place.span.start)
            raise Refused(f"`{self.new}` would mean something else in {place.path}:{line}.")
        for path, start in sorted(found.keys() - wanted.keys() - self._included()):
            line = _line(after, path, start)
            raise Refused(f"`{self.new}` already means something in {path}:{line}.")

    def _wanted(self) -> dict[tuple[str, int], Place]:
        """The certain places, by (path, offset) as they are afterwards."""
        return {key: place for key, place in self._moved_places() if not place.doubt}

    def _included(self) -> set[tuple[str, int]]:
        return {key for key, place in self._moved_places() if place.doubt}

    def _moved_places(self) -> list[tuple[tuple[str, int], Place]]:
        rows: list[tuple[tuple[str, int], Place]] = []
        by_path: dict[str, dict[int, Place]] = defaultdict(dict)
        for place in self.places:
            edit, inside = _edit(self.graph, self.subject, place, self.new)
            by_path[place.path][edit.span.start] = place
        for path, starts in by_path.items():
            shift = 0
            for edit in self.change.edits.get(path, ()):
                held = starts.get(edit.span.start)
                size = len(edit.new_text.encode("utf-8", "surrogateescape"))
                if held is not None:
                    _, inside = _edit(self.graph, self.subject, held, self.new)
                    new_path = self.change.renames.get(path, path)
                    rows.append(((new_path, edit.span.start + shift + inside), held))
                shift += size - len(edit.span)
        return rows

    def _subject_after(self, after: CodeGraph, moved: Callable[[str, int], int | None]) -> Subject:
        def spelled(name: str) -> str:
            return name.replace(self.subject.name, self.new)

        subject, renames = self.subject, self.change.renames
        starts = {(place.path, place.span.start): key[1] for key, place in self._moved_places()}

        def start_of(path: str, offset: int) -> int | None:
            for sigil in range(3):
                if (path, offset + sigil) in starts:
                    return starts[path, offset + sigil] - sigil
            return moved(path, offset)

        symbols = frozenset(self._symbol_after(after, one, start_of) for one in subject.symbols)
        callables = frozenset(self._symbol_after(after, one, start_of) for one in subject.callables)
        locals_after = {
            renames.get(path, path): frozenset(
                place for offset in bound if (place := start_of(path, offset)) is not None
            )
            for path, bound in subject.locals.items()
        }
        marks = tuple(
            Span(key[1], key[1] + len(self.new.encode())) for key, _ in self._moved_places()
        )
        return replace(
            subject,
            name=self.new,
            names=frozenset(spelled(name) for name in subject.names),
            path=renames.get(subject.path, subject.path),
            symbols=symbols,
            callables=callables,
            locals=locals_after,
            aliases=frozenset((renames.get(path, path), at) for path, at in subject.aliases),
            marks=marks if subject.marks else (),
        )

    def _symbol_after(
        self, after: CodeGraph, one: SymbolId, moved: Callable[[str, int], int | None]
    ) -> SymbolId:
        before = self.graph.resolver.facts(one.path)
        path = self.change.renames.get(one.path, one.path)
        facts = after.resolver.facts(path)
        assert before is not None
        if facts is None:
            raise Refused(f"{path} could not be read any more.")
        start = moved(one.path, before.symbol_name_start(one.index))
        for index in range(facts.symbol_count):
            # A name can say which kind of value it is: `Total`, `TOTAL`.
            if start == facts.symbol_name_start(index) and (
                sort_of(facts.symbol_kind(index)) == sort_of(before.symbol_kind(one.index))
            ):
                return SymbolId(path, index)
        raise Refused(f"`{self.new}` would not be read as the name of `{self.subject.name}`.")


REFACTOR = Refactor(
    "rename.symbol",
    "Rename symbol",
    "refactor.rename",
    NAMED,
    _offers,
    _apply,
    __doc__ or "",
    (
        replace(NAME, description="The new name.", required=True),
        Option("docs", "boolean", "Also rename in comments, texts and documentation."),
        Option(
            "uncertain",
            "string",
            "What to do with places that only may mean it: `skip` or `include`.",
        ),
    ),
)
