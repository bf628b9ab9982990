"""Who has to follow when a signature changes: the definitions that share it, and all calls of them.

Owns the judgement whether all callers are known. What becomes of a call is told by `signature.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.entities import MEMBER_KINDS
from pairwright_analyzers.graph.queries import (
    all_subtypes_of,
    called_symbol,
    overrides,
    references_to,
    resolve,
)
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.references import BY_NAME, Place, References
from pairwright_analyzers.refactors.subjects import Subject, owner_of, symbols_together
from pairwright_analyzers.signatures import call_problem
from pairwright_analyzers.sites import (
    CallSite,
    call_at,
    call_site_at,
    passes_receiver,
    signature_at,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Confidence,
    Role,
    Signature,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

_DECORATOR = re.compile(r"[@\[#,]\s*\[?([\w.:]+)")
_MEMBER = frozenset({b".", b"[", b"?", b":"})
_SPECIAL = re.compile(r"__\w+")
_NOT_A_NAME = re.compile(r"[^\w$#@?!]|=$")


@dataclass(frozen=True, slots=True)
class Caller:
    """One call, and the definition that it means. `signature` is that definition's."""

    site: CallSite
    callee: SymbolId
    signature: Signature

    @property
    def bound(self) -> bool:
        return bool(self.site.bound)

    @property
    def where(self) -> str:
        """Path and line."""
        place = self.site.location
        line = self.site.text.count(b"\n", 0, place.span.start) + 1
        return f"{place.path}:{line}"


def is_constructor(graph: CodeGraph, symbol_id: SymbolId) -> bool:
    """Whether a callable is called by its type's name."""
    spec = graph.spec(symbol_id.path)
    symbol = graph.symbol(symbol_id)
    return symbol.kind is SymbolKind.CONSTRUCTOR or (
        spec is not None and symbol.name in spec.constructor_names and symbol.container >= 0
    )


# Definitions.


def family_of(ctx: RefactorContext, header: Header) -> tuple[SymbolId, ...]:
    """A callable with all that must have the same parameters: overridden and overriding ones,
    declarations of it. Raises `Refused` where one of them is not known or not ours.
    """
    graph, spec, symbol = ctx.graph, header.ctx.spec, header.symbol
    _refuse_odd(header)
    if header.id.path.endswith(spec.shapes.headers.outside_files):
        raise Refused(f"{header.id.path} says what is defined outside of the workspace.")
    if is_constructor(graph, header.id):
        if spec.shapes.headers.implicit_constructors:
            raise Refused("Constructors are called where nothing says so.")
        _refuse_enumeration(graph, header.id)
        return (header.id,)
    together = [
        one
        for one in sorted(symbols_together(graph, [header.id], ctx.check))
        if graph.symbol(one).kind in CALLABLE_KINDS and not is_constructor(graph, one)
    ]
    same = [one for one in together if one == header.id or _is_same(graph, header, one)]
    for one in same:
        _refuse_odd_symbol(graph, spec, one)
    _refuse_outside(graph, spec, same)
    _refuse_unlinked_interface(graph, spec, header, same)
    places: dict[tuple[str, int, str], int] = {}
    for one in same:
        other = graph.symbol(one)
        if other.flags & SymbolFlag.ABSTRACT or not _has_body(other):
            continue
        key = (one.path, other.container, other.owner)
        places[key] = places.get(key, 0) + 1
        if places[key] > 1 and not spec.shapes.renaming.declared_apart:
            raise Refused(f"`{symbol.name}` is defined more than once.")
    apart = spec.shapes.renaming.declared_apart
    if (
        apart
        and owner_of(graph, header.id) is None
        and not any(map(_has_body, map(graph.symbol, same)))
    ):
        raise Refused(f"`{symbol.name}` is defined outside of the workspace.")
    declared = any(graph.symbol(one).flags & SymbolFlag.ABSTRACT for one in same)
    if symbol.owner and spec.shapes.renaming.declared_apart and not declared:
        raise Refused(f"The declaration of `{symbol.name}` is not found.")
    if spec.shapes.renaming.declared_apart and not symbol.owner:
        _refuse_other_definition(graph, spec, header, same)
    _refuse_sibling(graph, header, same, ctx.check)
    _refuse_handed_on(graph, header, ctx.check)
    _refuse_twin(graph, spec, header, same)
    _refuse_mentioned(graph, header)
    return (header.id, *(one for one in same if one != header.id))


def _has_body(symbol: Symbol) -> bool:
    return symbol.body_start < symbol.span.end


def _refuse_odd(header: Header) -> None:
    symbol, spec = header.symbol, header.ctx.spec
    if symbol.kind is SymbolKind.MACRO:
        raise Refused("A macro's parameters are not changed.")
    _refuse_odd_symbol(header.ctx.graph, spec, header.id)


def _refuse_odd_symbol(graph: CodeGraph, spec: LanguageSpec, one: SymbolId) -> None:
    symbol = graph.symbol(one)
    name = symbol.name
    if spec.is_test_symbol(one.path, symbol):
        raise Refused(f"`{name}` is a test: what runs it gives the arguments.")
    if symbol.flags & SymbolFlag.OVERLOAD:
        raise Refused(f"`{name}` is overloaded.")
    if name in spec.constructor_names or symbol.kind is SymbolKind.CONSTRUCTOR:
        return
    special = _SPECIAL.match(name) and not spec.shapes.headers.typed
    if special and name.endswith("__"):
        raise Refused(f"`{name}` is called by the language.")
    if _NOT_A_NAME.search(name) or name in spec.shapes.renaming.contracts or name == "main":
        raise Refused(f"`{name}` is called from outside of the workspace.")
    if name in spec.shapes.headers.called_outside and (
        symbol.container >= 0 or symbol.owner or spec.shapes.headers.untyped
    ):
        raise Refused(f"`{name}` may be called from outside of the workspace.")
    if symbol.flags & SymbolFlag.PROPERTY:
        raise Refused(f"`{name}` is a property.")
    if symbol.flags & SymbolFlag.DECORATED:
        _refuse_decorated(graph, spec, one, symbol)


def _refuse_decorated(graph: CodeGraph, spec: LanguageSpec, one: SymbolId, symbol: Symbol) -> None:
    text = graph.workspace.text(one.path) or b""
    head = text[symbol.span.start : symbol.name_span.start].decode("utf-8", "replace")
    if "@" not in head and "[" not in head:
        head = text[max(0, symbol.span.start - 200) : symbol.name_span.start].decode(
            "utf-8", "replace"
        )
    for match in _DECORATOR.finditer(head):
        last = match.group(1).rpartition(".")[2].rpartition(":")[2]
        if last and last not in spec.shapes.headers.decorators:
            raise Refused(f"`{symbol.name}` is decorated by `{match.group(1)}`.")


def _is_same(graph: CodeGraph, header: Header, other: SymbolId) -> bool:
    """Whether another definition has to follow, and is no overload of the first."""
    spec = header.ctx.spec
    if not spec.arguments.overloads:
        return True
    ours, theirs = header.signature, signature_at(graph, other)
    if _count(ours) != _count(theirs):
        if owner_of(graph, other) == owner_of(graph, header.id):
            return False
        # An override may take fewer in TypeScript; anything else is an overload of its own.
        return spec.arguments.overrides_may_take_fewer
    ours_types = [_type(one.annotation) for one in ours.parameters]
    theirs_types = [_type(one.annotation) for one in theirs.parameters]
    if ours_types == theirs_types or spec.arguments.overrides_may_take_fewer:
        return True
    if owner_of(graph, other) == owner_of(graph, header.id):
        return False
    raise Refused(f"It is not known whether all `{header.name}` are the same.")


def _count(signature: Signature) -> int:
    return len(signature.parameters) - passes_receiver(signature)


def _type(annotation: str) -> str:
    return "".join(word for word in annotation.split() if word not in ("final", "const"))


def _refuse_enumeration(graph: CodeGraph, constructor: SymbolId) -> None:
    owner = owner_of(graph, constructor)
    if owner is not None and graph.symbol(owner).kind is SymbolKind.ENUM:
        raise Refused("The members of an enumeration call its constructor.")


def _refuse_unlinked_interface(
    graph: CodeGraph, spec: LanguageSpec, header: Header, family: Container[SymbolId]
) -> None:
    """Raises `Refused` where a type may satisfy an interface that it does not name (Go)."""
    if graph.resolver.family(spec).interfaces_of is None or owner_of(graph, header.id) is None:
        return
    for path, facts, index in graph.resolver.defined(header.name, spec.group):
        other = SymbolId(path, index)
        if other in family or not facts.symbol_flags(index) & SymbolFlag.ABSTRACT:
            continue
        owner = owner_of(graph, other)
        if owner is None or graph.symbol(owner).kind is not SymbolKind.INTERFACE:
            continue
        if _count(signature_at(graph, other)) == _count(header.signature):
            raise Refused(f"It may be the `{header.name}` that `{graph.symbol(owner).name}` wants.")


def _refuse_twin(
    graph: CodeGraph, spec: LanguageSpec, header: Header, family: Container[SymbolId]
) -> None:
    """Raises `Refused` where another file of the folder defines the same function: which of them
    is built depends on the target.
    """
    if not spec.shapes.renaming.shared_by_folder:
        return
    folder = header.id.path.rpartition("/")[0]
    owner = owner_of(graph, header.id)
    for path, facts, index in graph.resolver.defined(header.name, spec.group):
        other = SymbolId(path, index)
        if path.rpartition("/")[0] != folder or other in family:
            continue
        if facts.symbol_kind(index) not in CALLABLE_KINDS:
            continue
        theirs = owner_of(graph, other)
        same_owner = (owner is None) == (theirs is None) and (
            owner is None or theirs is None or graph.symbol(owner).name == graph.symbol(theirs).name
        )
        apart = facts.symbol_owner(index) == header.symbol.owner
        if same_owner and apart and facts.symbol_container(index) == header.symbol.container < 0:
            raise Refused(f"`{header.name}` is defined in {path} too.")


def _refuse_other_definition(
    graph: CodeGraph, spec: LanguageSpec, header: Header, family: Container[SymbolId]
) -> None:
    """Raises `Refused` where several programs define a function, which something calls by its name
    when it runs.
    """
    symbol = header.symbol
    if symbol.flags & SymbolFlag.STATIC or symbol.container >= 0:
        return
    for path, facts, index in graph.resolver.defined(header.name, spec.group):
        flags = facts.symbol_flags(index)
        if SymbolId(path, index) in family or facts.symbol_container(index) >= 0:
            continue
        if flags & (SymbolFlag.ABSTRACT | SymbolFlag.STATIC) or facts.symbol_owner(index):
            continue
        same = path != header.id.path or not spec.arguments.overloads
        if same and facts.symbol_kind(index) in CALLABLE_KINDS:
            raise Refused(f"`{header.name}` is defined in {path} too.")


def _refuse_mentioned(graph: CodeGraph, header: Header) -> None:
    """Raises `Refused` where a text names a function behind a dot: who reads it calls it."""
    if header.symbol.container >= 0 or header.symbol.owner:
        return
    pattern = re.compile(rf"[\"'.:\w][.:]{re.escape(header.name)}[\"']".encode())
    for path in graph.workspace.paths():
        text = graph.workspace.text(path)
        found = pattern.search(text) if text is not None else None
        if found is not None and text is not None:
            line = text.count(b"\n", 0, found.start()) + 1
            raise Refused(f"{path}:{line} names `{header.name}` in a text.")


def _refuse_sibling(
    graph: CodeGraph, header: Header, family: Container[SymbolId], check: Callable[[], None]
) -> None:
    """Raises `Refused` where a derived type has another base with such a method: which of them it
    stands for is not known.
    """
    owner = owner_of(graph, header.id)
    if owner is None or graph.symbol(owner).kind not in TYPE_KINDS:
        return
    for link in all_subtypes_of(graph, owner, check):
        for base, _ in graph.resolver.ancestors(link.target):
            for other in graph.resolver.own_members(base, header.name):
                if other not in family and graph.symbol(other).kind in CALLABLE_KINDS:
                    derived, named = graph.symbol(link.target).name, graph.symbol(base).name
                    raise Refused(f"`{derived}` has a `{header.name}` of `{named}` too.")


def _refuse_handed_on(graph: CodeGraph, header: Header, check: Callable[[], None]) -> None:
    """Raises `Refused` for a member of an object that is written out and passed on as a value."""
    container = header.symbol.container
    if container < 0:
        return
    holder = SymbolId(header.id.path, container)
    if graph.symbol(holder).kind not in (SymbolKind.VARIABLE, SymbolKind.CONSTANT):
        return
    for use in references_to(graph, holder, check):
        text = graph.workspace.text(use.location.path) or b""
        if use.role is not Role.READ or text[use.location.span.end :].lstrip()[:1] in _MEMBER:
            continue
        bindings = graph.resolver.bindings(use.location.path)
        spans = [one.span for one in bindings.imports if one.reexport] if bindings else []
        if not any(span.covers(use.location.span) for span in spans):
            line = text.count(b"\n", 0, use.location.span.start) + 1
            name = graph.symbol(holder).name
            raise Refused(f"{use.location.path}:{line} passes `{name}` on.")


def _refuse_outside(graph: CodeGraph, spec: LanguageSpec, family: Iterable[SymbolId]) -> None:
    """Raises `Refused` where a member overrides, or may override, one outside of the workspace."""
    renaming = spec.shapes.renaming
    for one in family:
        symbol = graph.symbol(one)
        owner = owner_of(graph, one)
        if owner is None or symbol.kind not in MEMBER_KINDS:
            continue
        if symbol.flags & SymbolFlag.OVERRIDE and not overrides(graph, one):
            raise Refused(f"`{symbol.name}` overrides what is outside of the workspace.")
        if symbol.flags & SymbolFlag.PRIVATE and not spec.arguments.first_is_receiver:
            continue
        if not renaming.implicit_overrides or symbol.name.startswith(("__", "#")):
            continue
        everyone = (owner, *(base for base, _ in graph.resolver.ancestors(owner)))
        for dotted in (name for base in everyone for name in graph.resolver.outside_bases(base)):
            if renaming.outside_member(dotted, symbol.name) is not False:
                bare = dotted.removeprefix("<builtin>.")
                raise Refused(
                    f"`{graph.symbol(owner).name}` inherits from `{bare}`, which is outside of the"
                    f" workspace and may call `{symbol.name}`."
                )


def overloads_beside(header: Header, family: Container[SymbolId]) -> list[SymbolId]:
    """Definitions of the same name in the same place that are not changed."""
    if not header.ctx.spec.arguments.overloads:
        return []
    facts = header.ctx.facts
    return [
        SymbolId(header.id.path, index)
        for index in facts.symbols_named(header.name)
        if facts.symbol_container(index) == header.symbol.container
        and facts.symbol_owner(index) == header.symbol.owner
        and facts.symbol_kind(index) in CALLABLE_KINDS
        and SymbolId(header.id.path, index) not in family
    ]


# Calls.


def callers_of(
    ctx: RefactorContext, header: Header, family: tuple[SymbolId, ...], *, adds: bool
) -> tuple[Caller, ...]:
    """All calls of a family. Raises `Refused` where somebody else may call it, or it is used in
    another way. `adds` says that calls without arguments get one.
    """
    search = _Search(ctx, header, family, adds=adds)
    found: dict[tuple[str, int], Caller] = {}
    for subject in search.subjects():
        references = References(ctx.graph, subject, header.ctx.spec.group, ctx.check)
        for place in references:
            caller = search.judged(place)
            if caller is not None:
                found.setdefault((place.path, place.span.start), caller)
        if references.unreadable:
            raise Refused(f"{references.unreadable[0]} cannot be read whole.")
    for place in search.linked():
        if (place.path, place.span.start) not in found:
            caller = search.judged(place)
            if caller is not None:
                found[place.path, place.span.start] = caller
    search.refuse_hidden(set(found))
    if not search.constructs:
        search.refuse_held()
    return tuple(found[key] for key in sorted(found))


class _Search:
    """The search for the callers of one family."""

    def __init__(
        self, ctx: RefactorContext, header: Header, family: tuple[SymbolId, ...], *, adds: bool
    ) -> None:
        self._ctx = ctx
        self._adds = adds
        self._graph = ctx.graph
        self._header = header
        self._family = family
        self._types = self._constructed() if is_constructor(ctx.graph, header.id) else frozenset()
        self._files: dict[str, RefactorContext] = {}

    @property
    def constructs(self) -> bool:
        """Whether the callable is called by its type's name."""
        return bool(self._types)

    def _constructed(self) -> frozenset[SymbolId]:
        """The types whose name calls the constructor."""
        graph = self._graph
        owner = owner_of(graph, self._header.id)
        if owner is None:
            raise Refused(f"The type of `{self._header.name}` is not known.")
        found = {owner}
        for link in all_subtypes_of(graph, owner, self._ctx.check):
            if called_symbol(graph, link.target) == self._header.id:
                found.add(link.target)
        return frozenset(found)

    def subjects(self) -> Iterable[Subject]:
        """What to look for: the callables, and the types that are called in their place."""
        name = self._header.symbol.name
        yield Subject(
            name, frozenset({name}), self._header.id.path, symbols=frozenset(self._family)
        )
        headers = self._header.ctx.shapes.headers
        words = headers.constructor_words if self._types else headers.base_words
        for word in sorted(words):
            yield Subject(
                word,
                frozenset({word}),
                self._header.id.path,
                symbols=frozenset({*self._family, *self._types}),
            )
        for one in sorted(self._types):
            type_name = self._graph.symbol(one).name
            yield Subject(type_name, frozenset({type_name}), one.path, symbols=frozenset({one}))

    def linked(self) -> Iterable[Place]:
        """What the graph knows to mean the callable, by whatever name an import gave it."""
        for one in (*self._family, *sorted(self._types)):
            for use in references_to(self._graph, one, self._ctx.check):
                doubt = BY_NAME if use.confidence is Confidence.BY_NAME else ""
                yield Place(use.location.path, use.location.span, doubt)

    def _file(self, path: str) -> RefactorContext:
        if path not in self._files:
            self._files[path] = self._ctx.at(path)
        return self._files[path]

    def judged(self, place: Place) -> Caller | None:
        """The call at a place; None for what does not matter. Raises `Refused` for other uses."""
        here = self._file(place.path)
        if self._is_definition(place):
            return None
        reference = here.facts.reference_at(place.span.start)
        if reference is None or reference.role is not Role.CALL:
            self._refuse_use(here, place, reference.role if reference else None)
            return None
        sites = [
            (site, one)
            for one in self._family
            if (
                site := call_site_at(
                    self._graph, one, here.parsed, place.path, reference.start, self._types
                )
            )
            is not None
        ]
        if sites:
            # A declaration may have default values that the definition has not.
            if here.shapes.renaming.declared_apart:
                sites += [(sites[0][0], one) for one in self._family]
            fitting = [pair for pair in sites if self._fits(*pair)]
            return self._caller(here, place, *(fitting or sites)[0])
        if place.doubt and not self._may_fit(here, reference.span):
            return None
        if self._means_other(place, reference.index):
            return None
        raise Refused(f"{self._where(place)} may call `{self._header.name}`.")

    def _caller(
        self, here: RefactorContext, place: Place, site: CallSite, one: SymbolId
    ) -> Caller | None:
        signature = signature_at(self._graph, one)
        spec = here.spec
        if passes_receiver(signature) and site.bound is None:
            raise Refused(f"It is not known how {self._where(place)} calls `{self._header.name}`.")
        self._refuse_other_mark(here, place)
        problem = call_problem(spec, signature, site.call, bound=bool(site.bound))
        others = [
            link.target
            for link in resolve(self._graph, place.path, site.reference)
            if link.target.index >= 0
            and link.target not in self._family
            and link.target not in self._types
            and self._graph.symbol(link.target).kind in CALLABLE_KINDS
        ] + self._overloads()
        fits_other = any(
            call_problem(spec, signature_at(self._graph, other), site.call, bound=bool(site.bound))
            is None
            for other in others
        )
        if problem is None and not fits_other:
            return Caller(site, one, signature)
        if problem is not None and fits_other:
            return None
        if problem is None:
            raise Refused(f"{self._where(place)} may call another `{self._header.name}`.")
        raise Refused(f"The call in {self._where(place)} does not fit: {problem}.")

    def _fits(self, site: CallSite, one: SymbolId) -> bool:
        signature = signature_at(self._graph, one)
        return call_problem(site.spec, signature, site.call, bound=bool(site.bound)) is None

    def _overloads(self) -> list[SymbolId]:
        return overloads_beside(self._header, self._family)

    def _refuse_other_mark(self, here: RefactorContext, place: Place) -> None:
        """Lua's `a.f(a)` for what is defined as `a:f()`, and the other way round."""
        mark = here.shapes.headers.method_mark.encode()
        if not mark:
            return
        symbol, text = self._header.symbol, self._header.ctx.text
        start = symbol.name_span.start
        defined = (
            text[start : start + 1] == mark
            or text[:start].rstrip().endswith(mark)
            or (mark in text[symbol.name_span.start : symbol.name_span.end])
        )
        called = here.text[: place.span.start].rstrip().endswith(mark)
        if defined != called:
            raise Refused(f"{self._where(place)} calls `{self._header.name}` in another way.")

    def _is_definition(self, place: Place) -> bool:
        for one in (*self._family, *self._types):
            if one.path == place.path and self._graph.symbol(one).name_span.covers(place.span):
                return True
        return False

    def _may_fit(self, here: RefactorContext, name: Span) -> bool:
        """Whether a call of something unknown could be one of ours."""
        reached = call_at(here.parsed, name)
        if reached is None:
            return True
        for one in self._family:
            signature = signature_at(self._graph, one)
            for bound in (True, False):
                if call_problem(here.spec, signature, reached[1], bound=bound) is None:
                    return True
        return False

    def _means_other(self, place: Place, reference: int) -> bool:
        """Whether a place surely means something else: not the family, but the type's own name."""
        if place.doubt:
            return False
        links = resolve(self._graph, place.path, reference)
        if self._types and any(link.target in self._family for link in links):
            return False
        return bool(links) and not any(
            link.target in self._family or link.target in self._types for link in links
        )

    def _refuse_use(self, here: RefactorContext, place: Place, role: Role | None) -> None:
        if role in (Role.IMPORT, Role.INHERIT, Role.ANNOTATE, Role.DEFINE):
            return
        if self._is_passed_on(here, place):
            return
        words = here.shapes.headers.base_words
        if not self._types and here.source(place.span) in words:
            # All arguments are passed on, in whatever order both have them.
            return
        if here.spec.calls_by_name and role is Role.READ and not self._types:
            # Ruby's call without arguments.
            needed = any(
                not one.optional
                for id_ in self._family
                for one in signature_at(self._graph, id_).parameters
            )
            if not needed and not self._adds:
                return
        if self._types and self._is_type_only(here, place):
            return
        if place.doubt and role is not Role.READ and role is not None:
            return
        verb = "may use" if place.doubt else "uses"
        raise Refused(f"{self._where(place)} {verb} `{self._header.name}` without calling it.")

    def _is_passed_on(self, here: RefactorContext, place: Place) -> bool:
        """Whether a place is an import or export of the name."""
        node = here.parsed.root.named_descendant_for_byte_range(place.span.start, place.span.end)
        if node is not None and here.shapes.headers.exports(node, here.text):
            return True
        return any(
            item.span.covers(place.span) and (item.reexport or item.name_span.covers(place.span))
            for item in here.bindings.imports
        )

    def _is_type_only(self, here: RefactorContext, place: Place) -> bool:
        """Whether a type's name is not used as a value that can be called."""
        behind = here.text[place.span.end : place.span.end + 2]
        if behind[:1] in (b".", b"[") or behind == b"::" or behind == b"->":
            return True
        node = here.parsed.root.named_descendant_for_byte_range(place.span.start, place.span.end)
        parent = node.parent if node is not None else None
        if parent is not None and parent.type in ("except_clause", "binary_expression"):
            return True
        call = here.spec.call(parent.parent, here.text) if parent and parent.parent else None
        return call is not None and here.source(call.callee) in ("isinstance", "issubclass")

    def refuse_held(self) -> None:
        """Raises `Refused` where a method may be taken from an object that nobody knows, to be
        called later.
        """
        header, graph = self._header, self._graph
        if not header.ctx.shapes.headers.untyped or owner_of(graph, header.id) is None:
            return
        for path in graph.workspace.files_mentioning(header.name):
            spec, facts = graph.spec(path), graph.resolver.facts(path)
            if spec is None or facts is None or spec.group != header.ctx.spec.group:
                continue
            for index in facts.references_named(header.name):
                one = facts.reference(index)
                if not one.member or one.role is not Role.READ or spec.calls_by_name:
                    continue
                found = graph.resolver.resolve(path, index)
                if all(confidence is Confidence.BY_NAME for _, confidence in found):
                    where = self._where(Place(path, one.span))
                    raise Refused(f"{where} may use `{header.name}` without calling it.")

    def refuse_hidden(self, known: set[tuple[str, int]]) -> None:
        """Raises `Refused` for calls of a constructor that do not name its type."""
        if not self._types:
            return
        graph, headers = self._graph, self._header.ctx.shapes.headers
        owner = owner_of(graph, self._header.id)
        assert owner is not None
        everyone = {owner, *(one.target for one in all_subtypes_of(graph, owner, self._ctx.check))}
        for one in sorted(everyone):
            here = self._file(one.path)
            span = graph.symbol(one).span
            text = here.source(span)
            for pattern in (headers.own_type, headers.base_calls):
                for match in pattern.finditer(text) if pattern is not None else ():
                    if pattern is headers.base_calls and one == owner:
                        continue
                    start = span.start + len(text[: match.start()].encode())
                    end = start + len(match.group().encode())
                    if not any(path == one.path and start <= at <= end for path, at in known):
                        line = here.lines.line_of(start) + 1
                        raise Refused(f"{one.path}:{line} may call the constructor.")
        if headers.unnamed_new is not None:
            self._refuse_unnamed(headers.unnamed_new)

    def _refuse_unnamed(self, pattern: re.Pattern[str]) -> None:
        """Raises `Refused` where an object is made of a type that is not named."""
        group = self._header.ctx.spec.group
        for path in self._graph.workspace.paths():
            spec, text = self._graph.spec(path), self._graph.workspace.text(path)
            if spec is None or text is None or spec.group != group:
                continue
            found = pattern.search(text.decode("utf-8", "replace"))
            if found is not None:
                raise Refused(f"{path} makes an object without naming its type.")

    def _where(self, place: Place) -> str:
        line = self._file(place.path).lines.line_of(place.span.start) + 1
        return f"{place.path}:{line}"
