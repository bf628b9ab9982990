"""Questions to the code graph. Functions over a `CodeGraph`; each touches only the files its answer
lies in.

Those that may visit many files take `check`, which raises when the caller has lost interest.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    ExternalEntity,
    FolderEntity,
    InstanceEntity,
    ModuleEntity,
    Resolved,
    SymbolEntity,
    weaker,
)
from pairwright_analyzers.graph.graph import CodeGraph
from pairwright_analyzers.graph.model import (
    CallEdge,
    External,
    Impact,
    Link,
    LinkedReference,
    SymbolId,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    ROLE_MASK,
    TYPE_KINDS,
    Confidence,
    Import,
    Location,
    Role,
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from rustworkx import PyDiGraph

_IGNORED_ROLES = frozenset({Role.DEFINE, Role.BIND, Role.OUTER, Role.KEYWORD})
_MAX_DEFINERS = 5
"""A name with more definers than this says too little to weigh in the rank."""


def nothing() -> None:
    """A `check` that never interrupts."""


# One place.


def links_of(resolved: Resolved) -> tuple[Link, ...]:
    """The symbols among entities; an instance stands for its type, a module for its files."""
    links: dict[SymbolId, Confidence] = {}
    for entity, confidence in resolved:
        if isinstance(entity, SymbolEntity | InstanceEntity):
            links.setdefault(entity.id, confidence)
    if not links:
        # A module that is also one value is that value.
        for entity, confidence in resolved:
            if isinstance(entity, ModuleEntity):
                for path in entity.paths:
                    links.setdefault(SymbolId(path, -1), confidence)
    return tuple(Link(target, confidence) for target, confidence in links.items())


def resolve(graph: CodeGraph, path: str, reference: int) -> tuple[Link, ...]:
    """What a reference means in the workspace; () when it is local, outside, or unknown."""
    return links_of(graph.resolver.resolve(path, reference))


def external_of(graph: CodeGraph, path: str, reference: int) -> External | None:
    """The dotted name of what a reference means outside the workspace, or None."""
    for entity, _ in graph.resolver.resolve(path, reference):
        if isinstance(entity, ExternalEntity):
            return External(entity.name)
    return None


def definitions_at(graph: CodeGraph, path: str, offset: int) -> tuple[Link, ...]:
    """What the name at an offset means; () when no name stands there."""
    facts = graph.resolver.facts(path)
    reference = facts.reference_at(offset) if facts is not None else None
    return resolve(graph, path, reference.index) if reference is not None else ()


def local_bindings_at(graph: CodeGraph, path: str, offset: int) -> tuple[Span, ...]:
    """Where the local variable or parameter named at an offset is bound; () when it is none."""
    bindings = graph.resolver.bindings(path)
    reference = bindings.facts.reference_at(offset) if bindings is not None else None
    if bindings is None or reference is None or reference.member:
        return ()
    width = len(reference.span)
    return tuple(
        Span(start, start + width)
        for start in bindings.locals_named(reference.name, reference.start)
    )


def local_references_at(graph: CodeGraph, path: str, offset: int) -> tuple[tuple[Span, Role], ...]:
    """Every occurrence of the local variable named at an offset, in its scope."""
    bindings = graph.resolver.bindings(path)
    bound = local_bindings_at(graph, path, offset)
    if bindings is None or not bound:
        return ()
    facts = bindings.facts
    reference = facts.reference_at(offset)
    assert reference is not None
    wanted = {span.start for span in bound}
    found: list[tuple[Span, Role]] = []
    for index in facts.references_named(reference.name):
        one = facts.reference(index)
        if one.member or one.role is Role.KEYWORD:
            continue
        if wanted & set(bindings.locals_named(one.name, one.span.start)):
            found.append((one.span, one.role))
    return tuple(found)


def parameters_at(graph: CodeGraph, path: str, offset: int) -> tuple[Location, ...]:
    """The parameters that the name of an argument (`f(name=1)`) fills; () where no callable of the
    workspace is known to take it.
    """
    bindings = graph.resolver.bindings(path)
    reference = bindings.facts.reference_at(offset) if bindings is not None else None
    if bindings is None or reference is None or reference.role is not Role.KEYWORD:
        return ()
    found: list[Location] = []
    for entity, _ in graph.resolver.called_at(bindings, path, reference.start):
        callee = called_symbol(graph, entity.id)
        facts = graph.resolver.facts(callee.path)
        if facts is None or facts.symbol_kind(callee.index) not in CALLABLE_KINDS:
            continue
        symbol = facts.symbol(callee.index)
        for index in facts.references_in(Span(symbol.name_span.end, symbol.body_start)):
            one = facts.reference(index)
            if one.role is Role.BIND and one.name == reference.name:
                found.append(Location(callee.path, one.span))
                break
    return tuple(dict.fromkeys(found))


def symbol_at(graph: CodeGraph, path: str, offset: int) -> SymbolId | None:
    """The symbol defined or referred to at an offset: the surest link, None when there is none in
    the workspace.
    """
    links = definitions_at(graph, path, offset)
    return links[0].target if links else None


def enclosing(graph: CodeGraph, path: str, offset: int) -> SymbolId:
    """The symbol whose code an offset is part of; the module at top level."""
    bindings = graph.resolver.bindings(path)
    return SymbolId(path, bindings.enclosing_callable(offset) if bindings is not None else -1)


# References and calls.


def references_to(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None] = nothing
) -> list[LinkedReference]:
    """Every place that refers to a symbol, its definition left out, in path and text order.

    A module (index -1) is referred to by what imports it.
    """
    if symbol_id.index < 0:
        return _module_references(graph, symbol_id, check)
    name = graph.symbol(symbol_id).name
    spec = graph.spec(symbol_id.path)
    group = spec.group if spec is not None else ""
    found: list[LinkedReference] = []
    if _is_local(graph, symbol_id):
        return list(_references_in(graph, symbol_id.path, {name}, symbol_id))
    spellings = _spellings(graph, symbol_id, name)
    paths: dict[str, None] = {}
    for spelling in spellings:
        paths.update(dict.fromkeys(graph.workspace.files_mentioning(spelling)))
    for path in sorted(paths):
        check()
        other = graph.spec(path)
        if other is None or other.group != group:
            continue
        found.extend(_references_in(graph, path, spellings, symbol_id))
    return found


def _spellings(graph: CodeGraph, symbol_id: SymbolId, name: str) -> set[str]:
    """The names a symbol goes by: its own, and those it is exported or imported under."""
    spellings = {name}
    facts = graph.resolver.facts(symbol_id.path)
    if facts is None or facts.symbol_container(symbol_id.index) >= 0:
        return spellings
    exported = [(symbol_id.path, name)]
    exported.extend((symbol_id.path, alias) for alias in facts.aliases_of(name))
    for path, known_as in exported:
        if len(spellings) > _MAX_SPELLINGS:
            break
        unnamed = known_as in _UNNAMED
        others = (
            graph.resolver.importing(path)
            if unnamed
            else graph.workspace.files_mentioning(known_as)
        )
        for other in others:
            other_facts = graph.resolver.facts(other)
            if other_facts is None:
                continue
            known = _IMPORTED_AS.get(known_as, (known_as,))
            for item in (one for word in known for one in other_facts.imports_named(word)):
                alias = item.alias
                if (
                    not alias
                    or alias == known_as
                    or path not in graph.resolver.targets(other, item)
                ):
                    continue
                if alias not in _UNNAMED:
                    spellings.add(alias)
                if (other, alias) not in exported:
                    exported.append((other, alias))
    return spellings


_UNNAMED = frozenset({"default", "module.exports"})
"""Exports that importers name as they like."""

_IMPORTED_AS = {"module.exports": ("module.exports", "", "default")}
"""What importers call an export where it is not its own name: who imports a whole module gets what
it hands out whole.
"""

_MAX_SPELLINGS = 24


def _is_local(graph: CodeGraph, symbol_id: SymbolId) -> bool:
    """Whether a symbol is defined inside a function, so that no other file can name it."""
    facts = graph.resolver.facts(symbol_id.path)
    at = facts.symbol_container(symbol_id.index) if facts is not None else -1
    while facts is not None and at >= 0:
        if facts.symbol_kind(at) in CALLABLE_KINDS:
            return True
        at = facts.symbol_container(at)
    return False


def _references_in(
    graph: CodeGraph, path: str, names: set[str], symbol_id: SymbolId
) -> Iterator[LinkedReference]:
    facts = graph.resolver.facts(path)
    if facts is None:
        return
    indexes: set[int] = set()
    for name in names:
        indexes.update(facts.references_named(name))
        for alias in facts.aliases_of(name):
            indexes.update(facts.references_named(alias))
    ignored = _IGNORED_ROLES
    if symbol_id.index >= 0:
        symbol = graph.symbol(symbol_id)
        if symbol.kind in CALLABLE_KINDS and symbol.flags & SymbolFlag.DECORATED:
            # What a decorator registers may be handed to parameters of its name.
            ignored = ignored - {Role.BIND}
        elif symbol.kind is SymbolKind.FIELD:
            ignored = ignored - {Role.KEYWORD}
    for index in sorted(indexes):
        role = Role(facts.columns.ref_roles[index] & ROLE_MASK)
        if role is Role.BIND and _binds_import(graph, path, index):
            role = Role.IMPORT
        elif role in ignored:
            continue
        for link in resolve(graph, path, index):
            if link.target == symbol_id:
                span = facts.reference(index).span
                yield LinkedReference(
                    Location(path, span),
                    role,
                    link.confidence,
                    enclosing(graph, path, span.start),
                    index,
                )
                break


def _binds_import(graph: CodeGraph, path: str, index: int) -> bool:
    """Whether a declared name is an import's: `const { total } = require("./cart")`."""
    bindings = graph.resolver.bindings(path)
    if bindings is None or not bindings.imports:
        return False
    reference = bindings.facts.reference(index)
    return any(
        item.alias == reference.name and item.span.contains(reference.start)
        for item in bindings.imports
        if not item.reexport
    )


def _module_references(
    graph: CodeGraph, module: SymbolId, check: Callable[[], None]
) -> list[LinkedReference]:
    return [
        LinkedReference(
            location,
            Role.IMPORT,
            Confidence.EXACT,
            enclosing(graph, location.path, location.span.start),
            -1,
        )
        for location in importers_of(graph, module.path, check)
    ]


def callers_of(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None] = nothing
) -> list[CallEdge]:
    """Who calls a symbol. A type is called where it is constructed, and so is its constructor."""
    sites: dict[tuple[SymbolId, Confidence], list[Location]] = defaultdict(list)
    targets = [symbol_id]
    if symbol_id.index >= 0:
        symbol = graph.symbol(symbol_id)
        if symbol.kind is SymbolKind.CONSTRUCTOR and symbol.container >= 0:
            targets.append(SymbolId(symbol_id.path, symbol.container))
    for target in targets:
        for reference in references_to(graph, target, check):
            if reference.role is Role.CALL:
                sites[reference.within, reference.confidence].append(reference.location)
    return _edges(
        (caller, symbol_id, confidence, places) for (caller, confidence), places in sites.items()
    )


def callees_of(graph: CodeGraph, symbol_id: SymbolId) -> list[CallEdge]:
    """What a symbol's own code calls; nested symbols have callees of their own."""
    facts = graph.resolver.facts(symbol_id.path)
    bindings = graph.resolver.bindings(symbol_id.path)
    if facts is None or bindings is None:
        return []
    span = facts.symbol(symbol_id.index).span if symbol_id.index >= 0 else Span(0, facts.size)
    sites: dict[tuple[SymbolId, Confidence], list[Location]] = defaultdict(list)
    for index in facts.references_in(span):
        if facts.columns.ref_roles[index] & ROLE_MASK != Role.CALL:
            continue
        place = facts.reference(index).span
        if bindings.enclosing_callable(place.start) != symbol_id.index:
            continue
        for link in resolve(graph, symbol_id.path, index):
            sites[link.target, link.confidence].append(Location(symbol_id.path, place))
    return _edges(
        (symbol_id, callee, confidence, places) for (callee, confidence), places in sites.items()
    )


def _edges(
    rows: Iterable[tuple[SymbolId, SymbolId, Confidence, list[Location]]],
) -> list[CallEdge]:
    return [
        CallEdge(caller, callee, confidence, tuple(places))
        for caller, callee, confidence, places in sorted(rows, key=lambda row: (row[0], row[1]))
    ]


def call_sites(
    graph: CodeGraph,
    check: Callable[[], None] = nothing,
    known: Container[tuple[str, int]] = (),
) -> Iterator[tuple[SymbolId, SymbolId | External, Confidence, Location]]:
    """Every call in the workspace: (caller, callee, confidence, place), in path order.

    Places (path, byte offset) that are `known` already are left out.
    """
    for path in graph.workspace.paths():
        check()
        facts = graph.resolver.facts(path)
        bindings = graph.resolver.bindings(path)
        if facts is None or bindings is None:
            continue
        starts = facts.columns.ref_starts
        for index, packed in enumerate(facts.columns.ref_roles):
            if packed & ROLE_MASK != Role.CALL or (path, starts[index]) in known:
                continue
            found = graph.resolver.resolve(path, index)
            if not found:
                continue
            place = Location(path, facts.reference(index).span)
            caller = SymbolId(path, bindings.enclosing_callable(place.span.start))
            for entity, confidence in found:
                if isinstance(entity, SymbolEntity):
                    yield caller, called_symbol(graph, entity.id), confidence, place
                elif isinstance(entity, ExternalEntity):
                    yield caller, External(entity.name), confidence, place


def called_symbol(graph: CodeGraph, symbol_id: SymbolId) -> SymbolId:
    """What runs when a symbol is called: a type's constructor where the workspace defines one, else
    the symbol.
    """
    spec = graph.spec(symbol_id.path)
    facts = graph.resolver.facts(symbol_id.path)
    if spec is None or facts is None or symbol_id.index < 0:
        return symbol_id
    if facts.symbol_kind(symbol_id.index) not in TYPE_KINDS:
        return symbol_id
    if not spec.constructor_names:
        # Constructors have the type's name; which of several runs, the arguments say.
        named = [
            one
            for one in graph.resolver.own_members(symbol_id, facts.symbol_name(symbol_id.index))
            if graph.symbol(one).kind is SymbolKind.CONSTRUCTOR
        ]
        return named[0] if len(named) == 1 else symbol_id
    everyone = (symbol_id, *(base for base, _ in graph.resolver.ancestors(symbol_id)))
    for owner in everyone:
        for name in sorted(spec.constructor_names):
            members = graph.resolver.own_members(owner, name)
            if members:
                return members[0]
    return symbol_id


# Types.


def supertypes_of(graph: CodeGraph, symbol_id: SymbolId) -> list[Link]:
    """The direct supertypes in the workspace, those that are only fitted last."""
    found = dict(graph.resolver.bases(symbol_id))
    for interface in _interfaces_of(graph, symbol_id):
        found.setdefault(interface, Confidence.INFERRED)
    return [Link(base, confidence) for base, confidence in found.items()]


def _interfaces_of(graph: CodeGraph, type_id: SymbolId) -> Iterable[SymbolId]:
    """The types that a type is a subtype of without saying so."""
    spec = graph.spec(type_id.path)
    find = graph.resolver.family(spec).interfaces_of if spec is not None else None
    return find(graph.resolver, type_id) if find is not None and type_id.index >= 0 else ()


def subtypes_of(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None] = nothing
) -> list[Link]:
    """The direct subtypes in the workspace."""
    found: dict[SymbolId, Confidence] = {}
    for reference in references_to(graph, symbol_id, check):
        if reference.role is not Role.INHERIT:
            continue
        path = reference.location.path
        bindings = graph.resolver.bindings(path)
        assert bindings is not None
        owner = _inheriting(graph, path, reference.location.span.start)
        if owner is not None and owner != symbol_id:
            found.setdefault(owner, reference.confidence)
    spec = graph.spec(symbol_id.path)
    find = graph.resolver.family(spec).fitting if spec is not None else None
    if find is not None and symbol_id.index >= 0:
        for fitting in find(graph.resolver, symbol_id):
            check()
            found.setdefault(fitting, Confidence.INFERRED)
    return [Link(owner, confidence) for owner, confidence in sorted(found.items())]


def _inheriting(graph: CodeGraph, path: str, offset: int) -> SymbolId | None:
    """The type in whose header (or body: mixins) an inherited name stands."""
    facts = graph.resolver.facts(path)
    if facts is None:
        return None
    symbol = facts.symbol_at(offset)
    while symbol is not None:
        if symbol.kind in TYPE_KINDS:
            return SymbolId(path, symbol.index)
        if symbol.kind is SymbolKind.IMPLEMENTATION:
            for link in definitions_at(graph, path, symbol.name_span.start):
                if link.target.index >= 0 and graph.symbol(link.target).kind in TYPE_KINDS:
                    return link.target
            return SymbolId(path, symbol.index)
        if symbol.container < 0:
            return None
        symbol = facts.symbol(symbol.container)
    return None


def all_subtypes_of(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None] = nothing
) -> list[Link]:
    """Subtypes at any depth, nearest first."""
    found: dict[SymbolId, Confidence] = {}
    waiting = deque([Link(symbol_id, Confidence.EXACT)])
    while waiting:
        link = waiting.popleft()
        for below in subtypes_of(graph, link.target, check):
            if below.target not in found and below.target != symbol_id:
                confidence = weaker(link.confidence, below.confidence)
                found[below.target] = confidence
                waiting.append(Link(below.target, confidence))
    return [Link(target, confidence) for target, confidence in found.items()]


def members_of(graph: CodeGraph, owner: SymbolId) -> list[SymbolId]:
    """The members a type has itself, those declared apart from it included, in text order."""
    bindings = graph.resolver.bindings(owner.path)
    if bindings is None:
        return []
    names = set(bindings.members.get(owner.index, {}))
    facts = bindings.facts
    type_name = facts.symbol_name(owner.index) if owner.index >= 0 else ""
    for path in graph.workspace.files_mentioning(type_name) if type_name else ():
        other = graph.resolver.facts(path)
        if other is None:
            continue
        for index in range(other.symbol_count):
            symbol = other.symbol(index)
            container = symbol.container
            if symbol.owner.replace("::", ".").rpartition(".")[2] == type_name or (
                container >= 0 and other.symbol_name(container) == type_name
            ):
                names.add(symbol.name)
    found = {one for name in names for one in graph.resolver.own_members(owner, name)}
    return sorted(found)


def _owner_of(graph: CodeGraph, symbol_id: SymbolId) -> SymbolId | None:
    """The type a member belongs to."""
    symbol = graph.symbol(symbol_id)
    if symbol.container >= 0:
        container = SymbolId(symbol_id.path, symbol.container)
        if graph.symbol(container).kind in TYPE_KINDS:
            return container
        if graph.symbol(container).kind is SymbolKind.IMPLEMENTATION:
            return graph.resolver.implemented(container)
    if symbol.owner:
        return graph.resolver.owner_of(symbol_id)
    return None


def overrides(graph: CodeGraph, symbol_id: SymbolId) -> list[SymbolId]:
    """The members of supertypes that a member overrides or implements, nearest first."""
    symbol = graph.symbol(symbol_id)
    owner = _owner_of(graph, symbol_id)
    if owner is None or symbol.kind is SymbolKind.CONSTRUCTOR:
        return []
    bases = [base for base, _ in graph.resolver.ancestors(owner)]
    for interface in _interfaces_of(graph, owner):
        bases.extend((interface, *(one for one, _ in graph.resolver.ancestors(interface))))
    return [
        member
        for base in dict.fromkeys(bases)
        for member in graph.resolver.own_members(base, symbol.name)
        if member != symbol_id
    ]


def overridden_by(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None] = nothing
) -> list[SymbolId]:
    """The members of subtypes that override or implement a member."""
    symbol = graph.symbol(symbol_id)
    owner = _owner_of(graph, symbol_id)
    if owner is None or symbol.kind is SymbolKind.CONSTRUCTOR:
        return []
    if len(graph.workspace.files_defining(symbol.name)) < 2 and not _defined_twice(
        graph, symbol_id
    ):
        return []
    spec = graph.spec(symbol_id.path)
    family = graph.resolver.family(spec) if spec is not None else None
    if spec is not None and family is not None and not family.parted and family.fitting is None:
        return _redefined_below(graph, symbol_id, owner, spec.group, check)
    return [
        member
        for link in all_subtypes_of(graph, owner, check)
        for member in graph.resolver.own_members(link.target, symbol.name)
        if member != symbol_id
    ]


def _redefined_below(
    graph: CodeGraph,
    symbol_id: SymbolId,
    owner: SymbolId,
    group: str,
    check: Callable[[], None],
) -> list[SymbolId]:
    """Members of that name whose type has the owner among its ancestors.

    Looking up from each is cheaper than looking for everything that inherits, down a hierarchy.
    """
    found: list[SymbolId] = []
    for path, _, index in graph.resolver.defined(graph.symbol(symbol_id).name, group):
        check()
        member = SymbolId(path, index)
        below = _owner_of(graph, member) if member != symbol_id else None
        if below is None or below == owner:
            continue
        if any(ancestor == owner for ancestor, _ in graph.resolver.ancestors(below)):
            found.append(member)
    return sorted(found)


def _defined_twice(graph: CodeGraph, symbol_id: SymbolId) -> bool:
    facts = graph.resolver.facts(symbol_id.path)
    return facts is not None and len(facts.symbols_named(facts.symbol_name(symbol_id.index))) > 1


# Files.


def imports_of(graph: CodeGraph, path: str) -> list[tuple[Import, str | None]]:
    """A file's imports, each with the file it means in the workspace (None when outside)."""
    facts = graph.resolver.facts(path)
    spec = graph.spec(path)
    if facts is None or spec is None:
        return []
    found: list[tuple[Import, str | None]] = []
    for index, item in enumerate(facts.imports):
        targets = import_targets(graph, path, index)
        found.append((item, targets[0] if targets else None))
    return found


def import_targets(graph: CodeGraph, path: str, index: int) -> tuple[str, ...]:
    """The files that one import depends on: the module's, and the submodule's when it names one."""
    bindings = graph.resolver.bindings(path)
    if bindings is None:
        return ()
    item = bindings.imports[index]
    found = dict.fromkeys(graph.resolver.targets(path, item))
    if not found or item.name:
        for entity, confidence in graph.resolver.imported(path, index):
            if confidence is Confidence.BY_NAME:
                continue
            if isinstance(entity, ModuleEntity):
                found.update(dict.fromkeys(entity.paths))
            elif isinstance(entity, SymbolEntity) and not found:
                found[entity.id.path] = None
            elif isinstance(entity, FolderEntity):
                continue
    return tuple(one for one in found if one != path)


def importers_of(
    graph: CodeGraph, path: str, check: Callable[[], None] = nothing
) -> list[Location]:
    """Where a file is imported."""
    facts = graph.resolver.facts(path)
    spec = graph.spec(path)
    if facts is None or spec is None:
        return []
    names = {path.rpartition("/")[2].partition(".")[0], *path.split("/")[-2:-1]}
    names |= {
        facts.symbol_name(index)
        for index in range(facts.symbol_count)
        if facts.symbol_container(index) < 0
    }
    candidates: dict[str, None] = {}
    if spec.resolver in ("include", "ecmascript", "ruby", "go"):
        # Their module texts are strings, which no name table holds.
        candidates = dict.fromkeys(graph.workspace.paths())
    else:
        for name in sorted(names):
            candidates.update(dict.fromkeys(graph.workspace.files_mentioning(name)))
    found: list[Location] = []
    for other in sorted(candidates):
        check()
        other_facts = graph.resolver.facts(other)
        if other == path or other_facts is None or not len(other_facts.columns.imports):
            continue
        if (other_spec := graph.spec(other)) is None or other_spec.group != spec.group:
            continue
        seen: set[Span] = set()
        for index, item in enumerate(other_facts.imports):
            if item.span not in seen and path in import_targets(graph, other, index):
                seen.add(item.span)
                found.append(Location(other, item.name_span))
    return found


def import_graph(
    graph: CodeGraph, check: Callable[[], None] = nothing, *, top_level_only: bool = False
) -> dict[str, dict[str, Span]]:
    """path -> imported path -> where it is first imported.

    `top_level_only` leaves out imports inside functions and for types only.
    """
    found: dict[str, dict[str, Span]] = {}
    for path in graph.workspace.paths():
        check()
        bindings = graph.resolver.bindings(path)
        if bindings is None:
            continue
        targets: dict[str, Span] = {}
        for index, item in enumerate(bindings.imports):
            if top_level_only and (
                item.type_only or not _at_top_level(bindings.facts.language, graph, path, item)
            ):
                continue
            for target in import_targets(graph, path, index):
                if target != path:
                    targets.setdefault(target, item.span)
        found[path] = targets
    return found


def _at_top_level(language_id: str, graph: CodeGraph, path: str, item: Import) -> bool:
    bindings = graph.resolver.bindings(path)
    assert bindings is not None
    if bindings.scope_at(item.span.start) != 0:
        return False
    if language_id != "python":
        return True
    return not _type_checking_only(graph, path, item.span.start)


def _type_checking_only(graph: CodeGraph, path: str, offset: int) -> bool:
    """Whether a Python import stands below `if TYPE_CHECKING:`: the last such name before it, less
    indented, guards it.
    """
    facts = graph.resolver.facts(path)
    text = graph.workspace.text(path)
    if facts is None or text is None:
        return False
    line = text.rfind(b"\n", 0, offset) + 1
    indent = offset - line
    if indent == 0:
        return False
    above = text[:line].splitlines()
    for row in reversed(above):
        stripped = row.lstrip()
        if stripped and len(row) - len(stripped) < indent:
            return b"TYPE_CHECKING" in stripped
    return False


def import_cycles(graph: CodeGraph, check: Callable[[], None] = nothing) -> list[tuple[str, ...]]:
    """Groups of files that import each other when they are loaded, sorted, the largest first."""
    import rustworkx

    edges = import_graph(graph, check, top_level_only=True)
    digraph, indices = _digraph(edges)
    paths = {index: path for path, index in indices.items()}
    components = rustworkx.strongly_connected_components(digraph)
    cycles = [tuple(sorted(paths[one] for one in part)) for part in components if len(part) > 1]
    return sorted(cycles, key=lambda part: (-len(part), part))


def _digraph(edges: dict[str, dict[str, Span]]) -> tuple[PyDiGraph[str, float], dict[str, int]]:
    import rustworkx

    digraph: PyDiGraph[str, float] = rustworkx.PyDiGraph()
    nodes = sorted({*edges, *(target for targets in edges.values() for target in targets)})
    indices = dict(zip(nodes, digraph.add_nodes_from(nodes), strict=True))
    digraph.add_edges_from(
        [
            (indices[source], indices[target], 1.0)
            for source, targets in edges.items()
            for target in targets
        ]
    )
    return digraph, indices


# The whole graph.


def impact_of(
    graph: CodeGraph,
    symbols: Sequence[SymbolId],
    depth: int = 3,
    check: Callable[[], None] = nothing,
    limit: int = 500,
) -> list[Impact]:
    """What a change of these symbols may reach: users, users of users, overriding members and
    subtypes; nearest first.

    `depth` counts steps; by-name links are not followed further, and at most `limit` symbols are
    listed.
    """
    found: dict[SymbolId, Impact] = {}
    origins = set(symbols)
    waiting = deque((one, 0, Confidence.EXACT) for one in symbols)
    while waiting and len(found) < limit:
        current, level, confidence = waiting.popleft()
        if level >= depth:
            continue
        check()
        for target, sure in _touched_by(graph, current, check):
            if target in found or target in origins or len(found) >= limit:
                continue
            reached = weaker(confidence, sure)
            found[target] = Impact(target, level + 1, reached, current)
            if reached is not Confidence.BY_NAME:
                waiting.append((target, level + 1, reached))
    return list(found.values())


def _touched_by(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None]
) -> Iterator[tuple[SymbolId, Confidence]]:
    for reference in references_to(graph, symbol_id, check):
        if reference.role is Role.IMPORT or reference.within == symbol_id:
            continue
        yield _told_at(graph, reference), reference.confidence
    if symbol_id.index < 0:
        return
    symbol = graph.symbol(symbol_id)
    if symbol.kind in TYPE_KINDS:
        for link in subtypes_of(graph, symbol_id, check):
            yield link.target, link.confidence
    elif symbol.kind is SymbolKind.CONSTRUCTOR and symbol.container >= 0:
        for edge in callers_of(graph, symbol_id, check):
            yield edge.caller, edge.confidence
    elif symbol.kind in CALLABLE_KINDS:
        for member in overridden_by(graph, symbol_id, check):
            yield member, Confidence.INFERRED


def _told_at(graph: CodeGraph, reference: LinkedReference) -> SymbolId:
    """What a reference belongs to: the code that holds it, or what it decorates or fills at the top
    of a file (`@parametrize(...)`, a table of cases).
    """
    within = reference.within
    facts = graph.resolver.facts(within.path)
    if within.index >= 0 or facts is None:
        return within
    held = facts.symbol_at(reference.location.span.start)
    if held is None or held.kind in (SymbolKind.NAMESPACE, SymbolKind.MODULE):
        return within
    return SymbolId(within.path, held.index)


def file_ranks(
    graph: CodeGraph,
    check: Callable[[], None] = nothing,
    personal: dict[str, float] | None = None,
) -> dict[str, float]:
    """PageRank of files over who mentions whose definitions; `personal` weighs files that matter
    more. Sums to 1.

    The weight of a mention follows the field's practice (aider's repository map): square root of
    the count, shared
    between the definers, names with many definers left out.
    """
    import rustworkx

    weights: dict[tuple[str, str], float] = defaultdict(float)
    definers: dict[str, Sequence[str]] = {}
    paths = graph.workspace.paths()
    for path in paths:
        check()
        facts = graph.resolver.facts(path)
        if facts is None:
            continue
        counts: dict[int, int] = defaultdict(int)
        for name in facts.columns.ref_names:
            counts[name] += 1
        names = facts.names
        for name_index, count in counts.items():
            name_text = names[name_index]
            where = definers.get(name_text)
            if where is None:
                where = definers[name_text] = graph.workspace.files_defining(name_text)
            if not where or len(where) > _MAX_DEFINERS or path in where:
                continue
            share = math.sqrt(count) / len(where)
            for target in where:
                weights[path, target] += share
    digraph: PyDiGraph[str, float] = rustworkx.PyDiGraph()
    indices = dict(zip(paths, digraph.add_nodes_from(list(paths)), strict=True))
    digraph.add_edges_from(
        [
            (indices[source], indices[target], weight)
            for (source, target), weight in weights.items()
            if target in indices
        ]
    )
    if not indices:
        return {}
    preference = (
        {indices[path]: weight for path, weight in personal.items() if path in indices}
        if personal
        else None
    )
    ranks = rustworkx.pagerank(
        digraph,
        alpha=0.85,
        weight_fn=float,
        personalization=preference or None,
        tol=1e-6,
        max_iter=100,
    )
    return {path: ranks[index] for path, index in indices.items()}


def page_ranks(
    weights: Mapping[tuple[str, str], float], start: Mapping[str, float]
) -> dict[str, float]:
    """PageRank over weighed links (from, to) that starts anew at `start` (Haveliwala 2002), also
    from where no link leads on. Sums to 1; `start` must hold something above 0.
    """
    import rustworkx

    nodes = sorted({*start, *(node for link in weights for node in link)})
    digraph: PyDiGraph[str, float] = rustworkx.PyDiGraph()
    indices = dict(zip(nodes, digraph.add_nodes_from(nodes), strict=True))
    digraph.add_edges_from(
        [(indices[source], indices[target], weight) for (source, target), weight in weights.items()]
    )
    whole = sum(start.values())
    preference = {indices[node]: start.get(node, 0.0) / whole for node in nodes}
    ranks = rustworkx.pagerank(
        digraph,
        alpha=0.85,
        weight_fn=float,
        personalization=preference,
        dangling=preference,
        tol=1e-6,
        max_iter=200,
    )
    return {node: ranks[index] for node, index in indices.items()}


def symbol_ranks(
    graph: CodeGraph,
    check: Callable[[], None] = nothing,
    personal: dict[str, float] | None = None,
) -> dict[SymbolId, float]:
    """A file's rank shared between its symbols by how many files mention their names; locals of
    functions left out.
    """
    ranks: dict[SymbolId, float] = {}
    for path, rank in file_ranks(graph, check, personal).items():
        facts = graph.resolver.facts(path)
        if facts is None or not facts.symbol_count:
            continue
        check()
        mentions: dict[int, int] = {}
        for index in range(facts.symbol_count):
            container = facts.symbol_container(index)
            if container >= 0 and facts.symbol_kind(container) in CALLABLE_KINDS:
                continue
            name = facts.symbol_name(index)
            mentions[index] = len(graph.workspace.files_mentioning(name)) if len(name) > 2 else 1
        total = sum(mentions.values()) or 1
        for index, count in mentions.items():
            ranks[SymbolId(path, index)] = rank * count / total
    return ranks


def unreferenced(graph: CodeGraph, check: Callable[[], None] = nothing) -> list[SymbolId]:
    """Callables and types that nothing in the workspace refers to.

    Left out, since somebody else may call them: tests, entry points (`main`, dunder names),
    decorated and overriding
    members, constructors, and members of types with bases outside the workspace.
    """
    found: list[SymbolId] = []
    for path in graph.workspace.paths():
        check()
        facts = graph.resolver.facts(path)
        if facts is None or graph.is_test_path(path):
            continue
        for index in range(facts.symbol_count):
            symbol_id = SymbolId(path, index)
            if is_unreferenced(graph, symbol_id, check):
                found.append(symbol_id)
    return found


def is_unreferenced(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None] = nothing
) -> bool:
    """Whether nothing in the workspace refers to a symbol and nothing outside is expected to."""
    symbol = graph.symbol(symbol_id)
    if symbol.kind not in TYPE_KINDS and symbol.kind not in (
        SymbolKind.FUNCTION,
        SymbolKind.METHOD,
    ):
        return False
    expected = SymbolFlag.DECORATED | SymbolFlag.OVERRIDE | SymbolFlag.TEST | SymbolFlag.ABSTRACT
    if symbol.flags & expected or symbol.name in ("main", "Main", "init", "default"):
        return False
    if symbol.name.startswith("__") and symbol.name.endswith("__"):
        return False
    owner = _owner_of(graph, symbol_id)
    if owner is not None and (graph.resolver.has_open_bases(owner) or overrides(graph, symbol_id)):
        return False
    return not any(
        reference.within != symbol_id for reference in references_to(graph, symbol_id, check)
    )
