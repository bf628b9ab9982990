"""Java, C#, PHP: fully qualified names, wherever they are declared.

The three agree in how a name is looked for: what blocks and functions bind, then the members of the
types around (inherited ones before those of types further out), then what is imported and what
lies in namespaces. They differ in the order of the last two, and in whether a namespace sees the
ones around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import (
    MEMBER_KINDS,
    ExternalEntity,
    InstanceEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
    weaker,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Confidence,
    Import,
    Reference,
    Role,
    ScopeKind,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import Binding, FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_MAX_SAME = 4
"""Declarations of one qualified name that are named at most."""


def _dotted(name: str) -> str:
    return name.replace("\\", ".").replace("::", ".").strip(".")


# -- imports ---------------------------------------------------------------------------------------


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    dotted = _dotted(".".join(part for part in (item.module, item.name) if part and part != "*"))
    found = resolver.find_qualified(dotted, bindings.spec.group)
    if found:
        return found
    owner, _, member = dotted.rpartition(".")
    for entity, confidence in resolver.find_qualified(owner, bindings.spec.group) if owner else ():
        inside = resolver.members(((entity, confidence),), member, bindings.spec, 1)
        if inside:
            return inside
    if resolver.namespace_exists(dotted, bindings.spec.group):
        return ((NamespaceEntity(dotted), Confidence.EXACT),)
    return ((ExternalEntity(dotted), Confidence.EXACT),)


def _star(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    return resolver.find_qualified(f"{_dotted(item.module)}.{name}", bindings.spec.group)


def _same_namespace(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference
) -> Resolved:
    """The namespaces around the place, then those imported whole, then the global one."""
    here = resolver.namespace_at(path, reference.start)
    group = bindings.spec.group
    wanted = [f"{namespace}.{reference.name}".strip(".") for namespace in _outwards(here)]
    wanted.extend(
        f"{_dotted(item.module)}.{reference.name}" for item in bindings.imports if not item.alias
    )
    candidates = standing(resolver, reference.name, group)
    for dotted in wanted:
        found = [one for one, qualified, _ in candidates if qualified == dotted]
        if found:
            return tuple((SymbolEntity(one), Confidence.EXACT) for one in found[:_MAX_SAME])
    return ()


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    return _same_namespace(resolver, bindings, path, reference)


NAMESPACE = Family(imported=_imported, star=_star, unbound=_unbound, namespace_clauses=True)


# -- what stands in namespaces ---------------------------------------------------------------------


def _outwards(dotted: str) -> Iterator[str]:
    while dotted:
        yield dotted
        dotted = dotted.rpartition(".")[0]
    yield ""


def standing(resolver: Resolver, name: str, group: str) -> list[tuple[SymbolId, str, SymbolKind]]:
    """Every symbol of a name that is no member, with its qualified name."""
    return [
        (one, qualified, kind)
        for qualified, symbols in resolver.qualified_named(name, group).items()
        for one in symbols
        if (facts := resolver.facts(one.path)) is not None
        and (kind := facts.symbol_kind(one.index)) not in MEMBER_KINDS
        and kind is not SymbolKind.NAMESPACE
    ]


def exactly(found: Iterable[SymbolId]) -> Resolved:
    """Symbols of one qualified name: the parts of one type, or the same in several programs."""
    return tuple((SymbolEntity(one), Confidence.EXACT) for one in tuple(found)[:_MAX_SAME])


def _fits(kind: SymbolKind, role: Role, spec: LanguageSpec) -> bool:
    """Whether a role can mean a symbol by its bare name."""
    if kind is SymbolKind.CONSTRUCTOR:
        # Its name is the type's.
        return False
    if role in (Role.ANNOTATE, Role.INHERIT):
        return kind in TYPE_KINDS or kind is SymbolKind.NAMESPACE
    if role is Role.WRITE and kind in TYPE_KINDS:
        # A member of a base outside the workspace may have the type's name.
        return False
    if not spec.methods_apart or kind in TYPE_KINDS:
        return True
    return (kind in CALLABLE_KINDS) == (role is Role.CALL)


def _fitting(resolver: Resolver, found: Resolved, role: Role, spec: LanguageSpec) -> Resolved:
    return tuple(
        pair
        for pair in found
        if not isinstance(pair[0], SymbolEntity)
        or (facts := resolver.facts(pair[0].id.path)) is None
        or _fits(facts.symbol_kind(pair[0].id.index), role, spec)
    )


# -- scopes and members ----------------------------------------------------------------------------


def _inside(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved | None:
    """What the blocks, functions and types around bind; None when none of them does."""
    spec, name, offset, role = bindings.spec, reference.name, reference.start, reference.role
    facts = bindings.facts
    for at in bindings.scopes_around(offset):
        scope = bindings.scopes[at]
        found = bindings.bound_in(at, name, offset)
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.BLOCK):
            kept = [one for one in found if _binds(bindings, one, role)]
            if kept:
                return resolver.bound(bindings, path, kept, depth)
        elif scope.symbol >= 0 and facts.symbol_kind(scope.symbol) is not SymbolKind.NAMESPACE:
            if any(one.kind is BindingKind.LOCAL and _binds(bindings, one, role) for one in found):
                return ()
            if offset < facts.symbol(scope.symbol).body_start:
                # What a type inherits from is not looked for in it; a record's components are seen.
                kept = [one for one in found if _binds(bindings, one, role)]
                if kept and role is not Role.INHERIT:
                    return resolver.bound(bindings, path, kept, depth)
                continue
            members = inherited_member(resolver, SymbolId(path, scope.symbol), name, role, spec)
            if members and spec.implicit_receiver:
                return members
    return None


def _binds(bindings: FileBindings, binding: Binding, role: Role) -> bool:
    spec = bindings.spec
    if binding.kind is BindingKind.SYMBOL:
        return _fits(bindings.facts.symbol_kind(binding.index), role, spec)
    # Where methods stand apart, a variable is never called by its bare name.
    return not (binding.kind is BindingKind.LOCAL and spec.methods_apart and role is Role.CALL)


def inherited_member(
    resolver: Resolver, owner: SymbolId, name: str, role: Role, spec: LanguageSpec
) -> Resolved:
    """A member of a type that a bare name can mean in it: its own, or one that it inherits."""
    for one, sure in ((owner, Confidence.EXACT), *resolver.ancestors(owner)):
        found: list[SymbolId] = []
        for symbol in resolver.own_members(one, name):
            facts = resolver.facts(symbol.path)
            if facts is None or not _fits(facts.symbol_kind(symbol.index), role, spec):
                continue
            if one == owner or not facts.symbol_flags(symbol.index) & SymbolFlag.PRIVATE:
                found.append(symbol)
        if found:
            sure = weaker(sure, Confidence.INFERRED) if len(found) > 1 else sure
            return tuple((SymbolEntity(symbol), sure) for symbol in found)
    return ()


def imports_bound(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    scope: int,
    reference: Reference,
    depth: int,
) -> Resolved:
    """What an import in one scope binds a name to."""
    found = [
        one
        for one in bindings.bound_in(scope, reference.name, reference.start)
        if one.kind is BindingKind.IMPORT
    ]
    if not found:
        return ()
    bound = resolver.bound(bindings, path, found, depth)
    return _fitting(resolver, bound, reference.role, bindings.spec)


def _opened(
    resolver: Resolver, bindings: FileBindings, modules: Iterable[str], reference: Reference
) -> Resolved:
    """A name that imports of everything bring: of a namespace, or the members of a type."""
    spec, name = bindings.spec, reference.name
    named = resolver.qualified_named(name, spec.group)
    results: dict[SymbolId, None] = {}
    for dotted in modules:
        found = named.get(f"{dotted}.{name}", ())
        brought: Resolved = tuple((SymbolEntity(one), Confidence.EXACT) for one in found)
        if not brought:
            for entity, _ in resolver.find_qualified(dotted, spec.group):
                if isinstance(entity, SymbolEntity):
                    brought = inherited_member(resolver, entity.id, name, reference.role, spec)
        for entity, _ in _fitting(resolver, brought, reference.role, spec):
            if isinstance(entity, SymbolEntity):
                results[entity.id] = None
    sure = Confidence.EXACT if len(results) == 1 else Confidence.INFERRED
    return tuple((SymbolEntity(one), sure) for one in results)


def spelled_out(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, outwards: bool
) -> Resolved:
    """The first word of a name that is written with its namespace: `shop` in `shop.desk.Till`."""
    facts = bindings.facts
    parts = [reference.name]
    for index in range(reference.index + 1, min(reference.index + 12, facts.reference_count)):
        after = facts.reference(index)
        if not after.chained or after.called:
            break
        parts.append(after.name)
    if len(parts) < 2:
        return ()
    here = resolver.namespace_at(path, reference.start)
    for namespace in _outwards(here) if outwards else (here, ""):
        for end in range(len(parts), 1, -1):
            dotted = ".".join((namespace, *parts[:end])).strip(".")
            if resolver.find_qualified(dotted, bindings.spec.group):
                first = f"{namespace}.{reference.name}".strip(".")
                return ((NamespaceEntity(first), Confidence.EXACT),)
    return ()


def namespace_member(resolver: Resolver, namespace: str, name: str, spec: LanguageSpec) -> Resolved:
    """A name in a namespace: a symbol, or a namespace further in."""
    dotted = f"{namespace}.{name}"
    found = resolver.find_qualified(dotted, spec.group)
    return found or ((NamespaceEntity(dotted), Confidence.EXACT),)


def predeclared(bindings: FileBindings, name: str) -> Resolved:
    if name in bindings.spec.builtins:
        return ((ExternalEntity(f"<builtin>.{name}"), Confidence.EXACT),)
    return ()


def _special(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, owner: SymbolId
) -> Resolved | None:
    """`this(…)` and `super(…)` call constructors."""
    if reference.role is not Role.CALL:
        return None
    spec = bindings.spec
    around = bindings.enclosing_callable(reference.start)
    if reference.name in spec.super_words:
        owners: Iterable[SymbolId] = (base for base, _ in resolver.bases(owner))
    else:
        owners = (owner,)
    found: list[SymbolId] = []
    for one in owners:
        facts = resolver.facts(one.path)
        if facts is None:
            continue
        found.extend(
            symbol
            for symbol in resolver.own_members(one, facts.symbol_name(one.index))
            if _is_constructor(resolver, symbol) and symbol != SymbolId(path, around)
        )
    if not found:
        return None
    sure = Confidence.EXACT if len(found) == 1 else Confidence.INFERRED
    return tuple((SymbolEntity(one), sure) for one in found)


def _is_constructor(resolver: Resolver, symbol: SymbolId) -> bool:
    facts = resolver.facts(symbol.path)
    return facts is not None and facts.symbol_kind(symbol.index) is SymbolKind.CONSTRUCTOR


# -- Java ------------------------------------------------------------------------------------------


def _java(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """Types of the file, imports by name, the package, imports of everything."""
    found = _inside(resolver, bindings, path, reference, depth)
    if found is not None:
        return found
    name, role, spec = reference.name, reference.role, bindings.spec
    here = resolver.namespace_at(path, reference.start)
    wanted = f"{here}.{name}".strip(".")
    package = [
        one
        for one, qualified, kind in standing(resolver, name, spec.group)
        if qualified == wanted and kind in TYPE_KINDS
    ]
    own = [one for one in package if one.path == path]
    return (
        exactly(own)
        or imports_bound(resolver, bindings, path, 0, reference, depth)
        or exactly(package)
        or _opened(
            resolver,
            bindings,
            [_dotted(one.module) for one in bindings.imports if one.name == "*"],
            reference,
        )
        or (
            spelled_out(resolver, bindings, path, reference, False) if role is not Role.CALL else ()
        )
        or predeclared(bindings, name)
    )


JAVA = replace(NAMESPACE, bare=_java, special=_special, namespace_member=namespace_member)


# -- C# --------------------------------------------------------------------------------------------

_USINGS = re.compile(r"(?i)(?:usings?|imports)(?:\.g)?\.cs$|^(?:Program|AssemblyInfo)\.cs$")


class GlobalUsings:
    """The files that may open namespaces for a whole project.

    By their names, as projects have them: to read every file for it would cost more than all
    else.
    """

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths
        self._found: tuple[str, ...] | None = None

    def modules(self) -> tuple[str, ...]:
        """The namespaces and types that are opened, dotted."""
        if self._found is None:
            self._found = tuple(
                _dotted(item.module)
                for name, paths in self._paths.by_name.items()
                if _USINGS.search(name)
                for path in paths
                if (facts := self._paths.workspace.facts(path)) is not None
                for item in facts.imports
                if item.reexport and not item.alias
            )
        return self._found


def _csharp(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    found = _inside(resolver, bindings, path, reference, depth)
    if found is not None:
        return found
    found = _in_namespaces(resolver, bindings, path, reference, depth)
    if not found and reference.role is Role.ANNOTATE:
        # An attribute may leave out the end of its name.
        longer = reference._replace(name=f"{reference.name}Attribute")
        found = _in_namespaces(resolver, bindings, path, longer, depth)
    return (
        found
        or spelled_out(resolver, bindings, path, reference, True)
        or predeclared(bindings, reference.name)
    )


def _in_namespaces(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """The namespaces around from the inside outwards, with what each one's usings bring."""
    candidates = [
        (one, qualified)
        for one, qualified, kind in standing(resolver, reference.name, bindings.spec.group)
        if kind in TYPE_KINDS and _fits(kind, reference.role, bindings.spec)
    ]
    here = resolver.namespace_at(path, reference.start)
    levels = list(_outwards(here))
    for at in bindings.scopes_around(reference.start):
        scope = bindings.scopes[at]
        bottom = ""
        if scope.kind is ScopeKind.CLASS:
            if bindings.facts.symbol_kind(scope.symbol) is not SymbolKind.NAMESPACE:
                continue
            container = bindings.facts.symbol_container(scope.symbol)
            bottom = bindings.facts.qualname(container) if container >= 0 else ""
        elif scope.kind is not ScopeKind.MODULE:
            continue
        while levels and (scope.kind is ScopeKind.MODULE or levels[0] != bottom):
            if not levels[0] and scope.kind is not ScopeKind.MODULE:
                break
            wanted = f"{levels.pop(0)}.{reference.name}".strip(".")
            found = [one for one, qualified in candidates if qualified == wanted]
            if found:
                return exactly(found)
        bound = imports_bound(resolver, bindings, path, at, reference, depth)
        if bound:
            return bound
        usings = [
            _dotted(item.module)
            for item in bindings.imports
            if not item.alias and bindings.scope_at(item.span.start) == at
        ]
        if scope.kind is not ScopeKind.MODULE:
            usings = [
                f"{namespace}.{one}".strip(".") for one in usings for namespace in _outwards(here)
            ]
        opened = _opened(resolver, bindings, usings, reference)
        if opened:
            return opened
    everywhere = resolver.table(GlobalUsings).modules()
    return _opened(resolver, bindings, everywhere, reference)


_EXTENDS = re.compile(r"\(\s*(?:\[[^\]]*\]\s*)?this\s+(?:ref\s+|in\s+)?(?:[\w.]+\.)?(\w+)")


def _extension(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    receivers: Resolved,
) -> Resolved:
    """A static method whose first parameter is marked `this`, in a namespace that is seen."""
    if reference.role is not Role.CALL:
        return ()
    names: set[str] = set()
    for entity, _ in receivers:
        if isinstance(entity, InstanceEntity):
            everyone = (entity.id, *(one for one, _ in resolver.ancestors(entity.id)))
            names.update(resolver.qualname_of(one).rpartition(".")[2] for one in everyone)
    if not names:
        return ()
    here = resolver.namespace_at(path, reference.start)
    seen = set(_outwards(here))
    seen.update(_dotted(item.module) for item in bindings.imports if not item.alias)
    seen.update(resolver.table(GlobalUsings).modules())
    found: list[SymbolId] = []
    for other, facts, index in resolver.defined(reference.name, bindings.spec.group):
        if facts.symbol_kind(index) is not SymbolKind.METHOD:
            continue
        extended = _EXTENDS.search(facts.symbol(index).signature)
        if extended is None or extended.group(1) not in names:
            continue
        holder = resolver.qualified(other, facts, index).rpartition(".")[0]
        if holder.rpartition(".")[0] in seen:
            found.append(SymbolId(other, index))
    return tuple((SymbolEntity(one), Confidence.INFERRED) for one in found)


CSHARP = replace(
    NAMESPACE,
    bare=_csharp,
    special=_special,
    namespace_member=namespace_member,
    extension=_extension,
    parted=True,
)


# -- PHP -------------------------------------------------------------------------------------------


def _php(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """Imports by name, the namespace, then the global one: for a function or a constant always, for
    a class where it is named from the root.
    """
    name, spec = reference.name, bindings.spec
    if name.startswith("$"):
        found = bindings.lookup(name, reference.start)
        return resolver.bound(bindings, path, found, depth) or (
            predeclared(bindings, name) if not found else ()
        )
    for at in bindings.scopes_around(reference.start):
        bound = imports_bound(resolver, bindings, path, at, reference, depth)
        if bound:
            return bound
    here = resolver.namespace_at(path, reference.start)
    candidates = standing(resolver, name, spec.group)
    for namespace in dict.fromkeys((here, "")):
        wanted = f"{namespace}.{name}".strip(".")
        found_here = [
            one
            for one, qualified, kind in candidates
            if qualified == wanted and _fits(kind, reference.role, spec)
        ]
        if found_here:
            return exactly(found_here)
    return spelled_out(resolver, bindings, path, reference, False) or predeclared(bindings, name)


def _assigned(resolver: Resolver, field: SymbolId, depth: int) -> Resolved:
    """What `$this->name = …` gives a property that says no type."""
    bindings = resolver.bindings(field.path)
    if bindings is None:
        return ()
    facts = bindings.facts
    container = facts.symbol_container(field.index)
    while container >= 0 and facts.symbol_kind(container) not in TYPE_KINDS:
        container = facts.symbol_container(container)
    if container < 0:
        return ()
    span = facts.symbol(container).span
    results: list[tuple[InstanceEntity, Confidence]] = []
    for index in facts.references_named(facts.symbol_name(field.index)):
        reference = facts.reference(index)
        if reference.role is not Role.WRITE or not reference.chained:
            continue
        if not span.start <= reference.start < span.end:
            continue
        receiver = facts.reference(index - 1)
        if receiver.name not in bindings.spec.receivers:
            continue
        for entity, _ in resolver.declared(bindings, field.path, reference.start, depth):
            pair = (entity, Confidence.INFERRED)
            if isinstance(entity, InstanceEntity) and pair not in results:
                results.append((entity, Confidence.INFERRED))
    return tuple(results)


def _traits_first(
    resolver: Resolver, direct: tuple[tuple[SymbolId, Confidence], ...]
) -> tuple[tuple[SymbolId, Confidence], ...]:
    """A trait's method hides that of the class which is extended."""

    def is_no_trait(pair: tuple[SymbolId, Confidence]) -> bool:
        facts = resolver.facts(pair[0].path)
        return facts is None or not facts.symbol(pair[0].index).signature.startswith("trait")

    return tuple(sorted(direct, key=is_no_trait))


PHP = replace(
    NAMESPACE,
    base_order=_traits_first,
    bare=_php,
    special=_special,
    namespace_member=namespace_member,
    assigned=_assigned,
)
