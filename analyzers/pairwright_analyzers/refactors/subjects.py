"""What a name at a place stands for, as a whole: a symbol with all that must go by the same name, a
local name, a parameter with those of overriding functions, the alias of an import.

Owns who belongs together. Where it is named is told by `references.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.bindings import BindingKind, FileBindings
from pairwright_analyzers.graph.entities import (
    MEMBER_KINDS,
    Entity,
    ExternalEntity,
    FolderEntity,
    InstanceEntity,
    ModuleEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.queries import (
    called_symbol,
    local_bindings_at,
    overridden_by,
    overrides,
    parameters_at,
)
from pairwright_analyzers.languages import language
from pairwright_analyzers.languages.renaming import Renaming
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.syntax import Parsed, parse_politely, span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Confidence,
    Location,
    ParameterKind,
    Reference,
    Role,
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_VALUES = frozenset(
    {SymbolKind.FIELD, SymbolKind.PROPERTY, SymbolKind.VARIABLE, SymbolKind.CONSTANT}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is named: everything that has to have one name.

    `name` is without sigils; `names` are its spellings in references, with sigils. `locals` maps a
    path to the offsets where the local name is bound; `callables` are the functions whose parameter
    it is; `aliases` are imports (path, index) that bind it as a name of their own; `marks` are the
    places of a name that is no reference (a label), all in `path`; `module` is the file that
    a module's name means.
    """

    name: str
    names: frozenset[str]
    path: str
    symbols: frozenset[SymbolId] = frozenset()
    locals: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    callables: frozenset[SymbolId] = frozenset()
    aliases: frozenset[tuple[str, int]] = frozenset()
    marks: tuple[Span, ...] = ()
    module: str = ""

    @property
    def is_local(self) -> bool:
        """Whether no other file can name it, keyword arguments aside."""
        return not self.symbols and not self.module and not self.aliases


def bare(name: str, sigils: str = "$@#~") -> str:
    """A name without its sigil, and without the `=` of a setter."""
    stripped = name.lstrip(sigils) if sigils else name
    if (
        stripped.endswith("=")
        and len(stripped) > 1
        and (stripped[-2] == "_" or stripped[-2].isalnum())
    ):
        return stripped[:-1]
    return stripped


def bare_span(span: Span, name: str, sigils: str) -> Span:
    """The bytes of a name without its sigil."""
    stripped = name.lstrip(sigils) if sigils else name
    start = span.end - len(stripped.encode("utf-8", "surrogateescape"))
    return Span(start, start + len(bare(name, sigils).encode("utf-8", "surrogateescape")))


def sigils_of(spec: LanguageSpec | None) -> str:
    """What stands before names in a language, and is no part of them here."""
    return spec.shapes.renaming.sigils if spec is not None else ""


def subject_at(ctx: RefactorContext) -> tuple[Subject, Span]:
    """What is named at the selection, and the bytes of that name there.

    Raises `Refused` where nothing is, and for what is not of the workspace.
    """
    reference = ctx.facts.reference_at(ctx.selection.start)
    if reference is None and _at_sigil(ctx):
        reference = ctx.facts.reference_at(ctx.selection.start + 1)
        if reference is not None:
            return _named(ctx, reference), reference.span
    if reference is not None and not reference.span.covers(ctx.selection):
        reference = None
    if reference is None:
        return _defined_here(ctx) or _marked(ctx)
    sigils = sigils_of(ctx.spec)
    span = bare_span(reference.span, reference.name, sigils)
    if ctx.text[span.start : span.end].decode("utf-8", "replace") != bare(reference.name, sigils):
        raise Refused("There is no name here that could be another.")
    marked = reference.role is Role.KEYWORD and _marked_or_none(ctx)
    if marked:
        return marked
    return _named(ctx, reference), span


def _at_sigil(ctx: RefactorContext) -> bool:
    here = ctx.text[ctx.selection.start : ctx.selection.start + 1].decode("utf-8", "replace")
    return bool(here) and here in sigils_of(ctx.spec)


def _defined_here(ctx: RefactorContext) -> tuple[Subject, Span] | None:
    """A definition whose name is no reference: Ruby's `attr_reader :name`."""
    for symbol in ctx.facts.symbols:
        place = _spelled_at(ctx.text, symbol.name_span, bare(symbol.name, sigils_of(ctx.spec)))
        if place is not None and place.covers(ctx.selection):
            return of_symbols(ctx.graph, [SymbolId(ctx.path, symbol.index)], ctx.check), place
    return None


def _spelled_at(text: bytes, span: Span, name: str) -> Span | None:
    """Where a definition's name stands, sigils left out; None where it is not written so."""
    wanted = name.encode("utf-8", "surrogateescape")
    at = text.find(wanted, span.start, span.end)
    return Span(at, at + len(wanted)) if at >= 0 and wanted else None


def name_place(graph: CodeGraph, symbol_id: SymbolId) -> Span | None:
    """Where the name of a symbol's definition stands, sigils left out."""
    text = graph.workspace.text(symbol_id.path)
    if text is None:
        return None
    symbol = graph.symbol(symbol_id)
    return _spelled_at(
        text, symbol.name_span, bare(symbol.name, sigils_of(graph.spec(symbol_id.path)))
    )


# Labels and lifetimes.


def _marked_or_none(ctx: RefactorContext) -> tuple[Subject, Span] | None:
    renaming = ctx.shapes.renaming
    found = ctx.parsed.root.named_descendant_for_byte_range(
        ctx.selection.start, ctx.selection.start
    )
    if found is not None and not _is_mark(renaming, found):
        found = found.parent
    if found is None or not _is_mark(renaming, found):
        return None
    written = re.findall(r"\w+", ctx.source(found))
    name = written[-1] if written else ""
    around = found.parent
    functions = ctx.shapes.functions | ctx.shapes.classes
    while around is not None and around.parent is not None and around.type not in functions:
        around = around.parent
    places: list[Span] = []
    pending = [around or found]
    wanted = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
    while pending:
        node = pending.pop()
        if _is_mark(renaming, node):
            at = wanted.search(ctx.text, node.start_byte, node.end_byte)
            if at is not None:
                places.append(Span(at.start(), at.end()))
            continue
        pending.extend(node.named_children)
    places.sort()
    here = next((one for one in places if span_of(found).covers(one)), None)
    if here is None:
        return None
    subject = Subject(name, frozenset({name}), ctx.path, marks=tuple(dict.fromkeys(places)))
    return subject, here


def _is_mark(renaming: Renaming, node: Node) -> bool:
    if node.type in renaming.marks:
        return True
    parent = node.parent
    return (
        parent is not None
        and parent.type in renaming.marking
        and not node.named_child_count
        and node.type in ("identifier", "name")
    )


def _marked(ctx: RefactorContext) -> tuple[Subject, Span]:
    found = _marked_or_none(ctx)
    if found is None:
        raise Refused("There is no name here that could be another.")
    return found


# References.


def _named(ctx: RefactorContext, reference: Reference) -> Subject:
    graph, bindings = ctx.graph, ctx.bindings
    if reference.role is Role.KEYWORD:
        return _keyword(ctx, reference)
    resolved = graph.resolver.resolve(ctx.path, reference.index)
    if not reference.member or reference.role is Role.IMPORT:
        alias = alias_at(bindings, ctx.text, reference, _by_text(graph, ctx.spec))
        if alias is not None:
            return of_alias(graph, ctx.path, alias, reference.name)
    if not reference.member and reference.role is not Role.DEFINE:
        if is_local(bindings, reference) and not means_symbol(reference, resolved):
            return of_local(graph, ctx.path, reference, resolved, ctx.check)
        header = _in_header(bindings, reference)
        if header is not None and not resolved:
            return of_symbols(graph, [SymbolId(ctx.path, header)], ctx.check)
    return _of_entities(ctx, reference, resolved)


def _by_text(graph: CodeGraph, spec: LanguageSpec) -> bool:
    return graph.resolver.family(spec).by_text


def is_local(bindings: FileBindings, reference: Reference) -> bool:
    """Whether a bare name is a local one, and no import."""
    found = bindings.lookup(reference.name, reference.start)
    return bool(found) and all(one.kind is BindingKind.LOCAL for one in found)


def means_symbol(reference: Reference, resolved: Resolved) -> bool:
    """Whether a name that a scope binds is a symbol all the same: a member that a constructor
    initialises.
    """
    return reference.role is Role.WRITE and any(
        isinstance(one, SymbolEntity) for one, _ in resolved
    )


def _in_header(bindings: FileBindings, reference: Reference) -> int | None:
    """The member that a parameter is at once, where a bare name is that parameter
    (`constructor(private x)`).
    """
    facts = bindings.facts
    at = bindings.enclosing_callable(reference.start)
    while at >= 0:
        symbol = facts.symbol(at)
        for index in facts.symbols_named(bare(reference.name, sigils_of(bindings.spec))):
            start = facts.symbol_name_start(index)
            if symbol.name_span.end <= start < symbol.body_start and index != at:
                return index
        at = symbol.container
    return None


def _keyword(ctx: RefactorContext, reference: Reference) -> Subject:
    places = parameters_named(ctx.graph, ctx.path, reference)
    for place in places:
        bindings = ctx.graph.resolver.bindings(place.path)
        bound = bindings.facts.reference_at(place.span.start) if bindings is not None else None
        if bound is not None:
            return of_local(ctx.graph, place.path, bound, (), ctx.check)
    found = ctx.graph.resolver.resolve(ctx.path, reference.index)
    if not found:
        raise Refused(f"It is not known what `{reference.name}` is the name of here.")
    return _of_entities(ctx, reference, found)


def _of_entities(ctx: RefactorContext, reference: Reference, resolved: Resolved) -> Subject:
    name = reference.name
    if not resolved:
        raise Refused(f"It is not known what `{name}` means here.")
    if all(sure is Confidence.BY_NAME for _, sure in resolved):
        raise Refused(f"Nothing but its name says what `{name}` means here.")
    seeds = [
        one.id
        for one, sure in resolved
        if isinstance(one, SymbolEntity | InstanceEntity) and sure is not Confidence.BY_NAME
    ]
    if not seeds:
        return _of_other_entity(ctx, name, [one for one, _ in resolved])
    named = [one for one in seeds if one.index < 0 or _is_called(ctx, one, name)]
    if not named:
        known = ctx.graph.symbol(seeds[0]).name
        raise Refused(f"`{name}` is another name of `{known}`, given to it elsewhere.")
    subject = of_symbols(ctx.graph, named[:1], ctx.check)
    apart = [one for one in named if one not in subject.symbols]
    if apart:
        others = " and ".join(f"`{ctx.graph.qualname(one)}`" for one in (named[0], apart[0]))
        raise Refused(f"`{name}` may be {others} here.")
    return subject


def _is_called(ctx: RefactorContext, one: SymbolId, name: str) -> bool:
    sigils = sigils_of(ctx.spec)
    return bare(ctx.graph.symbol(one).name, sigils) == bare(name, sigils)


def _of_other_entity(ctx: RefactorContext, name: str, entities: list[Entity]) -> Subject:
    for entity in entities:
        if isinstance(entity, ModuleEntity):
            return Subject(name, frozenset({name}), ctx.path, module=entity.paths[0])
        if isinstance(entity, FolderEntity):
            return Subject(name, frozenset({name}), ctx.path, module=entity.folder)
        if isinstance(entity, NamespaceEntity):
            raise Refused(f"`{name}` is a namespace, which many files may open.")
        if isinstance(entity, ExternalEntity):
            where = (
                "built in" if entity.name.startswith("<") else "defined outside of the workspace"
            )
            raise Refused(f"`{name}` is {where}.")
    raise Refused(f"It is not known what `{name}` means here.")


# Arguments.


def called_with(graph: CodeGraph, path: str, keyword: Reference) -> list[SymbolId]:
    """What is called with an argument of that name; only what more than its name says."""
    bindings = graph.resolver.bindings(path)
    if bindings is None:
        return []
    found = [one.id for one, _ in graph.resolver.called_at(bindings, path, keyword.start)]
    callee = callee_of(graph, path, keyword) if not found else None
    if callee is None:
        return found
    return [
        entity.id
        for entity, sure in graph.resolver.resolve(path, callee.index)
        if isinstance(entity, SymbolEntity) and sure is not Confidence.BY_NAME
    ]


def callee_of(graph: CodeGraph, path: str, keyword: Reference) -> Reference | None:
    """The name that is called with an argument of a name."""
    bindings = graph.resolver.bindings(path)
    text = graph.workspace.text(path)
    if bindings is None or text is None:
        return None
    facts = bindings.facts
    at = bindings.typed.get(keyword.start)
    if at is not None:
        return facts.reference_at(at)
    spec = bindings.spec
    node = tree_of(spec.id, text).root.named_descendant_for_byte_range(keyword.start, keyword.end)
    while node is not None:
        call = spec.call(node, text)
        if call is not None and call.list_span.covers(keyword.span):
            inside = [facts.reference(one) for one in facts.references_in(call.callee)]
            before = [one for one in inside if one.role is Role.CALL] or inside
            return before[-1] if before else None
        node = node.parent
    return None


def parameters_named(graph: CodeGraph, path: str, keyword: Reference) -> tuple[Location, ...]:
    """The parameters that the name of an argument fills."""
    known = parameters_at(graph, path, keyword.start)
    if known:
        return known
    found: dict[Location, None] = {}
    names = {keyword.name}
    for one in called_with(graph, path, keyword):
        callee = called_symbol(graph, one)
        facts = graph.resolver.facts(callee.path)
        spec = graph.spec(callee.path)
        if facts is None or callee.index < 0 or spec is None:
            continue
        if facts.symbol_kind(callee.index) not in CALLABLE_KINDS:
            continue
        symbol = facts.symbol(callee.index)
        sigils = sigils_of(spec)
        for index in facts.references_in(Span(symbol.name_span.end, symbol.body_start)):
            reference = facts.reference(index)
            if reference.role is Role.BIND and bare(reference.name, sigils) in names:
                found[Location(callee.path, reference.span)] = None
                break
    return tuple(found)


@lru_cache(maxsize=8)
def tree_of(language_id: str, text: bytes) -> Parsed:
    """The tree of a text; the last few are kept, since one file is asked for many names."""
    return parse_politely(language(language_id), text)


# Aliases.


def alias_at(
    bindings: FileBindings, text: bytes, reference: Reference, by_text: bool
) -> int | None:
    """The import that gives a name of its own to what it imports, where a name is that one."""
    if reference.role is Role.IMPORT:
        for index, item in enumerate(bindings.imports):
            if (
                item.span.contains(reference.start)
                and item.alias == reference.name
                and reference.start == _alias_token(bindings, index)
                and is_alias(text, bindings, index, by_text)
                and not (item.name == reference.name and item.name_span.contains(reference.start))
                and (reference.start >= item.name_span.end or not item.reexport)
            ):
                overlaps = item.name_span.start <= reference.start < item.name_span.end
                if not overlaps or item.name in ("", "default", "*"):
                    return index
        return None
    if reference.role is Role.DEFINE:
        return None
    for binding in bindings.lookup(reference.name, reference.start):
        if binding.kind is BindingKind.IMPORT and is_alias(text, bindings, binding.index, by_text):
            return binding.index
    return None


def is_alias(text: bytes, bindings: FileBindings, index: int, by_text: bool) -> bool:
    """Whether an import binds a name that is not what it imports is called."""
    item = bindings.imports[index]
    if not item.alias or item.alias == item.name or item.reexport:
        return False
    if item.name:
        return True
    written = text[item.name_span.start : item.name_span.end].decode("utf-8", "replace")
    token = _alias_token(bindings, index)
    if by_text:
        return token is not None
    return (
        token is not None
        and not (
            item.name_span.contains(token) and written != item.alias and item.module in written
        )
        and not (written == item.module and item.name_span.contains(token))
    )


def _alias_token(bindings: FileBindings, index: int) -> int | None:
    """Where the name that an import binds is written in it: behind what it imports, or before."""
    item = bindings.imports[index]
    facts = bindings.facts
    found = [
        one.start
        for one in (facts.reference(at) for at in facts.references_in(item.span))
        if one.name == item.alias
    ]
    behind = [start for start in found if start >= item.name_span.end]
    return next(iter(behind or found), None)


def of_alias(graph: CodeGraph, path: str, index: int, name: str) -> Subject:
    """The name that an import gives."""
    plain = bare(name, sigils_of(graph.spec(path)))
    return Subject(plain, frozenset({name}), path, aliases=frozenset({(path, index)}))


# Local names.


def of_local(
    graph: CodeGraph,
    path: str,
    reference: Reference,
    resolved: Resolved,
    check: Callable[[], None],
) -> Subject:
    """A local name; a parameter with those that overriding functions have in its place."""
    given = [
        one.id
        for one, _ in resolved
        if isinstance(one, SymbolEntity) and reference.role is Role.BIND
    ]
    if given:
        return of_symbols(graph, given[:1], check)
    bound = frozenset(span.start for span in local_bindings_at(graph, path, reference.start))
    bindings = graph.resolver.bindings(path)
    if bindings is None or not bound:
        raise Refused(f"It is not known what `{reference.name}` means here.")
    first = bindings.facts.reference_at(min(bound))
    fixture = graph.resolver.resolve(path, first.index) if first is not None else ()
    seeds = [one.id for one, _ in fixture if isinstance(one, SymbolEntity)]
    if seeds and first is not None and first.role is Role.BIND:
        return of_symbols(graph, seeds[:1], check)
    twin = _field_of_parameter(bindings, bound)
    if twin is not None:
        return of_symbols(graph, [SymbolId(path, twin)], check)
    subject = Subject(
        bare(reference.name, sigils_of(bindings.spec)),
        frozenset({reference.name, bare(reference.name, sigils_of(bindings.spec))}),
        path,
        locals={path: bound},
    )
    spec = bindings.spec
    owner = parameter_of(bindings, min(bound))
    if owner is None:
        return subject
    if _is_receiver(bindings, owner, reference.name):
        return subject
    callables = frozenset({SymbolId(path, owner)})
    if not spec.arguments.keywords:
        return replace(subject, callables=callables)
    return _with_overriding(graph, subject, SymbolId(path, owner), check)


def _is_receiver(bindings: FileBindings, callable_index: int, name: str) -> bool:
    """Whether a parameter is the receiver, which calls never name."""
    symbol = bindings.facts.symbol(callable_index)
    parameters = bindings.spec.signature(symbol.signature).parameters
    if not parameters or parameters[0].name != name:
        return False
    member = symbol.container >= 0 and bindings.facts.symbol_kind(symbol.container) in TYPE_KINDS
    first = bindings.spec.arguments.first_is_receiver and member
    return parameters[0].kind is ParameterKind.RECEIVER or (
        first and not symbol.flags & SymbolFlag.STATIC
    )


def parameter_of(bindings: FileBindings, offset: int) -> int | None:
    """The callable whose parameter is bound at an offset."""
    facts = bindings.facts
    found: int | None = None
    for index in range(facts.symbol_count):
        if facts.symbol_start(index) > offset:
            break
        if facts.symbol_kind(index) not in CALLABLE_KINDS:
            continue
        symbol = facts.symbol(index)
        if symbol.name_span.end <= offset < symbol.body_start:
            found = index
    return found


def _field_of_parameter(bindings: FileBindings, bound: frozenset[int]) -> int | None:
    """The member that a parameter declares at once: PHP's promoted ones."""
    facts = bindings.facts
    for offset in bound:
        reference = facts.reference_at(offset)
        if reference is None:
            continue
        for index in facts.symbols_named(bare(reference.name, sigils_of(bindings.spec))):
            start = facts.symbol_name_start(index)
            if reference.start <= start < reference.end:
                return index
    return None


def _with_overriding(
    graph: CodeGraph, subject: Subject, function: SymbolId, check: Callable[[], None]
) -> Subject:
    """A parameter together with those of the same name in overridden and overriding functions."""
    family = symbols_together(graph, [function], check)
    places: dict[str, frozenset[int]] = dict(subject.locals)
    callables = {function}
    for member in sorted(family - {function}):
        bindings = graph.resolver.bindings(member.path)
        if bindings is None or bindings.facts.symbol_kind(member.index) not in CALLABLE_KINDS:
            continue
        symbol = bindings.facts.symbol(member.index)
        for at in bindings.facts.references_in(Span(symbol.name_span.end, symbol.body_start)):
            one = bindings.facts.reference(at)
            if one.role is Role.BIND and one.name in subject.names:
                bound = {span.start for span in local_bindings_at(graph, member.path, one.start)}
                places[member.path] = places.get(member.path, frozenset()) | bound
                callables.add(member)
                break
    return replace(subject, locals=places, callables=frozenset(callables))


# Symbols.


def of_symbols(graph: CodeGraph, seeds: Iterable[SymbolId], check: Callable[[], None]) -> Subject:
    """Symbols with all that must be called as they are."""
    listed = list(seeds)
    first = listed[0]
    if first.index < 0:
        stem = first.path.rpartition("/")[2].partition(".")[0]
        return Subject(stem, frozenset({stem}), first.path, module=first.path)
    symbols = symbols_together(graph, listed, check)
    names = {graph.symbol(one).name for one in symbols}
    sigils = sigils_of(graph.spec(first.path))
    name = bare(graph.symbol(first).name, sigils)
    spelled = {one for one in names if bare(one, sigils) == name} | {name}
    subject = Subject(name, frozenset(spelled), first.path, symbols=frozenset(symbols))
    return _with_parameters(graph, subject)


def _with_parameters(graph: CodeGraph, subject: Subject) -> Subject:
    """Members that are parameters at once are local names too."""
    places: dict[str, set[int]] = {}
    callables: set[SymbolId] = set()
    names = set(subject.names)
    for one in subject.symbols:
        bindings = graph.resolver.bindings(one.path)
        if bindings is None or bindings.facts.symbol_kind(one.index) not in _VALUES:
            continue
        start = bindings.facts.symbol_name_start(one.index)
        inside = parameter_of(bindings, start)
        if inside is None:
            continue
        callables.add(SymbolId(one.path, inside))
        at = bindings.facts.reference_at(start)
        if at is not None and at.role is Role.BIND:
            names.add(at.name)
            places.setdefault(one.path, set()).update(
                span.start for span in local_bindings_at(graph, one.path, at.start)
            )
    if not callables:
        return subject
    return replace(
        subject,
        names=frozenset(names),
        callables=frozenset(callables),
        locals={path: frozenset(held) for path, held in places.items()},
    )


def symbols_together(
    graph: CodeGraph, seeds: Iterable[SymbolId], check: Callable[[], None]
) -> set[SymbolId]:
    """Symbols that must have one name: overridden and overriding members, overloads, declarations
    with their definitions, parts of one type, a type with its constructors.
    """
    found: set[SymbolId] = set()
    waiting = list(seeds)
    while waiting:
        one = waiting.pop()
        if one in found or one.index < 0:
            continue
        check()
        found.add(one)
        waiting.extend(other for other in _beside(graph, one, check) if other not in found)
    return found


def _beside(graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None]) -> Iterator[SymbolId]:
    facts = graph.resolver.facts(symbol_id.path)
    spec = graph.spec(symbol_id.path)
    if facts is None or spec is None:
        return
    symbol = facts.symbol(symbol_id.index)
    yield from _same_place(facts, spec, symbol_id)
    if symbol.kind in TYPE_KINDS:
        for part in graph.resolver.other_parts(symbol_id):
            if graph.symbol(part).kind in TYPE_KINDS:
                yield part
        yield from _constructors(graph, symbol_id, spec, symbol.name)
    elif _is_constructor(graph, symbol_id, spec):
        owner = owner_of(graph, symbol_id)
        if owner is not None:
            yield owner
        return
    if spec.shapes.renaming.declared_apart:
        yield from _declared_apart(graph, symbol_id, spec)
    owner = owner_of(graph, symbol_id)
    if owner is None:
        return
    if symbol.kind not in TYPE_KINDS:
        yield from _compatible(graph, symbol_id, spec, overrides(graph, symbol_id))
        yield from _compatible(graph, symbol_id, spec, overridden_by(graph, symbol_id, check))
    if spec.shapes.renaming.open_objects and symbol.kind not in TYPE_KINDS:
        yield from _of_that_type(graph, symbol_id, owner, spec)
    for spelling in _spellings(facts, symbol_id):
        for path, _, index in graph.resolver.defined(spelling, spec.group):
            other = SymbolId(path, index)
            if other != symbol_id and _same_owner(graph, owner, owner_of(graph, other)):
                yield from _compatible(graph, symbol_id, spec, [other])


def _spellings(facts: FileFacts, symbol_id: SymbolId) -> set[str]:
    """The names of members that stand for one: a property's variable and its setter."""
    name = facts.symbol_name(symbol_id.index)
    kind = facts.symbol_kind(symbol_id.index)
    if kind is SymbolKind.PROPERTY:
        return {name, f"@{name}", f"{name}="}
    if name.startswith("@") and not name.startswith("@@"):
        owner = facts.symbol_container(symbol_id.index)
        has_property = any(
            facts.symbol_kind(one) is SymbolKind.PROPERTY and facts.symbol_container(one) == owner
            for one in facts.symbols_named(name[1:])
        )
        return {name, name[1:], f"{name[1:]}="} if has_property else {name}
    if name.endswith("=") and len(name) > 1:
        return {name, name[:-1]}
    return {name}


def _compatible(
    graph: CodeGraph, symbol_id: SymbolId, spec: LanguageSpec, others: Iterable[SymbolId]
) -> Iterator[SymbolId]:
    """Those that a name means together with a symbol: methods and values may live side by side."""
    kind = graph.symbol(symbol_id).kind
    for other in others:
        if not spec.methods_apart or sort_of(kind) == sort_of(graph.symbol(other).kind):
            yield other


def sort_of(kind: SymbolKind) -> str:
    """`type`, `callable` or `value`."""
    if kind in TYPE_KINDS:
        return "type"
    return "callable" if kind in CALLABLE_KINDS else "value"


def _same_place(facts: FileFacts, spec: LanguageSpec, symbol_id: SymbolId) -> Iterator[SymbolId]:
    """Definitions of the name beside a symbol: overloads, branches, getters and setters."""
    container = facts.symbol_container(symbol_id.index)
    owner = facts.symbol_owner(symbol_id.index)
    kind = facts.symbol_kind(symbol_id.index)
    for index in facts.symbols_named(facts.symbol_name(symbol_id.index)):
        if facts.symbol_container(index) != container or facts.symbol_owner(index) != owner:
            continue
        other = facts.symbol_kind(index)
        if other in (SymbolKind.IMPLEMENTATION, SymbolKind.MODULE, SymbolKind.NAMESPACE):
            continue
        if index != symbol_id.index and (not spec.methods_apart or sort_of(kind) == sort_of(other)):
            yield SymbolId(symbol_id.path, index)


def _constructors(
    graph: CodeGraph, type_id: SymbolId, spec: LanguageSpec, name: str
) -> Iterator[SymbolId]:
    if spec.constructor_names:
        return
    for spelling in (name, f"~{name}"):
        for path, facts, index in graph.resolver.defined(spelling, spec.group):
            kind = facts.symbol_kind(index)
            if kind is not SymbolKind.CONSTRUCTOR and not spelling.startswith("~"):
                continue
            if _same_owner(graph, type_id, owner_of(graph, SymbolId(path, index))):
                yield SymbolId(path, index)


def _is_constructor(graph: CodeGraph, symbol_id: SymbolId, spec: LanguageSpec) -> bool:
    symbol = graph.symbol(symbol_id)
    return not spec.constructor_names and (
        symbol.kind is SymbolKind.CONSTRUCTOR or symbol.name.startswith("~")
    )


def owner_of(graph: CodeGraph, symbol_id: SymbolId) -> SymbolId | None:
    """The type that a member belongs to; None for anything else."""
    symbol = graph.symbol(symbol_id)
    if symbol.owner:
        return graph.resolver.owner_of(symbol_id)
    if symbol.container < 0:
        return None
    container = SymbolId(symbol_id.path, symbol.container)
    kind = graph.symbol(container).kind
    if kind is SymbolKind.IMPLEMENTATION:
        return graph.resolver.implemented(container)
    if kind in TYPE_KINDS or (kind in _VALUES and symbol.kind in MEMBER_KINDS):
        return container
    return None


def _of_that_type(
    graph: CodeGraph, symbol_id: SymbolId, owner: SymbolId, spec: LanguageSpec
) -> Iterator[SymbolId]:
    """The members of objects that are declared to be of a member's type, and vice versa."""
    name = graph.symbol(symbol_id).name
    if graph.symbol(owner).kind in _VALUES:
        for type_id in declared_types(graph, owner):
            yield from graph.resolver.own_members(type_id, name)
        return
    for path, _, index in graph.resolver.defined(name, spec.group):
        other = SymbolId(path, index)
        value = owner_of(graph, other) if other != symbol_id else None
        if value is None or graph.symbol(value).kind not in _VALUES:
            continue
        for type_id in declared_types(graph, value):
            everyone = {type_id, *(base for base, _ in graph.resolver.ancestors(type_id))}
            if owner in everyone:
                yield other


def declared_types(graph: CodeGraph, value: SymbolId) -> list[SymbolId]:
    """The types of the workspace that a variable is declared or known to be of."""
    bindings = graph.resolver.bindings(value.path)
    if bindings is None:
        return []
    start = bindings.facts.symbol_name_start(value.index)
    return [
        entity.id
        for entity, _ in graph.resolver.declared(bindings, value.path, start, 1)
        if isinstance(entity, InstanceEntity)
    ]


def _same_owner(graph: CodeGraph, owner: SymbolId, other: SymbolId | None) -> bool:
    if other is None:
        return False
    return other == owner or any(part == other for part in graph.resolver.other_parts(owner))


def _declared_apart(
    graph: CodeGraph, symbol_id: SymbolId, spec: LanguageSpec
) -> Iterator[SymbolId]:
    """The declarations of a definition and the other way round, in other files too."""
    facts = graph.resolver.facts(symbol_id.path)
    if facts is None or owner_of(graph, symbol_id) is not None:
        return
    flags = facts.symbol_flags(symbol_id.index)
    dotted = graph.resolver.qualified(symbol_id.path, facts, symbol_id.index)
    kind = facts.symbol_kind(symbol_id.index)
    for path, other, index in graph.resolver.defined(
        facts.symbol_name(symbol_id.index), spec.group
    ):
        if (path, index) == (symbol_id.path, symbol_id.index):
            continue
        both = flags | other.symbol_flags(index)
        if path != symbol_id.path and both & SymbolFlag.STATIC:
            continue
        if sort_of(other.symbol_kind(index)) != sort_of(kind) or not both & SymbolFlag.ABSTRACT:
            continue
        if graph.resolver.qualified(path, other, index) == dotted:
            yield SymbolId(path, index)
